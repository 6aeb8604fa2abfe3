/** ARP on our side, frame by frame. */
import { Counter } from "../../../assembly/abi/counter";
import { Err } from "../../../assembly/abi/error";
import { InterfaceFlag, LinkKind } from "../../../assembly/abi/parameters";
import { Phase } from "../../../assembly/abi/status";
import { configure } from "../../../assembly/api/setup";
import { theInterface } from "../../../assembly/net/interface";
import {
  ALL, NONE, OUR_IP, OUR_MAC, PEER_IP, PEER_MAC, REPLY, REQUEST, THIRD_IP, THIRD_MAC, arp,
  beginEthernet, sendFrame, takeHex, wait,
} from "../support/ethernet";
import { counted, putInterface } from "../support/peer";

const PROBE = arp(ALL, OUR_MAC, REQUEST, OUR_MAC, "00 00 00 00", NONE, OUR_IP);
const ANNOUNCEMENT = arp(ALL, OUR_MAC, REQUEST, OUR_MAC, OUR_IP, NONE, OUR_IP);

describe("a request for our address", () => {
  beforeEach(() => beginEthernet());

  it("is answered to who asked", () => {
    sendFrame(arp(ALL, PEER_MAC, REQUEST, PEER_MAC, PEER_IP, NONE, OUR_IP));
    expect<string>(takeHex())
      .toBe(arp(PEER_MAC, OUR_MAC, REPLY, OUR_MAC, OUR_IP, PEER_MAC, PEER_IP));
    expect<string>(takeHex()).toBe("");
    expect<u32>(counted(Counter.InArp)).toBe(1);
    expect<u32>(counted(Counter.ArpRepliesSent)).toBe(1);
  });

  it("as a probe (RFC 5227) is answered, too, and nothing learnt from it", () => {
    sendFrame(arp(ALL, PEER_MAC, REQUEST, PEER_MAC, "00 00 00 00", NONE, OUR_IP));
    expect<string>(takeHex())
      .toBe(arp(PEER_MAC, OUR_MAC, REPLY, OUR_MAC, OUR_IP, PEER_MAC, "00 00 00 00"));
  });

  it("for another's is not answered", () => {
    sendFrame(arp(ALL, PEER_MAC, REQUEST, PEER_MAC, PEER_IP, NONE, THIRD_IP));
    expect<string>(takeHex()).toBe("");
    expect<u32>(counted(Counter.DropArpNotForUs)).toBe(1);
  });
});

describe("a malformed packet", () => {
  it("is dropped and counted", () => {
    beginEthernet();
    const good = arp(ALL, PEER_MAC, REQUEST, PEER_MAC, PEER_IP, NONE, OUR_IP);
    sendFrame(good.substr(0, good.length - 3));
    sendFrame(arp(ALL, PEER_MAC, "00 03", PEER_MAC, PEER_IP, NONE, OUR_IP));
    sendFrame(arp(ALL, PEER_MAC, REQUEST, ALL, PEER_IP, NONE, OUR_IP));
    sendFrame(arp(ALL, PEER_MAC, REQUEST, PEER_MAC, "0a 00 00 ff", NONE, OUR_IP));
    sendFrame(arp(ALL, PEER_MAC, REQUEST, PEER_MAC, "e0 00 00 01", NONE, OUR_IP));
    expect<string>(takeHex()).toBe("");
    expect<u32>(counted(Counter.DropArpMalformed)).toBe(5);
  });
});

describe("announcing (RFC 5227 section 2.3)", () => {
  it("sends two announcements, two seconds apart, and the address is in use at once", () => {
    beginEthernet(InterfaceFlag.Announce);
    expect<u32>(theInterface().state).toBe(Phase.Announcing);
    expect<string>(takeHex()).toBe(ANNOUNCEMENT);
    expect<i32>(wait(1_990).length).toBe(0);
    const frames = wait(20);
    expect<i32>(frames.length).toBe(1);
    expect<string>(frames[0]).toBe(ANNOUNCEMENT);
    expect<i32>(wait(10_000).length).toBe(0);
    expect<u32>(theInterface().state).toBe(Phase.Ready);
  });
});

describe("probing (RFC 5227 section 2.1)", () => {
  beforeEach(() => beginEthernet(InterfaceFlag.Probe));

  it("asks three times within its intervals, then uses the address", () => {
    expect<u32>(theInterface().state).toBe(Phase.Probing);
    const frames = wait(5_000);
    expect<i32>(frames.length).toBe(3);
    for (let index = 0; index < 3; index++) expect<string>(frames[index]).toBe(PROBE);
    expect<u32>(theInterface().state).toBe(Phase.Probing);
    wait(2_010);
    expect<u32>(theInterface().state).toBe(Phase.Announcing);
    wait(2_010);
    expect<u32>(theInterface().state).toBe(Phase.Ready);
  });

  it("does not answer for the address meanwhile", () => {
    sendFrame(arp(ALL, PEER_MAC, REQUEST, PEER_MAC, PEER_IP, NONE, OUR_IP));
    expect<string>(takeHex()).toBe("");
  });

  it("gives the address up when somebody answers for it", () => {
    sendFrame(arp(ALL, PEER_MAC, REPLY, PEER_MAC, OUR_IP, OUR_MAC, OUR_IP));
    expect<u32>(theInterface().state).toBe(Phase.Conflict);
    expect<u32>(counted(Counter.AddressConflicts)).toBe(1);
    expect<i32>(wait(10_000).length).toBe(0);
    expect<u32>(theInterface().state).toBe(Phase.Conflict);
  });

  it("begins again when configured anew after a conflict; after ten of them a minute later", () => {
    for (let count = 1; count <= 11; count++) {
      expect<i32>(wait(count == 11 ? 61_010 : 1_010).length).toBe(1);
      sendFrame(arp(ALL, PEER_MAC, REPLY, PEER_MAC, OUR_IP, OUR_MAC, OUR_IP));
      expect<u32>(theInterface().state).toBe(Phase.Conflict);
      putInterface(LinkKind.Ethernet, InterfaceFlag.Probe);
      expect<i32>(configure(0)).toBe(0);
      expect<i32>(configure(0)).toBe(Err.State);
    }
  });

  it("gives it up when somebody else probes for it", () => {
    sendFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, "00 00 00 00", NONE, OUR_IP));
    expect<u32>(theInterface().state).toBe(Phase.Conflict);
  });

  it("does not take its own probe, come back to it, for another's", () => {
    sendFrame(arp(ALL, OUR_MAC, REQUEST, OUR_MAC, "00 00 00 00", NONE, OUR_IP));
    expect<u32>(theInterface().state).toBe(Phase.Probing);
  });
});

describe("somebody with our address in use (RFC 5227 section 2.4)", () => {
  it("is told that it is ours, once in ten seconds", () => {
    beginEthernet();
    const rival = arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, OUR_IP, NONE, PEER_IP);
    sendFrame(rival);
    expect<string>(takeHex()).toBe(ANNOUNCEMENT);
    sendFrame(rival);
    expect<string>(takeHex()).toBe("");
    wait(10_010);
    sendFrame(rival);
    expect<string>(takeHex()).toBe(ANNOUNCEMENT);
    expect<u32>(counted(Counter.AddressConflicts)).toBe(3);
    expect<u32>(theInterface().state).toBe(Phase.Ready);
  });
});
