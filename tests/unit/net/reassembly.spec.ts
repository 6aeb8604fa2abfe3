/** Reassembly: datagrams cut at random, in random order, with copies among the pieces. */
import { Counter } from "../../../assembly/abi/counter";
import { frameInPtr } from "../../../assembly/api/stack";
import { firstBuffer, textIn } from "../../../assembly/net/buffers";
import { addFragment, onReassemblyTimer } from "../../../assembly/net/reassembly";
import { thePacket } from "../../../assembly/net/packet";
import { mapIpv4 } from "../../../assembly/net/address";
import { fillRandom, next, seed } from "../support/numbers";
import { OUR_ADDRESS, PEER_ADDRESS, begin, counted, putIp, sent, take } from "../support/peer";

/** The text of a datagram, and the offsets at which it is cut: multiples of 8. */
const text: usize = memory.data(1480, 8);
const cuts: u32[] = [];

/** Takes octets `from` to `to` as a fragment. */
function fragment(from: u32, to: u32, len: u32): Counter {
  const at = frameInPtr();
  putIp(at, 200, PEER_ADDRESS, OUR_ADDRESS, to - from);
  const word = (from >> 3) | (to < len ? 0x2000 : 0);
  store<u16>(at, bswap<u16>(<u16>word), 6);
  memory.copy(at + 20, text + from, to - from);
  const packet = thePacket();
  packet.at = at;
  packet.textAt = at + 20;
  packet.textLen = to - from;
  packet.protocol = 200;
  packet.remoteLow = mapIpv4(bswap<u32>(PEER_ADDRESS));
  packet.sourceMac = 0;
  return addFragment(packet);
}

describe("addFragment", () => {
  it("puts any datagram together, however it is cut and mixed", () => {
    begin();
    for (let run: u32 = 0; run < 200; run++) {
      seed(run);
      const len: u32 = 9 + (next() % 1472);
      fillRandom(text, len);
      cuts.length = 0;
      for (let at: u32 = 0; at < len; at += 8 * (1 + (next() % 40))) cuts.push(at);
      if (cuts.length == 1) cuts.push(8);
      for (let index = cuts.length - 1; index > 0; index--) {
        const other = <i32>(next() % <u32>(index + 1));
        const cut = cuts[index];
        cuts[index] = cuts[other];
        cuts[other] = cut;
      }
      let counter = Counter.InIpFragment;
      for (let index = 0; index < cuts.length; index++) {
        expect<u32>(counter).toBe(Counter.InIpFragment);
        const end = endOf(cuts[index], len);
        counter = fragment(cuts[index], end, len);
        if (counter != Counter.InIpFragment) break;
        expect<u32>(fragment(cuts[index], end, len)).toBe(Counter.DropIpFragmentDuplicate);
      }
      expect<u32>(counter).toBe(Counter.IpReassembled);
      const packet = thePacket();
      expect<u32>(packet.textLen).toBe(len);
      expect<u32>(packet.protocol).toBe(200);
      expect<i32>(memory.compare(packet.textAt, text, len)).toBe(0);
      expect<u32>(counted(Counter.IpReassembled)).toBe(run + 1);
    }
  });

  it("never writes beyond its buffer, whatever offsets and lengths a fragment has", () => {
    begin();
    const behind = textIn(firstBuffer()) + 1480 + 24;
    const before = load<u64>(behind);
    for (let run: u32 = 0; run < 5000; run++) {
      seed(run);
      const from = (next() % 250) << 3;
      const len = next() % 1480;
      const more: u32 = next() & 1;
      fragment(from, from + len, from + len + more);
    }
    expect<u64>(load<u64>(behind)).toBe(before);
    expect<bool>(counted(Counter.IpReassembliesEvicted) == 0).toBe(true);
  });
});

describe("onReassemblyTimer", () => {
  it("says so to the sender, when fragment zero has come", () => {
    begin();
    fillRandom(text, 64);
    fragment(8, 64, 100);
    onReassemblyTimer(firstBuffer());
    expect<bool>(take()).toBe(false);
    fragment(0, 64, 100);
    onReassemblyTimer(firstBuffer());
    expect<bool>(take()).toBe(true);
    expect<u32>(load<u8>(sent.at, 20)).toBe(11);
    expect<u32>(load<u8>(sent.at, 21)).toBe(1);
    expect<u32>(counted(Counter.IpReassemblyTimeouts)).toBe(2);
  });
});

/** Where the piece that begins at `from` ends: at the next cut above it. */
function endOf(from: u32, len: u32): u32 {
  let end = len;
  for (let index = 0; index < cuts.length; index++) {
    if (cuts[index] > from && cuts[index] < end) end = cuts[index];
  }
  return end;
}
