/** The user's calls (RFC 9293 section 3.10). */
import { Counter } from "../../../assembly/abi/counter";
import { Err, Reason } from "../../../assembly/abi/error";
import { State } from "../../../assembly/abi/state";
import { Table } from "../../../assembly/abi/status";
import { abort, close, commit, connect, sendSpace, shutdown } from "../../../assembly/api/sockets";
import { status } from "../../../assembly/api/status";
import {
  abandon, finishSending, letGo, maySendMore, openActive, queuedLen, receiveText, sendText,
  unusedRoom,
} from "../../../assembly/tcp/calls";
import { connectionAt } from "../../../assembly/tcp/connections";
import { findListener, openListener } from "../../../assembly/tcp/listeners";
import { largestMss } from "../../../assembly/tcp/mss";
import { readable } from "../../../assembly/tcp/window";
import { portsWord } from "../../../assembly/wire/tcp";
import {
  ACK, FIN, OUR_ADDRESS, PEER_ADDRESS, PEER_PORT, RING, RST, SYN, begin, connected, counted,
  established, iss, pass, peerNext, read, say, sent, synSent, take, takeAll, tcbOf, used, write,
} from "../support/peer";

function low(address: u32): u64 {
  return (<u64>bswap<u32>(address) << 32) | 0xffff0000;
}

describe("openActive", () => {
  beforeEach(() => begin());

  it("enters SYN-SENT and sends a SYN with our MSS and scale", () => {
    expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 5000, null)).toBe(0);
    expect<u32>(connectionAt(0).state).toBe(State.SynSent);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags).toBe(SYN);
    expect<u32>(sent.ack).toBe(0);
    expect<u32>(sent.sourcePort).toBe(5000);
    expect<u32>(sent.destinationPort).toBe(PEER_PORT);
    expect<u32>(sent.headerLen).toBe(40);
    expect<u32>(largestMss()).toBe(1460);
    expect<u32>(counted(Counter.TcpActiveOpens)).toBe(1);
  });

  it("picks a dynamic port that this pair does not use", () => {
    for (let run = 0; run < 3; run++) {
      expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 0, null)).toBe(run);
      takeAll();
      expect<bool>(sent.sourcePort >= 49152 && sent.sourcePort <= 65535).toBe(true);
    }
  });

  it("refuses a pair in use, hosts that are none, and one connection too many", () => {
    expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 5000, null)).toBe(0);
    expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 5000, null)).toBe(Err.InUse);
    expect<i32>(openActive(0, low(OUR_ADDRESS), PEER_PORT, 5000, null)).toBe(Err.Invalid);
    expect<i32>(openActive(0, low(0x0a0000ff), PEER_PORT, 5000, null)).toBe(Err.Invalid);
    expect<i32>(openActive(0, low(0xe0000001), PEER_PORT, 5000, null)).toBe(Err.Invalid);
    expect<i32>(openActive(1, 2, PEER_PORT, 5000, null)).toBe(Err.Invalid);
    expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 5001, null)).toBe(1);
    expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 5002, null)).toBe(2);
    expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 5003, null)).toBe(Err.Full);
  });
});

describe("openActive with a listener", () => {
  it("takes its port and its settings, and ends it", () => {
    begin();
    const listener = openListener(portsWord(0, 7000), 4, 1000)!;
    listener.timeToLive = 9;
    expect<i32>(openActive(0, low(PEER_ADDRESS), PEER_PORT, 7000, listener)).toBe(0);
    const tcb = connectionAt(0);
    expect<u32>(tcb.timeToLive).toBe(9);
    expect<u32>(tcb.rcvMss).toBe(1000);
    expect<u32>(tcb.path).toBe((State.Listen << 4) | State.SynSent);
    expect<bool>(findListener(portsWord(0, 7000)) == null).toBe(true);
    take();
    expect<u32>(sent.sourcePort).toBe(7000);
  });
});

describe("unusedRoom, sendText and queuedLen", () => {
  it("count what is committed and not acknowledged, across the ring's end", () => {
    const tcb = tcbOf(established());
    expect<u32>(queuedLen(tcb)).toBe(0);
    expect<u32>(unusedRoom(tcb)).toBe(RING);
    sendText(tcb, RING - 1, false);
    expect<u32>(queuedLen(tcb)).toBe(RING - 1);
    expect<u32>(unusedRoom(tcb)).toBe(1);
  });

  it("do not count our SYN before it is acknowledged", () => {
    const tcb = tcbOf(synSent());
    expect<u32>(queuedLen(tcb)).toBe(0);
    sendText(tcb, 10, false);
    expect<u32>(queuedLen(tcb)).toBe(10);
  });
});

