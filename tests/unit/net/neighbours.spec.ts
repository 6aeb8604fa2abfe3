/** The neighbour cache: its states, its timeouts, and who may push out whom. */
import { Counter } from "../../../assembly/abi/counter";
import { NeighbourState, Table } from "../../../assembly/abi/status";
import { Link, clearLink, isLone } from "../../../assembly/core/list";
import { poolOf } from "../../../assembly/core/pool";
import { mapIpv4 } from "../../../assembly/net/address";
import {
  NEIGHBOUR_LEN, findNeighbour, isResolved, neighbourMac, useNeighbour, waitingAt,
} from "../../../assembly/net/neighbours";
import { resolveOrWait } from "../../../assembly/net/output";
import { hasReady, takeReady } from "../../../assembly/net/ready";
import {
  ALL, NONE, OUR_IP, OUR_MAC, PEER_IP, PEER_MAC, REQUEST, THIRD_IP, THIRD_MAC, answerArp, arp,
  beginEthernet, sendFrame, takeHex, wait,
} from "../support/ethernet";
import { counted, used } from "../support/peer";
import { hex } from "../support/octets";

const ASK = arp(ALL, OUR_MAC, REQUEST, OUR_MAC, OUR_IP, NONE, PEER_IP);

const link: Link = changetype<Link>(memory.data(8, 4));

function low(last: u32): u64 {
  return mapIpv4(bswap<u32>(0x0a000000 | last));
}

function state(last: u32): u32 {
  const neighbour = findNeighbour(low(last));
  return neighbour == null ? NeighbourState.Free : neighbour.state;
}

describe("useNeighbour", () => {
  beforeEach(() => beginEthernet());

  it("asks for one that is unknown, once, to all", () => {
    expect<u32>(useNeighbour(low(2)).state).toBe(NeighbourState.Incomplete);
    expect<string>(takeHex()).toBe(ASK);
    useNeighbour(low(2));
    expect<string>(takeHex()).toBe("");
  });

  it("asks again each second, five times in all, then gives up for a second", () => {
    useNeighbour(low(2));
    expect<i32>(wait(4_500).length).toBe(5);
    expect<u32>(state(2)).toBe(NeighbourState.Incomplete);
    wait(600);
    expect<u32>(state(2)).toBe(NeighbourState.Failed);
    expect<u32>(counted(Counter.NeighboursFailed)).toBe(1);
    expect<i32>(wait(900).length).toBe(0);
    wait(200);
    expect<u32>(state(2)).toBe(NeighbourState.Free);
  });

  it("learns the answer, which is good for a minute, and is then asked by unicast", () => {
    useNeighbour(low(2));
    takeHex();
    answerArp();
    const neighbour = useNeighbour(low(2));
    expect<u32>(neighbour.state).toBe(NeighbourState.Reachable);
    expect<bool>(isResolved(neighbour)).toBe(true);
    expect<string>(hex(neighbourMac(neighbour), 6)).toBe(PEER_MAC);
    wait(59_900);
    expect<u32>(state(2)).toBe(NeighbourState.Reachable);
    wait(200);
    expect<u32>(state(2)).toBe(NeighbourState.Stale);
    expect<string>(takeHex()).toBe("");
    expect<u32>(useNeighbour(low(2)).state).toBe(NeighbourState.Probe);
    expect<string>(takeHex().substr(0, 17)).toBe(PEER_MAC);
    answerArp();
    expect<u32>(state(2)).toBe(NeighbourState.Reachable);
  });

  it("while it is asked again packets still go to where it was", () => {
    useNeighbour(low(2));
    answerArp();
    wait(60_100);
    expect<bool>(isResolved(useNeighbour(low(2)))).toBe(true);
    wait(5_100);
    expect<u32>(state(2)).toBe(NeighbourState.Failed);
  });
});

