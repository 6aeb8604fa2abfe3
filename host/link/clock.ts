/**
 * Time for links: the real clock, or a virtual one that a test or a simulation moves by hand.
 * Browser-safe. Microseconds, as numbers that neither wrap nor go backwards.
 */

/** A timer that has been set; only good for `clearTimer` of the clock it came from. */
export type Timer = unknown;

export interface Clock {
  /** Microseconds since some origin. */
  now(): number;
  /**
   * Calls `callback` once, no sooner than `delayUs` from now; 0: as soon as the caller is done,
   * but never from within this call.
   */
  setTimer(delayUs: number, callback: () => void): Timer;
  clearTimer(timer: Timer): void;
}

/** The clock of the machine. Delays are rounded up to whole milliseconds, except 0. */
export const realClock: Clock = {
  now: () => performance.now() * 1000,
  setTimer: (delayUs, callback) => (delayUs > 0 ? later(delayUs, callback) : soon(callback)),
  clearTimer: (timer) => (timer as Cancel)(),
};

type Cancel = () => void;

function later(delayUs: number, callback: () => void): Cancel {
  const timer = setTimeout(callback, Math.ceil(delayUs / 1000));
  return () => clearTimeout(timer);
}

/** A turn of the event loop, so that input and output are not starved as by microtasks. */
function soon(callback: () => void): Cancel {
  if (typeof setImmediate === "function") {
    const immediate = setImmediate(callback);
    return () => clearImmediate(immediate);
  }
  // Browsers: setTimeout(0) waits at least 4 ms when nested, a message does not wait.
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    callback();
  };
  channel.port2.postMessage(null);
  return () => channel.port1.close();
}

interface VirtualTimer {
  readonly atUs: number;
  /** Timers of the same moment fire in the order in which they were set. */
  readonly order: number;
  readonly callback: () => void;
  cleared: boolean;
}

/** A clock that stands still until `runNext` or `runUntil` moves it from timer to timer. */
export class VirtualClock implements Clock {
  private nowUs: number;
  private orderNext = 0;
  /** Cleared timers still in the heap; they go when they come first or are the greater part. */
  private clearedCount = 0;
  /** A binary heap, the earliest timer first. */
  private heap: VirtualTimer[] = [];

  constructor(startUs = 0) {
    this.nowUs = startUs;
  }

  now(): number {
    return this.nowUs;
  }

  setTimer(delayUs: number, callback: () => void): Timer {
    const atUs = this.nowUs + Math.max(0, delayUs);
    const timer: VirtualTimer = { atUs, order: this.orderNext++, callback, cleared: false };
    this.siftUp(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    const cleared = timer as VirtualTimer;
    if (cleared.cleared) return;
    cleared.cleared = true;
    this.clearedCount++;
    if (this.clearedCount > 64 && this.clearedCount > this.heap.length / 2) this.dropCleared();
  }

  /** When the next timer is due, in microseconds of `now()`; undefined: none is set. */
  nextAtUs(): number | undefined {
    while (this.heap.length > 0 && this.heap[0]!.cleared) {
      this.takeFirst();
      this.clearedCount--;
    }
    return this.heap[0]?.atUs;
  }

  /** Moves to the next timer and fires it. False: none is set. */
  runNext(): boolean {
    if (this.nextAtUs() === undefined) return false;
    const timer = this.takeFirst();
    this.nowUs = Math.max(this.nowUs, timer.atUs);
    timer.cleared = true;
    timer.callback();
    return true;
  }

  /** Fires all timers due up to `untilUs`, then stands at `untilUs`. Returns how many fired. */
  runUntil(untilUs: number): number {
    let count = 0;
    for (let at = this.nextAtUs(); at !== undefined && at <= untilUs; at = this.nextAtUs()) {
      this.runNext();
      count++;
    }
    this.nowUs = Math.max(this.nowUs, untilUs);
    return count;
  }

  private dropCleared(): void {
    // A sorted array is a heap.
    this.heap = this.heap.filter((timer) => !timer.cleared);
    this.heap.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.clearedCount = 0;
  }

  private takeFirst(): VirtualTimer {
    const first = this.heap[0]!;
    const last = this.heap.pop()!;
    if (this.heap.length > 0) this.siftDown(last);
    return first;
  }

  private siftUp(timer: VirtualTimer): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = timer;
  }

  private siftDown(timer: VirtualTimer): void {
    const heap = this.heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, timer)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = timer;
  }
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.atUs !== b.atUs ? a.atUs < b.atUs : a.order < b.order;
}
