/** Replies that wait: what is asked for leaves in order; what does not fit is counted. */
import { Counter } from "../../../assembly/abi/counter";
import {
  REPLY_LEN, ReplyKind, addReply, hasReplies, replyMac,
} from "../../../assembly/net/replies";
import { portsWord } from "../../../assembly/wire/tcp";
import { begin, counted, sent, take, takeAll } from "../support/peer";

/** Adds a RST from `port`. Whether there was room. */
function add(port: u32): bool {
  const dropped = counted(Counter.RepliesDropped);
  const reply = addReply(ReplyKind.Segment);
  reply.ports = portsWord(1, port);
  reply.flags = 4;
  reply.remoteLow = (<u64>bswap<u32>(0x0a000002) << 32) | 0xffff0000;
  reply.timeToLive = 64;
  return counted(Counter.RepliesDropped) == dropped;
}

describe("addReply", () => {
  beforeEach(() => begin());

  it("keeps the order, also when records are used again", () => {
    let next: u32 = 1;
    let expected: u32 = 1;
    for (let round = 0; round < 10; round++) {
      for (let run = 0; run < 5; run++) expect<bool>(add(next++)).toBe(true);
      for (let run = 0; run < 5; run++) {
        expect<bool>(take()).toBe(true);
        expect<u32>(sent.sourcePort).toBe(expected++);
      }
      expect<bool>(hasReplies()).toBe(false);
    }
  });

  it("counts one too many, which goes nowhere; those before it are not harmed", () => {
    for (let port: u32 = 1; port <= 8; port++) expect<bool>(add(port)).toBe(true);
    expect<bool>(add(9)).toBe(false);
    expect<u32>(counted(Counter.RepliesDropped)).toBe(1);
    expect<u32>(takeAll()).toBe(8);
    expect<u32>(sent.sourcePort).toBe(8);
  });

  it("gives a record without anything of the one before", () => {
    for (let port: u32 = 1; port <= 8; port++) add(port);
    takeAll();
    const reply = addReply(ReplyKind.ArpRequest);
    expect<u32>(reply.flags).toBe(0);
    expect<u32>(reply.ports).toBe(0);
    expect<u64>(reply.remoteLow).toBe(0);
    expect<u32>(reply.hasMac).toBe(0);
    expect<u32>(REPLY_LEN).toBe(56);
    expect<bool>(replyMac(reply) - changetype<usize>(reply) < REPLY_LEN).toBe(true);
  });
});
