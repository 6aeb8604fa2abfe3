/** The way out: to whom a packet is handed, and the headers in front of it. */
import { InterfaceFlag, LinkKind } from "../../../assembly/abi/parameters";
import { Link, clearLink } from "../../../assembly/core/list";
import { mapIpv4 } from "../../../assembly/net/address";
import { frameOut, textOut } from "../../../assembly/net/frame";
import { Way, finishPacket, resolve, resolveOrWait, wayMac } from "../../../assembly/net/output";
import { hex } from "../support/octets";
import {
  OUR_MAC, PEER_MAC, THIRD_MAC, answerArp, beginEthernet, takeHex, wait,
} from "../support/ethernet";
import { begin, beginOn } from "../support/peer";

const link: Link = changetype<Link>(memory.data(8, 4));

function low(address: u32): u64 {
  return mapIpv4(bswap<u32>(address));
}

describe("resolveOrWait", () => {
  beforeEach(() => {
    beginEthernet();
    clearLink(link);
  });

  it("asks for a neighbour, and is open once it has answered", () => {
    expect<i32>(resolveOrWait(low(0x0a000002), link)).toBe(Way.Asking);
    takeHex();
    answerArp();
    clearLink(link);
    expect<i32>(resolveOrWait(low(0x0a000002), link)).toBe(Way.Open);
    expect<string>(hex(wayMac(), 6)).toBe(PEER_MAC);
  });

  it("leads through the gateway to all that is not on the link", () => {
    expect<i32>(resolveOrWait(low(0x08080808), link)).toBe(Way.Asking);
    expect<string>(takeHex().substr(38 * 3)).toBe("0a 00 00 fe");
    answerArp(THIRD_MAC, "0a 00 00 fe");
    clearLink(link);
    expect<i32>(resolveOrWait(low(0x08080808), link)).toBe(Way.Open);
    expect<string>(hex(wayMac(), 6)).toBe(THIRD_MAC);
  });

  it("is silent when the neighbour has not answered", () => {
    resolveOrWait(low(0x0a000002), link);
    wait(5_100);
    clearLink(link);
    expect<i32>(resolveOrWait(low(0x0a000002), link)).toBe(Way.Silent);
  });

  it("is none while our address is not ready", () => {
    beginEthernet(InterfaceFlag.Probe);
    expect<i32>(resolveOrWait(low(0x0a000002), link)).toBe(Way.None);
  });

  it("is open at once on a link without neighbours", () => {
    beginOn(LinkKind.Ip, 0);
    expect<i32>(resolveOrWait(low(0x08080808), link)).toBe(Way.Open);
    expect<usize>(wayMac()).toBe(0);
  });
});

describe("resolve", () => {
  it("makes no request: strangers cannot make us ask for whom they name", () => {
    beginEthernet();
    expect<i32>(resolve(low(0x0a000002))).toBe(Way.Silent);
    expect<string>(takeHex()).toBe("");
    clearLink(link);
    resolveOrWait(low(0x0a000002), link);
    takeHex();
    answerArp();
    expect<i32>(resolve(low(0x0a000002))).toBe(Way.Open);
  });
});

describe("finishPacket", () => {
  it("writes the headers of the link and of IP in front of the text", () => {
    beginEthernet();
    store<u8>(textOut(), 0xaa);
    clearLink(link);
    resolveOrWait(low(0x0a000002), link);
    takeHex();
    answerArp();
    expect<i32>(resolve(low(0x0a000002))).toBe(Way.Open);
    expect<u32>(finishPacket(low(0x0a000002), wayMac(), 1, 6, 0, 64)).toBe(35);
    expect<string>(hex(frameOut(), 24))
      .toBe(PEER_MAC + " " + OUR_MAC + " 08 00 45 00 00 15 00 00 40 00 40 06");
    begin();
    expect<u32>(finishPacket(low(0x0a000002), 0, 1, 6, 0, 64)).toBe(21);
  });
});