describe("what is heard", () => {
  beforeEach(() => beginEthernet());

  it("brings up to date whom we know, with its new MAC address, but not at once", () => {
    useNeighbour(low(2));
    answerArp();
    answerArp(THIRD_MAC);
    expect<string>(hex(neighbourMac(findNeighbour(low(2))!), 6)).toBe(PEER_MAC);
    expect<u32>(counted(Counter.NeighboursContradicted)).toBe(1);
    wait(1_010);
    sendFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, PEER_IP, NONE, THIRD_IP));
    expect<string>(hex(neighbourMac(findNeighbour(low(2))!), 6)).toBe(THIRD_MAC);
  });

  it("enters a stranger only when it asks for us", () => {
    sendFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, THIRD_IP, NONE, PEER_IP));
    expect<u32>(state(3)).toBe(NeighbourState.Free);
    sendFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, THIRD_IP, NONE, OUR_IP));
    expect<u32>(state(3)).toBe(NeighbourState.Reachable);
  });

  it("from strangers never pushes out those that we use", () => {
    for (let last: u32 = 2; last <= 5; last++) useNeighbour(low(last));
    wait(10);
    sendFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, "0a 00 00 63", NONE, OUR_IP));
    expect<u32>(state(99)).toBe(NeighbourState.Free);
    for (let last: u32 = 2; last <= 5; last++) {
      expect<u32>(state(last)).toBe(NeighbourState.Incomplete);
    }
  });
});

describe("a full table", () => {
  it("of strangers: the one heard of longest ago goes, and never one in use", () => {
    beginEthernet();
    useNeighbour(low(2));
    const last = ["10", "11", "12", "13", "14"];
    for (let index = 0; index < last.length; index++) {
      sendFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, "0a 00 00 " + last[index], NONE, OUR_IP));
    }
    expect<u32>(state(0x11)).toBe(NeighbourState.Free);
    for (let host: u32 = 0x12; host <= 0x14; host++) {
      expect<u32>(state(host)).toBe(NeighbourState.Reachable);
    }
    for (let host: u32 = 3; host <= 5; host++) useNeighbour(low(host));
    for (let host: u32 = 2; host <= 5; host++) {
      expect<u32>(state(host)).toBe(NeighbourState.Incomplete);
    }
    expect<u32>(state(0x14)).toBe(NeighbourState.Free);
  });

  it("of nobody but strangers has room for one that we use", () => {
    beginEthernet();
    for (let host = 0x10; host < 0x18; host++) {
      const ip = "0a 00 00 " + host.toString(16);
      sendFrame(arp(ALL, THIRD_MAC, REQUEST, THIRD_MAC, ip, NONE, OUR_IP));
    }
    expect<u32>(used(Table.Neighbours)).toBe(4);
    expect<u32>(useNeighbour(low(2)).state).toBe(NeighbourState.Incomplete);
    expect<u32>(used(Table.Neighbours)).toBe(4);
    expect<u32>(state(0x17)).toBe(NeighbourState.Reachable);
  });

  it("gives up the neighbour used longest ago, and counts it", () => {
    beginEthernet();
    expect<u32>(poolOf(Table.Neighbours).count).toBe(4);
    expect<u32>(NEIGHBOUR_LEN & 7).toBe(0);
    for (let last: u32 = 2; last <= 5; last++) useNeighbour(low(last));
    useNeighbour(low(2));
    useNeighbour(low(6));
    expect<u32>(counted(Counter.NeighboursEvicted)).toBe(1);
    expect<u32>(state(3)).toBe(NeighbourState.Free);
    expect<u32>(state(2)).toBe(NeighbourState.Incomplete);
    expect<u32>(used(Table.Neighbours)).toBe(4);
  });
});

describe("who waits for a neighbour", () => {
  beforeEach(() => {
    beginEthernet();
    clearLink(link);
    resolveOrWait(low(2), link);
  });

  it("waits on it, not in the ready queue", () => {
    expect<bool>(isLone(waitingAt(findNeighbour(low(2))!))).toBe(false);
    expect<bool>(hasReady()).toBe(false);
  });

  it("is ready when it answers", () => {
    answerArp();
    expect<bool>(takeReady() == link).toBe(true);
    expect<bool>(isLone(waitingAt(findNeighbour(low(2))!))).toBe(true);
  });
});
