/** The interface: what is ours, who can be talked to, and where packets go. */
import { LinkKind } from "../../../assembly/abi/parameters";
import { mapIpv4 } from "../../../assembly/net/address";
import {
  isBroadcast, isForeignHost, isLocal, isUp, linkHeaderLen, localLow, mayBeOwn, nextHop, ownMac,
  setInterface, theInterface,
} from "../../../assembly/net/interface";
import { begin } from "../support/peer";
import { put } from "../support/octets";

const mac: usize = memory.data(8, 8);

function ip(a: u32, b: u32, c: u32, d: u32): u32 {
  return a | (b << 8) | (c << 16) | (d << 24);
}

/** 10.0.0.1 with the prefix, gateway 10.0.0.254. */
function on(link: LinkKind, prefixLen: u32): void {
  begin();
  put(mac, "02 00 00 00 00 01");
  setInterface(link, 1500, 0, mac, ip(10, 0, 0, 1), prefixLen, ip(10, 0, 0, 254));
}

describe("mayBeOwn", () => {
  it("takes the address of one host, and a MAC address of one station", () => {
    put(mac, "02 00 00 00 00 01");
    expect<bool>(mayBeOwn(ip(10, 0, 0, 1), 24, mac, LinkKind.Ethernet)).toBe(true);
    expect<bool>(mayBeOwn(ip(10, 0, 0, 1), 33, mac, LinkKind.Ethernet)).toBe(false);
    expect<bool>(mayBeOwn(ip(10, 0, 0, 0), 24, mac, LinkKind.Ethernet)).toBe(false);
    expect<bool>(mayBeOwn(ip(10, 0, 0, 255), 24, mac, LinkKind.Ethernet)).toBe(false);
    expect<bool>(mayBeOwn(ip(127, 0, 0, 1), 24, mac, LinkKind.Ethernet)).toBe(false);
    expect<bool>(mayBeOwn(ip(224, 0, 0, 1), 24, mac, LinkKind.Ethernet)).toBe(false);
    expect<bool>(mayBeOwn(0, 0, mac, LinkKind.Ethernet)).toBe(false);
    put(mac, "01 00 00 00 00 01");
    expect<bool>(mayBeOwn(ip(10, 0, 0, 1), 24, mac, LinkKind.Ethernet)).toBe(false);
    expect<bool>(mayBeOwn(ip(10, 0, 0, 1), 24, mac, LinkKind.Ip)).toBe(true);
  });

  it("takes both addresses of a /31, and the one of a /32 (RFC 3021)", () => {
    expect<bool>(mayBeOwn(ip(10, 0, 0, 0), 31, mac, LinkKind.Ip)).toBe(true);
    expect<bool>(mayBeOwn(ip(10, 0, 0, 1), 31, mac, LinkKind.Ip)).toBe(true);
    expect<bool>(mayBeOwn(ip(10, 0, 0, 1), 32, mac, LinkKind.Ip)).toBe(true);
  });
});

describe("isBroadcast", () => {
  it("knows the limited one, and ours in both forms, but not another network's", () => {
    on(LinkKind.Ethernet, 24);
    expect<bool>(isBroadcast(0xffffffff)).toBe(true);
    expect<bool>(isBroadcast(0)).toBe(true);
    expect<bool>(isBroadcast(ip(10, 0, 0, 255))).toBe(true);
    expect<bool>(isBroadcast(ip(10, 0, 0, 0))).toBe(true);
    expect<bool>(isBroadcast(ip(10, 0, 1, 255))).toBe(false);
    expect<bool>(isBroadcast(ip(10, 0, 0, 7))).toBe(false);
    on(LinkKind.Ip, 31);
    expect<bool>(isBroadcast(ip(10, 0, 0, 0))).toBe(false);
  });
});

describe("isForeignHost and isLocal", () => {
  it("tell one other host from us, from many, and from nobody", () => {
    on(LinkKind.Ethernet, 24);
    expect<bool>(isForeignHost(0, mapIpv4(ip(10, 0, 0, 2)))).toBe(true);
    expect<bool>(isForeignHost(0, mapIpv4(ip(8, 8, 8, 8)))).toBe(true);
    expect<bool>(isForeignHost(0, mapIpv4(ip(10, 0, 0, 1)))).toBe(false);
    expect<bool>(isForeignHost(0, mapIpv4(ip(10, 0, 0, 255)))).toBe(false);
    expect<bool>(isForeignHost(0, mapIpv4(ip(224, 0, 0, 1)))).toBe(false);
    expect<bool>(isForeignHost(0, mapIpv4(ip(127, 0, 0, 1)))).toBe(false);
    expect<bool>(isForeignHost(0, mapIpv4(0))).toBe(false);
    expect<bool>(isForeignHost(5, mapIpv4(ip(10, 0, 0, 2)))).toBe(false);
    expect<bool>(isLocal(0, mapIpv4(ip(10, 0, 0, 1)))).toBe(true);
    expect<bool>(isLocal(0, mapIpv4(ip(10, 0, 0, 2)))).toBe(false);
    expect<u64>(localLow()).toBe(mapIpv4(ip(10, 0, 0, 1)));
  });
});

describe("nextHop", () => {
  it("is the host itself on the link, else the gateway", () => {
    on(LinkKind.Ethernet, 24);
    expect<u32>(nextHop(ip(10, 0, 0, 2))).toBe(ip(10, 0, 0, 2));
    expect<u32>(nextHop(ip(10, 0, 1, 2))).toBe(ip(10, 0, 0, 254));
  });

  it("is the host itself on a link without neighbours", () => {
    on(LinkKind.Ip, 32);
    expect<u32>(nextHop(ip(8, 8, 8, 8))).toBe(ip(8, 8, 8, 8));
  });
});

describe("setInterface", () => {
  it("takes link, MTU and MAC address over, not yet in use", () => {
    on(LinkKind.Ethernet, 24);
    expect<bool>(isUp()).toBe(false);
    expect<u32>(theInterface().mtu).toBe(1500);
    expect<u32>(linkHeaderLen()).toBe(14);
    expect<i32>(memory.compare(ownMac(), mac, 6)).toBe(0);
    on(LinkKind.Ip, 24);
    expect<u32>(linkHeaderLen()).toBe(0);
  });
});
