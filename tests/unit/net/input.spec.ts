/** The way in: every frame ends under the counter that says why. */
import { Counter } from "../../../assembly/abi/counter";
import { InterfaceFlag } from "../../../assembly/abi/parameters";
import { frameInPtr, receive } from "../../../assembly/api/stack";
import { clearInterface } from "../../../assembly/net/interface";
import {
  ALL, OUR_MAC, PEER_MAC, THIRD_MAC, beginEthernet, sendFrame, takeHex,
} from "../support/ethernet";
import { fillRandom, seed } from "../support/numbers";
import {
  OUR_ADDRESS, PEER_ADDRESS, begin, counted, deliver, now, putIp, sent, take,
} from "../support/peer";
import { put } from "../support/octets";

const PACKET = "45 00 00 14 00 00 00 00 40 fd 65 eb 0a 00 00 02 0a 00 00 01";

/** Hands over a bare IP packet of protocol 253 with the header's field at `index` changed. */
function changed(index: u32, value: u8): void {
  const at = frameInPtr();
  putIp(at, 253, PEER_ADDRESS, OUR_ADDRESS, 10);
  store<u8>(at + index, value);
  let sum: u32 = 0;
  store<u16>(at, 0, 10);
  for (let word: u32 = 0; word < 20; word += 2) sum += bswap<u16>(load<u16>(at + word));
  sum = (sum & 0xffff) + (sum >> 16);
  store<u16>(at, bswap<u16>(<u16>~((sum & 0xffff) + (sum >> 16))), 10);
  deliver(30);
}

/** A UDP datagram of 4 octets. `checksum`: 0 for none, 1 for a wrong one. */
function datagram(len: u32, checksum: u32): void {
  const at = frameInPtr() + 20;
  put(at, "04 d2 00 35 00 00 00 00 61 62 63 64");
  store<u8>(at, <u8>len, 5);
  store<u8>(at, <u8>checksum, 7);
  putIp(frameInPtr(), 17, PEER_ADDRESS, OUR_ADDRESS, 12);
  deliver(32);
}

describe("an Ethernet frame", () => {
  beforeEach(() => beginEthernet());

  it("shorter than its header is dropped", () => {
    for (let len: u32 = 0; len < 14; len++) receive(0, len, 0, now);
    expect<u32>(counted(Counter.DropFrameLength)).toBe(14);
  });

  it("to another station, or from a group, is not for us", () => {
    sendFrame(THIRD_MAC + " " + PEER_MAC + " 08 00 " + PACKET);
    sendFrame(OUR_MAC + " 01 00 5e 00 00 01 08 00 " + PACKET);
    expect<u32>(counted(Counter.DropNotForUs)).toBe(2);
  });

  it("of another type is dropped", () => {
    sendFrame(OUR_MAC + " " + PEER_MAC + " 86 dd 60 00");
    sendFrame(ALL + " " + PEER_MAC + " 00 26 42 42 03");
    expect<u32>(counted(Counter.DropEtherType)).toBe(2);
  });

  it("to all may not carry a packet to one (RFC 1122 section 3.3.6)", () => {
    sendFrame(ALL + " " + PEER_MAC + " 08 00 " + PACKET);
    expect<u32>(counted(Counter.DropIpDestination)).toBe(1);
  });

  it("may be padded: the IP header says how long the packet is", () => {
    sendFrame(OUR_MAC + " " + PEER_MAC + " 08 00 " + PACKET + " 00".repeat(26));
    expect<u32>(counted(Counter.DropIpProtocol)).toBe(1);
    // The error quotes the packet, not the padding: 14 + 20 + 8 + 20 octets.
    expect<i32>(takeHex().length).toBe(62 * 3 - 1);
  });
});

