/** The short way of exchange: when it is taken, and that it does what three calls do. */
import { Counter } from "../../../assembly/abi/counter";
import { exchangeUsual, isExchangeUsual } from "../../../assembly/api/exchange_usual";
import { commit, consume, sendPtr, sendSpace } from "../../../assembly/api/sockets";
import { frameOutPtr, transmit } from "../../../assembly/api/stack";
import { advanceClock } from "../../../assembly/core/clock";
import { isWaiting, setFramesWait } from "../../../assembly/core/descriptor";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { Timer, setTimer } from "../../../assembly/tcp/timers";
import { wake } from "../../../assembly/tcp/turn";
import { hex } from "../support/octets";
import {
  ACK, RING, counted, iss, jump, now, pass, sacking, say, takeAll, tcbOf,
} from "../support/peer";

let handle: i32 = 0;
let tcb: Tcb = changetype<Tcb>(0);

/** A connection in the usual case; five octets have come, and wait to be read. */
function fresh(): void {
  handle = sacking();
  tcb = tcbOf(handle);
  say(ACK, iss + 1, 5);
  takeAll();
}

/** The text of an answer lies in the ring. */
function put(len: u32): void {
  expect<i32>(sendSpace(handle)).toBeGreaterThan(<i32>len - 1);
  memory.fill(sendPtr(handle), 7, len);
}

/** The control block as text, and the frame of `len` octets: two ways must agree in both. */
function shown(len: u32): string {
  return hex(frameOutPtr(), len) + "\n" + hex(changetype<usize>(tcb) + 48, offsetof<Tcb>() - 48);
}

describe("isExchangeUsual", () => {
  beforeEach(() => fresh());

  it("says yes to an answer that fits", () => {
    expect<bool>(isExchangeUsual(tcb, 5, 10)).toBe(true);
    expect<bool>(isExchangeUsual(tcb, 0, RING)).toBe(true);
  });

  it("says no when there is nothing to send, or numbers that cannot be", () => {
    expect<bool>(isExchangeUsual(tcb, 5, 0)).toBe(false);
    expect<bool>(isExchangeUsual(tcb, 6, 10)).toBe(false);
    expect<bool>(isExchangeUsual(tcb, 5, RING + 1)).toBe(false);
  });

  it("says no when somebody waits, or a timer is due", () => {
    setFramesWait(1);
    expect<bool>(isExchangeUsual(tcb, 5, 10)).toBe(false);
    setFramesWait(0);
    expect<bool>(isExchangeUsual(tcb, 5, 10)).toBe(true);
    setTimer(tcb, Timer.Ack, 10);
    jump(11);
    advanceClock(now);
    expect<bool>(isExchangeUsual(tcb, 5, 10)).toBe(false);
  });

  it("says no to a connection that is queued, or in no usual case", () => {
    wake(tcb);
    setFramesWait(0);
    expect<bool>(isExchangeUsual(tcb, 5, 10)).toBe(false);
    fresh();
    setFlag(tcb, TcbFlag.FinQueued);
    expect<bool>(isExchangeUsual(tcb, 5, 10)).toBe(false);
  });
});

describe("exchangeUsual", () => {
  it("does what consume, commit and transmit do", () => {
    for (let len: u32 = 1; len <= 700; len += 233) {
      fresh();
      put(len);
      consume(handle, 5);
      commit(handle, len, 0);
      const whole = shown(transmit(now));
      fresh();
      put(len);
      expect<string>(shown(exchangeUsual(tcb, 5, len))).toBe(whole);
    }
  });

  it("leaves what does not fit the frame in the queue, and says so", () => {
    fresh();
    put(1200);
    expect<u32>(exchangeUsual(tcb, 5, 1200)).toBe(20 + 20 + 536);
    expect<bool>(isWaiting()).toBe(true);
    expect<u32>(takeAll()).toBe(2);
    expect<u32>(tcb.sndNxt).toBe(iss + 1201);
  });

  it("sends nothing that Nagle's algorithm holds back", () => {
    fresh();
    put(10);
    exchangeUsual(tcb, 5, 10);
    put(10);
    expect<u32>(exchangeUsual(tcb, 0, 10)).toBe(0);
    expect<bool>(isWaiting()).toBe(false);
    say(ACK, iss + 11);
    takeAll();
    expect<u32>(tcb.sndNxt).toBe(iss + 21);
  });

  it("has its text come again when nobody answers", () => {
    fresh();
    put(10);
    exchangeUsual(tcb, 5, 10);
    pass(2000);
    expect<u32>(counted(Counter.TcpRetransmissions)).toBeGreaterThan(0);
  });
});
