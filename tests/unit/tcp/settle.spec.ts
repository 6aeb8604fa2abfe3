/** Which of the two timers of sending runs: never both, never none when something is owed. */
import { State } from "../../../assembly/abi/state";
import { shutdown } from "../../../assembly/api/sockets";
import { advanceClock } from "../../../assembly/core/clock";
import { unlink } from "../../../assembly/core/list";
import { hasReady } from "../../../assembly/net/ready";
import { settle, settleFin } from "../../../assembly/tcp/settle";
import { transition } from "../../../assembly/tcp/state";
import { TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import {
  ACK, established, iss, jump, now, pass, peerNext, sacking, say, sendSegment, synSent, takeAll,
  tcbOf, write,
} from "../support/peer";
import { blockOf } from "../support/ways";

let handle: i32 = 0;

/** Retransmit and Persist, as two bits. */
function timers(): u32 {
  const tcb = tcbOf(handle);
  return u32(tcb.retransmitAtMs != 0) | (u32(tcb.persistAtMs != 0) << 1);
}

describe("settle", () => {
  beforeEach(() => {
    handle = established();
  });

  it("runs none when nothing is owed", () => {
    expect<u32>(timers()).toBe(0);
  });

  it("runs Retransmit while something is on its way", () => {
    write(handle, 100);
    takeAll();
    expect<u32>(timers()).toBe(1);
    say(ACK, iss + 101);
    expect<u32>(timers()).toBe(0);
  });

  it("runs Persist when the window is shut and something waits", () => {
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    expect<u32>(timers()).toBe(0);
    write(handle, 100);
    expect<u32>(timers()).toBe(2);
    sendSegment(ACK, peerNext, iss + 1, 0, 8192);
    takeAll();
    expect<u32>(timers()).toBe(1);
  });

  it("runs Persist for a FIN that the window does not let out", () => {
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    shutdown(handle);
    expect<u32>(takeAll()).toBe(0);
    expect<u32>(timers()).toBe(2);
  });

  it("runs Retransmit, not Persist, for what was sent before the window shut", () => {
    write(handle, 1460);
    takeAll();
    sendSegment(ACK, peerNext, iss + 1, 0, 0);
    expect<u32>(timers()).toBe(1);
  });

  it("runs Retransmit for our SYN", () => {
    handle = synSent();
    expect<u32>(timers()).toBe(1);
  });

  it("is harmless at any time", () => {
    write(handle, 100);
    takeAll();
    const before = tcbOf(handle).retransmitAtMs;
    pass(10);
    settle(tcbOf(handle));
    settle(tcbOf(handle));
    expect<u32>(tcbOf(handle).retransmitAtMs).toBe(before);
    expect<u32>(takeAll()).toBe(0);
  });
});

/** After CLOSE, said of a connection in situation `which`; whether it is the short way's. */
function closed(which: u32, isShort: bool): bool {
  handle = sacking();
  const tcb = tcbOf(handle);
  tcb.cwnd = 100000;
  // Idle for longer than a timeout; or a timer runs on.
  if (which & 1) {
    jump(5000);
    advanceClock(now);
  }
  if (which & 2) tcb.retransmitAtMs = 1;
  if (which & 4) write(handle, 100);
  if (which & 8) tcb.sndWnd = 0;
  if (which & 16) tcb.backoff = 1;
  unlink(tcb);
  setFlag(tcb, TcbFlag.FinQueued);
  transition(tcb, State.FinWait1);
  if (isShort) return settleFin(tcb);
  settle(tcb);
  return true;
}

describe("settleFin", () => {
  it("leaves what `settle` leaves where our FIN is all that waits, and else all as it was", () => {
    for (let which: u32 = 0; which < 32; which++) {
      closed(which, false);
      const long = blockOf(tcbOf(handle));
      const isReady = hasReady();
      expect<bool>(closed(which, true)).toBe(which < 4);
      if (which >= 4) settle(tcbOf(handle));
      expect<string>(blockOf(tcbOf(handle))).toBe(long);
      expect<bool>(hasReady()).toBe(isReady);
    }
  });

  it("shrinks a window that is old", () => {
    closed(0, true);
    expect<u32>(tcbOf(handle).cwnd).toBe(100000);
    closed(1, true);
    expect<bool>(tcbOf(handle).cwnd < 100000).toBe(true);
  });
});