describe("an IP packet", () => {
  beforeEach(() => begin());

  it("of another version is dropped", () => {
    put(frameInPtr(), "65");
    deliver(20);
    expect<u32>(counted(Counter.DropIpVersion)).toBe(1);
  });

  it("with lengths that do not fit is malformed, an empty one too", () => {
    deliver(0);
    changed(0, 0x44);
    changed(3, 19);
    changed(3, 31);
    expect<u32>(counted(Counter.DropIpMalformed)).toBe(4);
  });

  it("with a wrong checksum is dropped", () => {
    putIp(frameInPtr(), 253, PEER_ADDRESS, OUR_ADDRESS, 10);
    store<u8>(frameInPtr(), 63, 8);
    deliver(30);
    expect<u32>(counted(Counter.DropIpChecksum)).toBe(1);
  });

  it("with options is taken: they are skipped", () => {
    const at = frameInPtr();
    put(at, "46 00 00 1c 00 00 00 00 40 fd 00 00 0a 00 00 02 0a 00 00 01 01 01 01 00");
    let sum: u32 = 0;
    for (let word: u32 = 0; word < 24; word += 2) sum += bswap<u16>(load<u16>(at + word));
    sum = (sum & 0xffff) + (sum >> 16);
    store<u16>(at, bswap<u16>(<u16>~sum), 10);
    deliver(28);
    expect<u32>(counted(Counter.DropIpProtocol)).toBe(1);
  });

  it("for many, for nobody we know, or for another is dropped", () => {
    changed(19, 255);
    changed(16, 224);
    expect<u32>(counted(Counter.DropIpDestination)).toBe(2);
    changed(19, 9);
    expect<u32>(counted(Counter.DropNotForUs)).toBe(1);
  });

  it("from many, from nobody or from us is dropped", () => {
    changed(15, 255);
    changed(15, 1);
    changed(12, 127);
    changed(12, 0);
    changed(12, 224);
    expect<u32>(counted(Counter.DropIpSource)).toBe(5);
  });

  it("that is a fragment waits for the others, if it can be one", () => {
    changed(6, 0x20);
    expect<u32>(counted(Counter.DropIpFragment)).toBe(1);
    changed(7, 1);
    expect<u32>(counted(Counter.InIpFragment)).toBe(1);
  });

  it("of a protocol that we do not speak is answered: protocol unreachable", () => {
    changed(9, 253);
    expect<u32>(counted(Counter.DropIpProtocol)).toBe(1);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.protocol).toBe(1);
    expect<u32>(load<u8>(sent.at, 20)).toBe(3);
    expect<u32>(load<u8>(sent.at, 21)).toBe(2);
  });
});

describe("a UDP datagram", () => {
  beforeEach(() => begin());

  it("is answered: port unreachable, with header and 8 octets quoted", () => {
    datagram(12, 0);
    expect<u32>(counted(Counter.DropUdpPort)).toBe(1);
    expect<bool>(take()).toBe(true);
    expect<u32>(load<u8>(sent.at, 20)).toBe(3);
    expect<u32>(load<u8>(sent.at, 21)).toBe(3);
    expect<u32>(sent.len).toBe(20 + 8 + 28);
  });

  it("with a wrong checksum or length is dropped silently", () => {
    datagram(12, 1);
    datagram(13, 0);
    datagram(7, 0);
    expect<u32>(counted(Counter.DropUdpChecksum)).toBe(1);
    expect<u32>(counted(Counter.DropUdpMalformed)).toBe(2);
    expect<bool>(take()).toBe(false);
  });
});

describe("before there is an address", () => {
  it("every frame is dropped: not configured, or still probing", () => {
    beginEthernet(InterfaceFlag.Probe);
    sendFrame(OUR_MAC + " " + PEER_MAC + " 08 00 " + PACKET);
    expect<u32>(counted(Counter.DropIpNotReady)).toBe(1);
    clearInterface();
    receive(0, 40, 0, now);
    expect<u32>(counted(Counter.DropNoInterface)).toBe(1);
  });
});

describe("any octets", () => {
  it("end under exactly one counter, and never trap", () => {
    const ends: Counter[] = [
      Counter.DropIpMalformed, Counter.DropIpVersion, Counter.DropIpChecksum,
      Counter.DropIpDestination, Counter.DropNotForUs, Counter.DropIpSource, Counter.DropIpFragment,
      Counter.DropFrameLength, Counter.InIpFragment,
    ];
    begin();
    for (let run: u32 = 0; run < 3000; run++) {
      seed(run);
      fillRandom(frameInPtr(), 64);
      if (run & 1) store<u8>(frameInPtr(), 0x45);
      deliver(run % 65);
    }
    let total: u32 = 0;
    for (let index = 0; index < ends.length; index++) total += counted(ends[index]);
    expect<u32>(total).toBe(3000);
  });
});
