/** Frames in, time, frames out. */
import { Counter } from "../../../assembly/abi/counter";
import { Err } from "../../../assembly/abi/error";
import { transmitBurst } from "../../../assembly/api/bursts";
import { LONGEST_SLEEP_US } from "../../../assembly/config";
import { init } from "../../../assembly/api/setup";
import {
  frameInPtr, frameInSize, frameOutPtr, nextDeadline, receive, sleep, transmit,
} from "../../../assembly/api/stack";
import {
  ROOMY, flood, framesWait, sackingBursts, takeFrames, tookAt, tookLens,
} from "../support/bursts";
import { below, seed } from "../support/numbers";
import {
  ACK, SYN, begin, counted, decode, established, eventsOf, listening, now, pass, peerNext,
  putBudget, read, say, sent, setWord, take, takeAll, tcbOf, write,
} from "../support/peer";

const FULL: u32 = 536;

let handle: i32 = 0;

describe("receive", () => {
  beforeEach(() => begin());

  it("counts every frame and its octets, whatever it holds", () => {
    receive(0, 0, 0, now);
    receive(0, 1, 0, now);
    receive(0, 100, 0, now);
    expect<u32>(counted(Counter.FramesIn)).toBe(3);
    expect<u32>(counted(Counter.OctetsIn)).toBe(101);
  });

  it("drops a frame longer than the slot, without reading it", () => {
    expect<i32>(receive(0, frameInSize() + 1, 0, now)).toBe(0);
    expect<u32>(counted(Counter.DropFrameLength)).toBe(1);
    expect<i32>(receive(0, 0xffffffff, 0, now)).toBe(0);
    expect<u32>(counted(Counter.DropFrameLength)).toBe(2);
  });

  it("refuses interfaces and flags that there are not", () => {
    expect<i32>(receive(1, 20, 0, now)).toBe(Err.Invalid);
    expect<i32>(receive(0, 20, 4, now)).toBe(Err.Invalid);
    expect<u32>(counted(Counter.FramesIn)).toBe(0);
  });
});

describe("transmit", () => {
  it("says 0 when there is nothing to send, and counts what there is", () => {
    begin();
    expect<u32>(transmit(now)).toBe(0);
    listening();
    say(SYN, 0);
    expect<bool>(take()).toBe(true);
    expect<usize>(sent.at).toBe(frameOutPtr());
    expect<u32>(counted(Counter.FramesOut)).toBe(1);
    expect<u32>(counted(Counter.OctetsOut)).toBe(sent.len);
    expect<bool>(take()).toBe(false);
  });
});

describe("nextDeadline", () => {
  it("is 30 minutes at rest, 0 while something waits, else the next timer", () => {
    begin();
    expect<u32>(nextDeadline(now)).toBe(LONGEST_SLEEP_US);
    listening();
    say(SYN, 0);
    expect<u32>(nextDeadline(now)).toBe(0);
    takeAll();
    // The SYN+ACK is sent again after a second.
    expect<u32>(nextDeadline(now)).toBeGreaterThan(0);
    expect<bool>(nextDeadline(now) <= 1_000_000).toBe(true);
  });

  it("never leaves a timer behind: waiting as it says, SYN+ACKs leave on time", () => {
    begin();
    listening();
    say(SYN, 0);
    takeAll();
    expect<u32>(pass(999)).toBe(0);
    expect<u32>(pass(1)).toBe(1);
    expect<u32>(pass(1999)).toBe(0);
    expect<u32>(pass(1)).toBe(1);
  });
});

describe("sleep", () => {
  it("makes timers due that `now` did not show", () => {
    begin();
    listening();
    say(SYN, 0);
    takeAll();
    sleep(1);
    expect<u32>(takeAll()).toBe(1);
  });
});

describe("frameInPtr", () => {
  it("lies apart from where frames leave", () => {
    established();
    expect<bool>(frameInPtr() + frameInSize() <= frameOutPtr() - 16).toBe(true);
    say(ACK, 0);
  });
});

