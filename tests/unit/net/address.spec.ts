/** Addresses as two words. */
import {
  ipv4Of, isAny, isIpv4, isMulticastIpv4, isNobodyIpv4, mapIpv4, maskOf,
} from "../../../assembly/net/address";
import { put } from "../support/octets";

const at: usize = memory.data(16, 8);

/** An address as it is loaded from a header. */
function loaded(text: string): u32 {
  put(at, text);
  return load<u32>(at);
}

describe("mapIpv4 and ipv4Of", () => {
  it("make ::ffff:a.b.c.d, as its 16 octets are loaded", () => {
    put(at, "00 00 00 00 00 00 00 00 00 00 ff ff 0a 01 02 03");
    const address = loaded("0a 01 02 03");
    put(at, "00 00 00 00 00 00 00 00 00 00 ff ff 0a 01 02 03");
    expect<u64>(load<u64>(at)).toBe(0);
    expect<u64>(mapIpv4(address)).toBe(load<u64>(at, 8));
    expect<u32>(ipv4Of(mapIpv4(address))).toBe(address);
    expect<bool>(isIpv4(0, mapIpv4(address))).toBe(true);
  });
});

describe("isIpv4", () => {
  it("is false for whatever has another octet in front", () => {
    for (let index: u32 = 0; index < 12; index++) {
      put(at, "00 00 00 00 00 00 00 00 00 00 ff ff 0a 01 02 03");
      store<u8>(at + index, load<u8>(at + index) ^ 1);
      expect<bool>(isIpv4(load<u64>(at), load<u64>(at, 8))).toBe(false);
    }
  });
});

describe("isAny", () => {
  it("is true for all zeros, and for 0.0.0.0, and nothing else", () => {
    expect<bool>(isAny(0, 0)).toBe(true);
    expect<bool>(isAny(0, mapIpv4(0))).toBe(true);
    expect<bool>(isAny(0, mapIpv4(1))).toBe(false);
    expect<bool>(isAny(1, 0)).toBe(false);
  });
});

describe("isMulticastIpv4", () => {
  it("is true from 224.0.0.0 to 239.255.255.255", () => {
    expect<bool>(isMulticastIpv4(loaded("df ff ff ff"))).toBe(false);
    expect<bool>(isMulticastIpv4(loaded("e0 00 00 00"))).toBe(true);
    expect<bool>(isMulticastIpv4(loaded("ef ff ff ff"))).toBe(true);
    expect<bool>(isMulticastIpv4(loaded("f0 00 00 00"))).toBe(false);
  });
});

describe("isNobodyIpv4", () => {
  it("is true for networks 0, 127 and from 224 on", () => {
    expect<bool>(isNobodyIpv4(loaded("00 01 02 03"))).toBe(true);
    expect<bool>(isNobodyIpv4(loaded("01 00 00 00"))).toBe(false);
    expect<bool>(isNobodyIpv4(loaded("7e ff ff ff"))).toBe(false);
    expect<bool>(isNobodyIpv4(loaded("7f 00 00 01"))).toBe(true);
    expect<bool>(isNobodyIpv4(loaded("80 00 00 00"))).toBe(false);
    expect<bool>(isNobodyIpv4(loaded("df ff ff ff"))).toBe(false);
    expect<bool>(isNobodyIpv4(loaded("e0 00 00 01"))).toBe(true);
    expect<bool>(isNobodyIpv4(loaded("ff ff ff ff"))).toBe(true);
  });
});

describe("maskOf", () => {
  it("has so many ones, from the first octet on", () => {
    for (let len: u32 = 0; len <= 32; len++) {
      const mask = bswap<u32>(maskOf(len));
      expect<i32>(popcnt<u32>(mask)).toBe(len);
      expect<bool>(len == 0 || len == 32 || clz<u32>(~mask) == len).toBe(true);
    }
  });
});
