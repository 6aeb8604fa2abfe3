/** IPv4 headers and pseudo-headers. */
import { addOctets, fold } from "../../../assembly/core/checksum";
import {
  IPV4_HEADER_LEN, PROTOCOL_TCP, PROTOCOL_UDP, changeIpv4Len, checkIpv4Checksum, checkIpv4Lengths,
  emitIpv4, ipVersion, ipv4Destination, ipv4FragmentOffset, ipv4HasMore, ipv4HeaderLen,
  ipv4Identification, ipv4IsFragment, ipv4Protocol, ipv4Service, ipv4Source, ipv4TotalLen,
  pseudoHeader,
} from "../../../assembly/wire/ipv4";
import { next, seed } from "../support/numbers";
import { hex, put } from "../support/octets";

const packet: usize = memory.data(128, 8);
/** A packet of 60 octets from 172.16.10.99 to 172.16.10.12, its checksum computed elsewhere. */
const HEADER = "45 00 00 3c 1c 46 40 00 40 06 b1 e6 ac 10 0a 63 ac 10 0a 0c";

function setLengths(headerWords: u32, total: u32): void {
  store<u8>(packet, <u8>(0x40 | headerWords));
  store<u16>(packet, bswap<u16>(<u16>total), 2);
}

describe("the fields of a header", () => {
  it("are where RFC 791 puts them", () => {
    put(packet, HEADER);
    expect<u32>(ipVersion(packet)).toBe(4);
    expect<u32>(ipv4HeaderLen(packet)).toBe(20);
    expect<u32>(ipv4Service(packet)).toBe(0);
    expect<u32>(ipv4TotalLen(packet)).toBe(60);
    expect<u32>(ipv4Protocol(packet)).toBe(PROTOCOL_TCP);
    expect<u32>(ipv4Source(packet)).toBe(bswap<u32>(0xac100a63));
    expect<u32>(ipv4Destination(packet)).toBe(bswap<u32>(0xac100a0c));
  });
});

describe("checkIpv4Lengths", () => {
  it("takes what fits, and less than the frame holds (padding)", () => {
    setLengths(5, 20);
    expect<bool>(checkIpv4Lengths(packet, 20)).toBe(true);
    expect<bool>(checkIpv4Lengths(packet, 46)).toBe(true);
    setLengths(15, 60);
    expect<bool>(checkIpv4Lengths(packet, 60)).toBe(true);
  });

  it("refuses a header shorter than 20, longer than the packet, a packet beyond the frame", () => {
    for (let len: u32 = 0; len < 20; len++) {
      setLengths(5, 20);
      expect<bool>(checkIpv4Lengths(packet, len)).toBe(false);
    }
    for (let words: u32 = 0; words < 5; words++) {
      setLengths(words, 60);
      expect<bool>(checkIpv4Lengths(packet, 60)).toBe(false);
    }
    setLengths(6, 20);
    expect<bool>(checkIpv4Lengths(packet, 60)).toBe(false);
    setLengths(5, 61);
    expect<bool>(checkIpv4Lengths(packet, 60)).toBe(false);
    setLengths(5, 0xffff);
    expect<bool>(checkIpv4Lengths(packet, 60)).toBe(false);
    setLengths(5, 0);
    expect<bool>(checkIpv4Lengths(packet, 60)).toBe(false);
  });
});

describe("checkIpv4Checksum", () => {
  it("holds for a right header, with options too", () => {
    put(packet, HEADER);
    expect<bool>(checkIpv4Checksum(packet)).toBe(true);
    put(packet, "46 00 00 18 00 00 00 00 40 06 bc dd 0a 00 00 01 0a 00 00 02 00 00 00 00");
    const sum = fold(addOctets(0, packet, 24));
    store<u16>(packet, 0, 10);
    store<u16>(packet, <u16>(fold(addOctets(0, packet, 24)) ^ 0xffff), 10);
    expect<bool>(checkIpv4Checksum(packet)).toBe(true);
    expect<u32>(sum).not.toBe(0);
  });

  it("notices any single flipped bit", () => {
    put(packet, HEADER);
    for (let bit: u32 = 8; bit < 160; bit++) {
      const at = packet + (bit >> 3);
      const flip = <u8>(<u32>1 << (bit & 7));
      store<u8>(at, load<u8>(at) ^ flip);
      expect<bool>(checkIpv4Checksum(packet)).toBe(false);
      store<u8>(at, load<u8>(at) ^ flip);
    }
  });
});