describe("frames that wait", () => {
  it("are handed out one by one, in the order in which they were built, counted once", () => {
    handle = sackingBursts();
    const frames = counted(Counter.FramesOut);
    const octets = counted(Counter.OctetsOut);
    const first = peerNext;
    expect<bool>(framesWait()).toBe(false);
    flood(6);
    expect<bool>(framesWait()).toBe(true);
    expect<u32>(nextDeadline(now)).toBe(0);
    expect<u32>(counted(Counter.FramesOut)).toBe(frames + 2);
    for (let index: u32 = 1; index <= 3; index++) {
      expect<bool>(framesWait()).toBe(true);
      expect<u32>(nextDeadline(now)).toBe(0);
      expect<bool>(take()).toBe(true);
      expect<usize>(sent.at).toBe(frameOutPtr());
      expect<u32>(sent.ack).toBe(first + 2 * FULL * index);
    }
    expect<bool>(framesWait()).toBe(false);
    // Events are news, too, until somebody takes them.
    eventsOf(handle);
    expect<u32>(nextDeadline(now)).toBeGreaterThan(0);
    expect<bool>(take()).toBe(false);
    expect<u32>(counted(Counter.FramesOut)).toBe(frames + 3);
    expect<u32>(counted(Counter.OctetsOut)).toBe(octets + 3 * 40);
  });

  it("are what makes frames wait, when nobody has anything to say beside them", () => {
    handle = sackingBursts();
    flood(5);
    eventsOf(handle);
    for (let index = 0; index < 2; index++) {
      expect<bool>(framesWait()).toBe(true);
      expect<u32>(nextDeadline(now)).toBe(0);
      expect<bool>(take()).toBe(true);
    }
    expect<bool>(framesWait()).toBe(false);
    expect<u32>(nextDeadline(now)).toBeGreaterThan(0);
    expect<bool>(take()).toBe(false);
  });

  it("are all of a burst, before what else there is", () => {
    handle = sackingBursts();
    const first = peerNext;
    flood(5);
    write(handle, 10);
    expect<u32>(takeFrames()).toBe(3);
    expect<bool>(framesWait()).toBe(false);
    for (let index: u32 = 0; index < 3; index++) {
      decode(tookAt[index], tookLens[index]);
      expect<u32>(sent.ack).toBe(index < 2 ? first + 2 * FULL * (index + 1) : peerNext);
      expect<u32>(sent.textLen).toBe(index < 2 ? 0 : 10);
    }
    expect<u32>(takeFrames()).toBe(0);
  });

  it("keep their order however bursts and single frames follow one another", () => {
    for (let run: u32 = 0; run < 40; run++) {
      seed(run);
      handle = sackingBursts(run % 2 == 0 ? ROOMY : 1700);
      let acked = tcbOf(handle).rcvAcked;
      let left = counted(Counter.FramesOut);
      for (let step = 0; step < 30; step++) {
        const choice = below(4);
        if (choice < 2) {
          flood(1 + below(2));
        } else if (choice == 2) {
          if (take()) {
            expect<i32>(<i32>(sent.ack - acked)).toBeGreaterThan(-1);
            acked = sent.ack;
            left++;
          }
        } else {
          const count = takeFrames();
          for (let index: u32 = 0; index < count; index++) {
            decode(tookAt[index], tookLens[index]);
            expect<i32>(<i32>(sent.ack - acked)).toBeGreaterThan(-1);
            acked = sent.ack;
            left++;
          }
          // A small slot may have been too small for all.
          if (run % 2 == 0) expect<bool>(framesWait()).toBe(false);
        }
        read(handle);
      }
      left += takeAll();
      expect<u32>(counted(Counter.FramesOut)).toBe(left);
    }
  });

  it("are gone when the stack is set up anew", () => {
    handle = sackingBursts();
    flood(6);
    handle = sackingBursts();
    expect<bool>(framesWait()).toBe(false);
    expect<bool>(take()).toBe(false);
    expect<u32>(takeFrames()).toBe(0);
    flood(6);
    putBudget();
    setWord(0, 1);
    init(now);
    expect<u32>(transmit(now)).toBe(0);
    expect<i32>(transmitBurst(now)).toBe(0);
  });
});
