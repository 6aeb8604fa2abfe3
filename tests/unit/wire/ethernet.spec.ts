/** Ethernet II headers. */
import {
  ETHERNET_HEADER_LEN, ETHERTYPE_ARP, copyMac, emitEthernet, etherDestination, etherSource,
  etherType, fillMac, isGroupMac, isIpv4To, sameMac,
} from "../../../assembly/wire/ethernet";
import { hex, put } from "../support/octets";

const frame: usize = memory.data(32, 8);
const macs: usize = memory.data(16, 8);

describe("emitEthernet", () => {
  it("writes destination, source and type in this order and nothing beyond", () => {
    put(macs, "02 00 00 00 00 01  02 00 00 00 00 02");
    memory.fill(frame, 0xee, 32);
    emitEthernet(frame, macs, macs + 6, ETHERTYPE_ARP);
    expect<string>(hex(frame, 15)).toBe("02 00 00 00 00 01 02 00 00 00 00 02 08 06 ee");
    expect<u32>(ETHERNET_HEADER_LEN).toBe(14);
  });
});

describe("etherType, etherSource and etherDestination", () => {
  it("read what a header says", () => {
    put(frame, "ff ff ff ff ff ff  02 00 00 00 00 07  08 00");
    expect<u32>(etherType(frame)).toBe(0x0800);
    expect<string>(hex(etherSource(frame), 6)).toBe("02 00 00 00 00 07");
    expect<string>(hex(etherDestination(frame), 6)).toBe("ff ff ff ff ff ff");
  });
});

describe("isIpv4To", () => {
  it("heeds every bit of destination and type, and of the source the group's", () => {
    put(macs, "02 00 00 00 00 01 aa bb");
    put(frame, "02 00 00 00 00 01  04 00 00 00 00 02  08 00 cc");
    expect<bool>(isIpv4To(frame, macs)).toBe(true);
    for (let bit: u32 = 0; bit < 15 * 8; bit++) {
      const at = frame + <usize>(bit >> 3);
      const flipped = <u8>1 << <u8>(bit & 7);
      const isOfSource = bit >= 48 && bit < 96 && bit != 48;
      store<u8>(at, load<u8>(at) ^ flipped);
      expect<bool>(isIpv4To(frame, macs)).toBe(isOfSource || bit >= 14 * 8);
      store<u8>(at, load<u8>(at) ^ flipped);
    }
  });
});

describe("sameMac", () => {
  it("compares all six octets and no more", () => {
    put(macs, "02 00 00 00 00 01 aa aa  02 00 00 00 00 01 bb bb");
    expect<bool>(sameMac(macs, macs + 8)).toBe(true);
    for (let index: u32 = 0; index < 6; index++) {
      const at = macs + 8 + index;
      store<u8>(at, load<u8>(at) ^ 0x80);
      expect<bool>(sameMac(macs, macs + 8)).toBe(false);
      store<u8>(at, load<u8>(at) ^ 0x80);
    }
  });
});

describe("isGroupMac", () => {
  it("looks at the lowest bit of the first octet", () => {
    put(macs, "02 ff ff ff ff ff");
    expect<bool>(isGroupMac(macs)).toBe(false);
    put(macs, "01 00 5e 00 00 01");
    expect<bool>(isGroupMac(macs)).toBe(true);
    fillMac(macs, 0xff);
    expect<bool>(isGroupMac(macs)).toBe(true);
  });
});

describe("copyMac and fillMac", () => {
  it("write six octets and no more", () => {
    put(macs, "02 03 04 05 06 07");
    memory.fill(frame, 0xee, 32);
    copyMac(frame + 1, macs);
    expect<string>(hex(frame, 8)).toBe("ee 02 03 04 05 06 07 ee");
    fillMac(frame + 1, 0);
    expect<string>(hex(frame, 8)).toBe("ee 00 00 00 00 00 00 ee");
  });
});
