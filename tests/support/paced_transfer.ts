/**
 * Bulk transfers from hosts on the left of a bottleneck in virtual time, paced or not: what
 * arrives, what the queue drops, and how long it gets.
 */
import { type Clock, VirtualClock } from "../../host/link/clock.js";
import { BULK_PORT, BulkHost, Sink, Source, addressOf } from "./bulk.js";
import { Dumbbell, type DumbbellOptions } from "./dumbbell.js";

export interface PacedTransfer {
  isPaced: boolean;
  rateBitsPerSecond: number;
  rttMs: number;
  queueOctets: number;
  /** Octets of each ring. */
  ring: number;
  seconds: number;
  /** Of each sender; without end by default. */
  octets?: number;
  /** One by default. They begin a tenth of a second apart. */
  senders?: number;
  /** Microseconds by which the senders' timers come too late. */
  lateUs?: number;
  faults?: DumbbellOptions["faults"];
}

export interface PacedOutcome {
  /** From the first SYN until the last octet arrived; Infinity: not all did. */
  tookMs: number;
  /** Octets of text a second, of all. */
  goodput: number;
  /** Packets that found the queue full. */
  dropped: number;
  /** The most octets that waited in it. */
  largestQueue: number;
  /** Segments sent again, by all. */
  resent: number;
  /** Expiries of timers, of all senders. */
  timers: number;
}

const RECEIVER = 100;
const OFFSET_US = 100_000;

/** Carries it out; the seconds count from the first SYN. */
export async function runPaced(transfer: PacedTransfer): Promise<PacedOutcome> {
  const { rateBitsPerSecond, rttMs, queueOctets, ring, seconds, faults, senders = 1 } = transfer;
  const { isPaced, octets = Infinity, lateUs = 0 } = transfer;
  const clock = new VirtualClock(1e9);
  const beganUs = clock.now();
  const endUs = beganUs + seconds * 1e6;
  const dumbbell = new Dumbbell({
    kind: "ip", clock, rateBitsPerSecond, delayMs: rttMs / 2, queueOctets, faults: faults ?? {},
  });
  const right = dumbbell.plugRight(RECEIVER);
  const sink = new Sink(new BulkHost({ number: RECEIVER, link: right, clock, ring }));
  const late = lateUs === 0 ? clock : lateClock(clock, lateUs);
  const sources: Source[] = [];
  for (let number = 1; number <= senders; number++) {
    const host = new BulkHost({ number, link: dumbbell.plugLeft(number), clock: late, ring });
    const call = { address: addressOf(RECEIVER), port: BULK_PORT, localPort: 1000 + number };
    sources.push(new Source(host, call, octets, { pacing: isPaced }));
    await Promise.resolve();
    if (number < senders) clock.runUntil(clock.now() + OFFSET_US);
  }
  while (sink.total < octets * senders && clock.now() < endUs) clock.runNext();
  const tookMs = sink.total < octets * senders ? Infinity : (clock.now() - beganUs) / 1000;
  const counters = sources.map(({ host }) => host.stack.counters());
  const sum = (name: "TcpRetransmissions" | "TimersFired"): number =>
    counters.reduce((total, one) => total + one[name], 0);
  const outcome = {
    tookMs, goodput: sink.total / seconds, dropped: dumbbell.counts.overflowed,
    largestQueue: dumbbell.largestQueue, resent: sum("TcpRetransmissions"),
    timers: sum("TimersFired"),
  };
  dumbbell.close();
  return outcome;
}

/** As a host's whose timers are of whole milliseconds, and late. */
function lateClock(clock: VirtualClock, lateUs: number): Clock {
  return {
    now: () => clock.now(),
    setTimer: (delayUs, callback) => {
      const wholeUs = Math.ceil(delayUs / 1000) * 1000;
      return clock.setTimer(delayUs === 0 ? 0 : wholeUs + lateUs, callback);
    },
    clearTimer: (timer) => clock.clearTimer(timer),
  };
}
