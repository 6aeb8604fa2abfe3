/** Frames in, time, frames out. */
import { Counter } from "../../../assembly/abi/counter";
import { Err } from "../../../assembly/abi/error";
import { LONGEST_SLEEP_US } from "../../../assembly/config";
import {
  frameInPtr, frameInSize, frameOutPtr, nextDeadline, receive, sleep, transmit,
} from "../../../assembly/api/stack";
import {
  ACK, SYN, begin, counted, established, listening, now, pass, say, sent, take, takeAll,
} from "../support/peer";

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
