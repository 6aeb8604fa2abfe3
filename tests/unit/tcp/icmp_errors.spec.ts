/** ICMP errors about our own segments. */
import { Counter } from "../../../assembly/abi/counter";
import { Event } from "../../../assembly/abi/event";
import { Reason, SoftError } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { frameInPtr } from "../../../assembly/api/stack";
import { status } from "../../../assembly/api/status";
import {
  OUR_ADDRESS, PEER_ADDRESS, PEER_ISS, SYN, begin, connected, counted, deliver, eventsOf, iss,
  listening, plainSum, putIp, sendSegment, sent, synSent, take, takeAll, tcbOf, used, write,
} from "../support/peer";

const quoted: usize = memory.data(128, 8);

/** A router sends an error about the last segment that we have sent, `len` octets of it quoted. */
function error(type: u32, code: u32, len: u32 = 28): void {
  memory.copy(quoted, sent.at, len);
  sendQuoted(type, code, len);
}

function sendQuoted(type: u32, code: u32, len: u32): void {
  const at = frameInPtr() + 20;
  memory.copy(at + 8, quoted, len);
  store<u64>(at, 0);
  store<u8>(at, <u8>type);
  store<u8>(at, <u8>code, 1);
  store<u16>(at, bswap<u16>(<u16>(plainSum(0, at, len + 8) ^ 0xffff)), 2);
  putIp(frameInPtr(), 1, 0x0a0000fe, OUR_ADDRESS, len + 8);
  deliver(len + 28);
}

describe("inputIcmpError in SYN-SENT", () => {
  it("port and protocol unreachable mean refused", () => {
    for (let code: u32 = 2; code <= 3; code++) {
      const handle = synSent();
      error(3, code);
      expect<i32>(status(handle)).toBe(State.Closed);
      expect<u32>(tcbOf(handle).reason).toBe(Reason.Refused);
      expect<u32>(counted(Counter.InIcmpError)).toBe(1);
    }
  });

  it("network and host unreachable are told, and the attempt goes on (MUST-56)", () => {
    for (let code: u32 = 0; code <= 1; code++) {
      const handle = synSent();
      error(3, code);
      expect<i32>(status(handle)).toBe(State.SynSent);
      expect<u32>(tcbOf(handle).softError).toBe(SoftError.Unreachable);
      expect<u32>(eventsOf(handle)).toBe(Event.SoftError);
    }
  });
});

describe("inputIcmpError in SYN-RECEIVED", () => {
  beforeEach(() => {
    begin();
    listening();
    sendSegment(SYN, PEER_ISS, 0, 0, 0xffff);
    take();
  });

  it("a hard error ends a half-open entry, a soft one does not", () => {
    error(3, 1);
    error(11, 0);
    expect<u32>(used(Table.HalfOpen)).toBe(1);
    error(3, 3);
    expect<u32>(used(Table.HalfOpen)).toBe(0);
    expect<u32>(counted(Counter.InIcmpError)).toBe(3);
  });

  it("a hard error that quotes another number does not", () => {
    memory.copy(quoted, sent.at, 28);
    store<u32>(quoted, bswap<u32>(sent.seq + 1), 24);
    sendQuoted(3, 3, 28);
    expect<u32>(used(Table.HalfOpen)).toBe(1);
    expect<u32>(counted(Counter.DropIcmpUnmatched)).toBe(1);
  });
});

describe("inputIcmpError in ESTABLISHED", () => {
  it("never ends the connection (RFC 5461)", () => {
    const handle = connected();
    write(handle, 100);
    takeAll();
    const types: u32[] = [3, 3, 3, 11, 12];
    const codes: u32[] = [1, 2, 3, 0, 0];
    const errors: u32[] = [
      SoftError.Unreachable, SoftError.Refused, SoftError.Refused, SoftError.TimeExceeded,
      SoftError.ParameterProblem,
    ];
    for (let index = 0; index < types.length; index++) {
      error(types[index], codes[index]);
      expect<u32>(tcbOf(handle).softError).toBe(errors[index]);
    }
    expect<i32>(status(handle)).toBe(State.Established);
    expect<u32>(counted(Counter.InIcmpError)).toBe(5);
  });

  it("believes only what quotes a sequence number that is on its way (RFC 5927)", () => {
    const handle = connected();
    write(handle, 100);
    takeAll();
    memory.copy(quoted, sent.at, 28);
    for (let run: u32 = 0; run < 2; run++) {
      const seq = run == 0 ? iss : iss + 101;
      store<u32>(quoted, bswap<u32>(seq), 24);
      sendQuoted(3, 1, 28);
    }
    expect<u32>(counted(Counter.DropIcmpUnmatched)).toBe(2);
    store<u32>(quoted, bswap<u32>(iss + 100), 24);
    sendQuoted(3, 1, 28);
    expect<u32>(counted(Counter.InIcmpError)).toBe(1);
  });
});

describe("inputIcmpError of what is not ours", () => {
  beforeEach(() => {
    synSent();
    memory.copy(quoted, sent.at, 40);
  });

  it("drops quotes of another protocol, source, pair, or a later fragment", () => {
    store<u8>(quoted, 17, 9);
    sendQuoted(3, 3, 28);
    store<u8>(quoted, 6, 9);
    store<u32>(quoted, bswap<u32>(PEER_ADDRESS), 12);
    sendQuoted(3, 3, 28);
    store<u32>(quoted, bswap<u32>(OUR_ADDRESS), 12);
    store<u16>(quoted, bswap<u16>(9999), 22);
    sendQuoted(3, 3, 28);
    store<u16>(quoted, bswap<u16>(1), 6);
    sendQuoted(3, 3, 28);
    expect<u32>(counted(Counter.DropIcmpUnmatched)).toBe(4);
  });

  it("drops quotes that are too short to tell, or no IPv4 header", () => {
    for (let len: u32 = 0; len < 28; len += 4) sendQuoted(3, 3, len);
    expect<u32>(counted(Counter.DropIcmpMalformed)).toBe(7);
    store<u8>(quoted, 0x65);
    sendQuoted(3, 3, 40);
    store<u8>(quoted, 0x44);
    sendQuoted(3, 3, 40);
    store<u8>(quoted, 0x4f);
    sendQuoted(3, 3, 40);
    expect<u32>(counted(Counter.DropIcmpMalformed)).toBe(10);
  });

  it("leaves the segment size as it is on fragmentation needed: a SYN is small", () => {
    error(3, 4);
    expect<u32>(counted(Counter.DropIcmpUnmatched)).toBe(1);
  });
});