describe("maySendMore", () => {
  it("is false of a connection that was never established and is over: no timer of it runs", () => {
    const handle = synSent();
    write(handle, 10);
    say(RST | ACK, iss + 1);
    expect<u32>(tcbOf(handle).state).toBe(<u8>State.Closed);
    expect<bool>(maySendMore(tcbOf(handle))).toBe(false);
    expect<i32>(sendSpace(handle)).toBe(Err.State);
    expect<i32>(commit(handle, 10, 0)).toBe(Err.State);
    expect<usize>(tcbOf(handle).pointer).toBe(0);
  });


  it("holds from SYN-SENT to CLOSE-WAIT, until CLOSE", () => {
    expect<bool>(maySendMore(tcbOf(synSent()))).toBe(true);
    const handle = established();
    expect<bool>(maySendMore(tcbOf(handle))).toBe(true);
    say(ACK | FIN, iss + 1);
    expect<bool>(maySendMore(tcbOf(handle))).toBe(true);
    finishSending(tcbOf(handle));
    expect<bool>(maySendMore(tcbOf(handle))).toBe(false);
  });
});

describe("receiveText", () => {
  it("opens the window only by a step worth a segment (MUST-39)", () => {
    const handle = established();
    for (let run = 0; run < 4; run++) say(ACK, iss + 1, 1024);
    takeAll();
    expect<u32>(sent.wnd).toBe(0);
    const tcb = tcbOf(handle);
    expect<u32>(readable(tcb)).toBe(4096);
    receiveText(tcb, 1000);
    expect<bool>(take()).toBe(false);
    receiveText(tcb, 460);
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.wnd).toBe(1460);
  });
});

describe("finishSending", () => {
  it("sends FIN behind all text, once", () => {
    const handle = established();
    write(handle, 100);
    shutdown(handle);
    shutdown(handle);
    expect<u32>(takeAll()).toBe(1);
    expect<u32>(sent.textLen).toBe(100);
    expect<u32>(sent.flags & FIN).toBe(FIN);
  });

  it("from CLOSE-WAIT leads to LAST-ACK", () => {
    const handle = established();
    say(ACK | FIN, iss + 1);
    shutdown(handle);
    expect<i32>(status(handle)).toBe(State.LastAck);
  });
});

describe("letGo", () => {
  it("in SYN-SENT leaves nothing, and says nothing", () => {
    letGo(tcbOf(synSent()));
    expect<bool>(take()).toBe(false);
    expect<u32>(used(Table.Connections)).toBe(0);
  });

  it("with octets unread tells the peer by a RST (SHLD-3)", () => {
    const handle = established();
    say(ACK, iss + 1, 10);
    takeAll();
    close(handle);
    takeAll();
    expect<u32>(sent.flags).toBe(RST | ACK);
    expect<u32>(used(Table.Connections)).toBe(0);
  });

  it("else finishes alone: FIN, TIME-WAIT, and the slot is free", () => {
    const handle = established();
    write(handle, 50);
    close(handle);
    expect<i32>(status(handle)).toBe(Err.Handle);
    takeAll();
    expect<u32>(sent.textLen).toBe(50);
    say(ACK, iss + 52);
    say(ACK | FIN, iss + 52);
    takeAll();
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<u32>(used(Table.TimeWait)).toBe(1);
    expect<u32>(peerNext).not.toBe(0);
  });

  it("in FIN-WAIT-2 does not wait for ever for a FIN that never comes", () => {
    const handle = established();
    close(handle);
    takeAll();
    say(ACK, iss + 2);
    expect<u32>(used(Table.Connections)).toBe(1);
    pass(61_000);
    expect<u32>(used(Table.Connections)).toBe(0);
  });

  it("answers text that comes later with a RST", () => {
    close(established());
    takeAll();
    say(ACK, iss + 2, 20);
    takeAll();
    expect<u32>(sent.flags & RST).toBe(RST);
    expect<u32>(used(Table.Connections)).toBe(0);
  });
});

describe("abandon", () => {
  it("sends a RST that the peer must believe, and frees the slot", () => {
    const handle = connected();
    write(handle, 100);
    takeAll();
    abandon(tcbOf(handle));
    expect<bool>(take()).toBe(true);
    expect<u32>(sent.flags & RST).toBe(RST);
    expect<u32>(sent.seq).toBe(iss + 101);
    expect<bool>(take()).toBe(false);
    expect<u32>(used(Table.Connections)).toBe(0);
  });

  it("leaves no RST behind when the connection is over", () => {
    const handle = connected();
    say(ACK | FIN, iss + 1);
    shutdown(handle);
    takeAll();
    say(ACK, iss + 2);
    expect<u32>(tcbOf(handle).reason).toBe(Reason.Finished);
    abort(handle);
    expect<bool>(take()).toBe(false);
    expect<u32>(used(Table.Connections)).toBe(0);
    expect<i32>(connect(0, 0)).toBe(Err.Invalid);
  });
});
