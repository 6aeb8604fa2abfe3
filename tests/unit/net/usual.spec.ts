/** Which frames take the short way in: whole IPv4 packets for us that carry TCP, and no others. */
import { frameInPtr } from "../../../assembly/api/stack";
import { clearInterface } from "../../../assembly/net/interface";
import { mapIpv4 } from "../../../assembly/net/address";
import { Packet, thePacket } from "../../../assembly/net/packet";
import { parseUsualPacket, usualPacketAt } from "../../../assembly/net/usual";
import { OUR_MAC, PEER_MAC, THIRD_MAC, beginEthernet, wait } from "../support/ethernet";
import { put } from "../support/octets";
import { plainSum, put16, put32 } from "../support/packets";
import { OUR_ADDRESS, PEER_ADDRESS, begin, putIp } from "../support/peer";

/** Octets of a packet with a TCP header and nothing else. */
const LEN: u32 = 40;

/** Writes such a packet to us at `at`, then its octet at `index`, and makes its checksum right. */
function packet(at: usize, index: u32 = 0, value: u8 = 0x45): void {
  memory.fill(at, 0, LEN);
  putIp(at, 6, PEER_ADDRESS, OUR_ADDRESS, 20);
  store<u8>(at + index, value);
  put16(at + 10, 0);
  put16(at + 10, plainSum(0, at, 20) ^ 0xffff);
}

/** Whether the short way takes it with `value` at `index`. */
function isTaken(index: u32, value: u8): bool {
  const at = frameInPtr();
  packet(at, index, value);
  return usualPacketAt(at, LEN) == at;
}

describe("usualPacketAt, on a bare link", () => {
  beforeEach(() => begin());

  it("takes a packet to us, padding behind it or not", () => {
    const at = frameInPtr();
    packet(at);
    expect<usize>(usualPacketAt(at, LEN)).toBe(at);
    expect<usize>(usualPacketAt(at, LEN + 6)).toBe(at);
  });

  it("leaves what is shorter than it says, or than its headers", () => {
    const at = frameInPtr();
    packet(at);
    for (let len: u32 = 0; len < LEN; len++) expect<usize>(usualPacketAt(at, len)).toBe(0);
    expect<bool>(isTaken(3, 39)).toBe(false);
    expect<bool>(isTaken(3, 41)).toBe(false);
    expect<bool>(isTaken(2, 1)).toBe(false);
  });

  it("leaves other versions, options, fragments and other protocols", () => {
    expect<bool>(isTaken(0, 0x65)).toBe(false);
    expect<bool>(isTaken(0, 0x46)).toBe(false);
    expect<bool>(isTaken(0, 0x44)).toBe(false);
    expect<bool>(isTaken(6, 0x20)).toBe(false);
    expect<bool>(isTaken(7, 1)).toBe(false);
    expect<bool>(isTaken(9, 17)).toBe(false);
    // DF, a hop limit, an identification and a service are everybody's own business.
    expect<bool>(isTaken(6, 0x40) && isTaken(8, 1) && isTaken(5, 7) && isTaken(1, 0xb8)).toBe(true);
  });

  it("leaves what is to anybody else, each octet of the address counting", () => {
    for (let index: u32 = 16; index < 20; index++) expect<bool>(isTaken(index, 99)).toBe(false);
  });

  it("leaves a header of which any bit has been flipped", () => {
    const at = frameInPtr();
    for (let bit: u32 = 0; bit < 160; bit++) {
      packet(at);
      store<u8>(at + (bit >> 3), load<u8>(at + (bit >> 3)) ^ <u8>(<u32>1 << (bit & 7)));
      expect<usize>(usualPacketAt(at, LEN)).toBe(0);
    }
  });

  it("leaves everything while the interface is down", () => {
    const at = frameInPtr();
    packet(at);
    clearInterface();
    expect<usize>(usualPacketAt(at, LEN)).toBe(0);
  });
});

describe("usualPacketAt, on Ethernet", () => {
  beforeEach(() => {
    beginEthernet();
    wait(10_000);
  });

  it("takes a frame to our station from one of IPv4", () => {
    const at = frameInPtr();
    put(at, OUR_MAC + " " + PEER_MAC + " 08 00");
    packet(at + 14);
    expect<usize>(usualPacketAt(at, 14 + LEN)).toBe(at + 14);
    expect<usize>(usualPacketAt(at, 60)).toBe(at + 14);
  });

  it("leaves frames that are short, to another, from a group, or of another type", () => {
    const at = frameInPtr();
    packet(at + 14);
    put(at, THIRD_MAC + " " + PEER_MAC + " 08 00");
    expect<usize>(usualPacketAt(at, 14 + LEN)).toBe(0);
    put(at, OUR_MAC + " 01 00 5e 00 00 01 08 00");
    expect<usize>(usualPacketAt(at, 14 + LEN)).toBe(0);
    put(at, OUR_MAC + " " + PEER_MAC + " 08 06");
    expect<usize>(usualPacketAt(at, 14 + LEN)).toBe(0);
    put(at, OUR_MAC + " " + PEER_MAC + " 08 00");
    for (let len: u32 = 0; len < 14 + LEN; len++) expect<usize>(usualPacketAt(at, len)).toBe(0);
  });
});

describe("parseUsualPacket", () => {
  it("says who sent what, and by which station", () => {
    beginEthernet();
    const at = frameInPtr();
    put(at, OUR_MAC + " " + PEER_MAC + " 08 00");
    packet(at + 14, 1, 0xb9);
    const told = thePacket();
    memory.fill(changetype<usize>(told), 0xee, offsetof<Packet>());
    expect<bool>(parseUsualPacket(at, at + 14)).toBe(true);
    expect<usize>(told.sourceMac).toBe(at + 6);
    expect<u64>(told.remoteHigh).toBe(0);
    expect<u64>(told.remoteLow).toBe(mapIpv4(bswap<u32>(PEER_ADDRESS)));
    expect<usize>(told.at).toBe(at + 14);
    expect<usize>(told.textAt).toBe(at + 34);
    expect<u32>(told.textLen).toBe(20);
    expect<u32>(told.protocol).toBe(6);
    expect<u32>(told.service).toBe(0xb9);
    begin();
    packet(frameInPtr());
    expect<bool>(parseUsualPacket(frameInPtr(), frameInPtr())).toBe(true);
    expect<usize>(told.sourceMac).toBe(0);
  });

  it("leaves what is from nobody, everybody or ourselves", () => {
    begin();
    const at = frameInPtr();
    const sources: u32[] = [0, 0xffffffff, 0xe0000001, 0x7f000001, OUR_ADDRESS];
    for (let index = 0; index < sources.length; index++) {
      packet(at);
      put32(at + 12, sources[index]);
      expect<bool>(parseUsualPacket(at, at)).toBe(false);
    }
  });
});