describe("the words of fragments", () => {
  it("tell first, later and last fragments from whole datagrams", () => {
    const words: u32[] = [0x0000, 0x4000, 0x2000, 0x2001, 0x0001, 0x1fff];
    const fragment: bool[] = [false, false, true, true, true, true];
    const more: bool[] = [false, false, true, true, false, false];
    const offset: u32[] = [0, 0, 0, 8, 8, 65528];
    for (let index = 0; index < words.length; index++) {
      store<u16>(packet, bswap<u16>(<u16>words[index]), 6);
      expect<bool>(ipv4IsFragment(packet)).toBe(fragment[index]);
      expect<bool>(ipv4HasMore(packet)).toBe(more[index]);
      expect<u32>(ipv4FragmentOffset(packet)).toBe(offset[index]);
    }
  });
});

describe("ipv4Identification", () => {
  it("is the third word", () => {
    put(packet, "45 00 00 14 12 34 ff ff");
    expect<u32>(ipv4Identification(packet)).toBe(0x1234);
  });
});

describe("emitIpv4", () => {
  it("writes a header that passes its own checks, Don't Fragment set", () => {
    memory.fill(packet, 0xee, 128);
    emitIpv4(packet, 40, PROTOCOL_TCP, 0, 64, bswap<u32>(0xac100a63), bswap<u32>(0xac100a0c));
    expect<string>(hex(packet, 10)).toBe("45 00 00 3c 00 00 40 00 40 06");
    expect<string>(hex(packet + 12, 9)).toBe("ac 10 0a 63 ac 10 0a 0c ee");
    expect<bool>(checkIpv4Lengths(packet, 60)).toBe(true);
    expect<bool>(checkIpv4Checksum(packet)).toBe(true);
  });

  it("has a right checksum for any fields", () => {
    seed(1);
    for (let run = 0; run < 500; run++) {
      const len = next() % (65535 - IPV4_HEADER_LEN);
      emitIpv4(packet, len, next() & 255, next() & 255, next() & 255, next(), next());
      expect<bool>(checkIpv4Checksum(packet)).toBe(true);
      expect<u32>(ipv4TotalLen(packet)).toBe(len + 20);
    }
  });
});

describe("pseudoHeader", () => {
  it("sums to what the 12 octets of RFC 9293 section 3.1 sum to", () => {
    seed(2);
    for (let run = 0; run < 200; run++) {
      const source = next();
      const destination = next();
      const len = next() & 0xffff;
      store<u32>(packet, source);
      store<u32>(packet, destination, 4);
      store<u16>(packet, bswap<u16>(<u16>PROTOCOL_UDP), 8);
      store<u16>(packet, bswap<u16>(<u16>len), 10);
      const sum = pseudoHeader(source, destination, PROTOCOL_UDP, len);
      expect<u32>(fold(sum) % 0xffff).toBe(fold(addOctets(0, packet, 12)) % 0xffff);
    }
  });
});

describe("changeIpv4Len", () => {
  it("makes the header that would have been written", () => {
    const lens: u32[] = [0, 1, 20, 255, 256, 1480, 65515];
    for (let index = 0; index < lens.length; index++) {
      emitIpv4(packet, lens[index], PROTOCOL_TCP, 2, 64, 0x0100000a, 0x0200000a);
      const wanted = hex(packet, 20);
      emitIpv4(packet, 1480 - index, PROTOCOL_TCP, 2, 64, 0x0100000a, 0x0200000a);
      changeIpv4Len(packet, lens[index]);
      expect<string>(hex(packet, 20)).toBe(wanted);
    }
  });
});
