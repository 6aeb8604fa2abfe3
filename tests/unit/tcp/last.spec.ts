/**
 * The last segment of a connection that nobody holds: the short way leaves behind what the long way
 * does, or leaves the segment.
 */
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { close } from "../../../assembly/api/sockets";
import { frameOutPtr } from "../../../assembly/api/stack";
import { poolOf } from "../../../assembly/core/pool";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { TIME_WAIT_LEN } from "../../../assembly/tcp/time_wait";
import { hex } from "../support/octets";
import { put32 } from "../support/packets";
import {
  ACK, FIN, PSH, RST, SYN, established, iss, options, say, sent, take, takeAll, tcbOf, used,
} from "../support/peer";
import { Told, copy, isLeft, takeLong, takeShort } from "../support/ways";

let tcb: Tcb = changetype<Tcb>(0);
/** What has to happen for the segment to be the last. */
let fresh: () => void = finWait1;

/** Let go in ESTABLISHED, the FIN sent. */
function finWait1(): void {
  const handle = established();
  tcb = tcbOf(handle);
  close(handle);
  takeAll();
}

/** The same, the FIN acknowledged. */
function finWait2(): void {
  finWait1();
  say(ACK, iss + 2);
}

/** Both have let go at once. */
function closing(): void {
  finWait1();
  say(ACK | FIN, iss + 1);
  takeAll();
}

/** Let go in CLOSE-WAIT, the FIN sent. */
function lastAck(): void {
  const handle = established();
  tcb = tcbOf(handle);
  say(ACK | FIN, iss + 1);
  close(handle);
  takeAll();
}

/** What is left of the connection: entries, the newest TIME-WAIT, and the last frame. */
function rest(): string {
  const entry = changetype<usize>(poolOf(Table.TimeWait).previous);
  const kept = `${hex(entry + 8, 20)} ${hex(entry + 40, TIME_WAIT_LEN - 40)}`;
  const frame = take() ? hex(frameOutPtr(), sent.len) : "none";
  assert(!take(), "there is one frame at the most");
  return `${used(Table.Connections)} ${used(Table.TimeWait)} ${kept} ${frame}`;
}

/** Both ways, from two situations alike, lead to the same, and end the connection. */
function agrees(told: Told): void {
  fresh();
  takeLong(told);
  const long = rest();
  fresh();
  expect<bool>(takeShort(tcb)).toBe(true);
  expect<u32>(tcb.state).toBe(State.Closed);
  expect<u32>(used(Table.Connections)).toBe(0);
  expect<string>(rest()).toBe(long);
}

/** The short way leaves the segment, and all as it was. */
function leaves(told: Told): void {
  fresh();
  takeLong(told);
  fresh();
  isLeftInUse();
}

/** The same of the packet that lies in `copy`. */
function isLeftInUse(): void {
  isLeft(tcb);
  expect<u32>(used(Table.Connections)).toBe(1);
}

/** All but the very segment that `told` is. */
function leavesOthers(told: Told): void {
  const flags = told.flags;
  leaves(new Told(flags, 0, told.acked - 1, 0));
  leaves(new Told(flags, 0, told.acked + 1, 0));
  leaves(new Told(flags, 1, told.acked, 0));
  leaves(new Told(flags, -1, told.acked, 0));
  leaves(new Told(flags, 0, told.acked, 1));
  leaves(new Told(flags ^ FIN, 0, told.acked, 0));
  leaves(new Told(flags | RST, 0, told.acked, 0));
  leaves(new Told(flags | SYN, 0, told.acked, 0));
  leaves(new Told(flags ^ ACK, 0, told.acked, 0));
  // What lies in `options`: that of the SYN.
  leaves(new Told(flags, 0, told.acked, 0, 0xffff, 4));
  fresh();
  takeLong(told);
  for (let at: usize = 20; at < 40; at++) {
    fresh();
    store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
    isLeftInUse();
    store<u8>(copy + at, load<u8>(copy + at) ^ 0x40);
  }
}

describe("takeLastFin", () => {
  it("takes a FIN in FIN-WAIT-1 that acknowledges ours, as the long way does", () => {
    fresh = finWait1;
    agrees(new Told(ACK | FIN, 0, 1, 0));
    agrees(new Told(ACK | FIN | PSH, 0, 1, 0, 0));
    expect<u32>(used(Table.TimeWait)).toBe(1);
    leavesOthers(new Told(ACK | FIN, 0, 1, 0));
  });

  it("takes a FIN in FIN-WAIT-2, as the long way does", () => {
    fresh = finWait2;
    agrees(new Told(ACK | FIN, 0, 1, 0));
    leavesOthers(new Told(ACK | FIN, 0, 1, 0));
  });

  it("leaves one that does not fit the window, or came before", () => {
    fresh = finWait1;
    takeLong(new Told(ACK | FIN, 0, 1, 0));
    fresh();
    tcb.rcvAdv = tcb.rcvNxt;
    isLeftInUse();
    fresh();
    setFlag(tcb, TcbFlag.PeerFinKnown);
    isLeftInUse();
  });
});

describe("takeLastAck", () => {
  it("takes the ACK of our FIN in LAST-ACK, as the long way does", () => {
    fresh = lastAck;
    agrees(new Told(ACK, 0, 1, 0));
    expect<u32>(used(Table.TimeWait)).toBe(0);
  });

  it("takes the ACK of our FIN in CLOSING, as the long way does", () => {
    fresh = closing;
    agrees(new Told(ACK, 0, 1, 0));
    agrees(new Told(ACK | PSH, 0, 1, 0));
    expect<u32>(used(Table.TimeWait)).toBe(1);
  });
});

describe("the last segment", () => {
  it("is none while somebody holds the connection, or something else goes on", () => {
    fresh = finWait1;
    fresh();
    takeLong(new Told(ACK | FIN, 0, 1, 0));
    fresh();
    tcb.flags &= ~TcbFlag.Orphan;
    isLeftInUse();
    fresh();
    setFlag(tcb, TcbFlag.InRecovery);
    isLeftInUse();
    fresh();
    tcb.dupAcks = 1;
    isLeftInUse();
    fresh();
    // Something waits in front of the FIN.
    tcb.sndEnd++;
    isLeftInUse();
  });

  it("has timestamps, if they were agreed on, that are not older than TS.Recent", () => {
    fresh = finWait1;
    for (let newer: u32 = 0; newer < 2; newer++) {
      fresh();
      put32(options, 0x0101080a);
      put32(options + 4, 1000);
      put32(options + 8, 0);
      takeLong(new Told(ACK | FIN, 0, 1, 0, 0xffff, 12));
      fresh();
      setFlag(tcb, TcbFlag.Timestamps);
      tcb.tsRecent = 999 + 2 * newer;
      expect<bool>(takeShort(tcb)).toBe(newer == 0);
      // What the ACK echoes.
      if (newer == 0) {
        expect<bool>(take()).toBe(true);
        expect<u32>(bswap(load<u32>(sent.textAt - 4))).toBe(1000);
      }
    }
    fresh();
    takeLong(new Told(ACK | FIN, 0, 1, 0));
    fresh();
    setFlag(tcb, TcbFlag.Timestamps);
    isLeftInUse();
  });
});
