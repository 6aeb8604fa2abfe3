/** Which of the two timers of sending runs: never both, never none when something is owed. */
import { shutdown } from "../../../assembly/api/sockets";
import { settle } from "../../../assembly/tcp/settle";
import {
  ACK, established, iss, pass, peerNext, say, sendSegment, synSent, takeAll, tcbOf, write,
} from "../support/peer";

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
