/** ARP packets, against one written down by hand. */
import {
  ARP_LEN, ARP_REPLY, ARP_REQUEST, arpOperation, arpSenderAddress, arpSenderMac,
  arpTargetAddress, checkArp, emitArp,
} from "../../../assembly/wire/arp";
import { hex, put } from "../support/octets";

const packet: usize = memory.data(64, 8);
const macs: usize = memory.data(16, 8);
const REQUEST = "00 01 08 00 06 04 00 01 02 00 00 00 00 01 0a 00 00 01" +
  " 00 00 00 00 00 00 0a 00 00 02";

describe("checkArp", () => {
  beforeEach(() => {
    put(packet, REQUEST);
  });

  it("takes requests and replies, padded ones too", () => {
    expect<bool>(checkArp(packet, 28)).toBe(true);
    expect<bool>(checkArp(packet, 46)).toBe(true);
    store<u8>(packet, 2, 7);
    expect<bool>(checkArp(packet, 28)).toBe(true);
    expect<u32>(arpOperation(packet)).toBe(ARP_REPLY);
  });

  it("refuses a short one", () => {
    for (let len: u32 = 0; len < ARP_LEN; len++) expect<bool>(checkArp(packet, len)).toBe(false);
  });

  it("refuses any other hardware, protocol, length or operation", () => {
    for (let index: u32 = 0; index < 8; index++) {
      const at = packet + index;
      store<u8>(at, load<u8>(at) ^ 0x40);
      expect<bool>(checkArp(packet, 28)).toBe(false);
      store<u8>(at, load<u8>(at) ^ 0x40);
    }
    store<u8>(packet, 0, 7);
    expect<bool>(checkArp(packet, 28)).toBe(false);
    store<u8>(packet, 3, 7);
    expect<bool>(checkArp(packet, 28)).toBe(false);
  });
});

describe("the fields of a packet", () => {
  it("are where RFC 826 puts them", () => {
    put(packet, REQUEST);
    expect<u32>(arpOperation(packet)).toBe(ARP_REQUEST);
    expect<string>(hex(arpSenderMac(packet), 6)).toBe("02 00 00 00 00 01");
    expect<u32>(arpSenderAddress(packet)).toBe(bswap<u32>(0x0a000001));
    expect<u32>(arpTargetAddress(packet)).toBe(bswap<u32>(0x0a000002));
  });
});

describe("emitArp", () => {
  it("writes the packet octet by octet and returns its length", () => {
    put(macs, "02 00 00 00 00 01  00 00 00 00 00 00");
    memory.fill(packet, 0xee, 64);
    const sender = bswap<u32>(0x0a000001);
    const target = bswap<u32>(0x0a000002);
    const len = emitArp(packet, ARP_REQUEST, macs, sender, macs + 6, target);
    expect<u32>(len).toBe(28);
    expect<string>(hex(packet, 29)).toBe(REQUEST + " ee");
  });
});
