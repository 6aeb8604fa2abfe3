/**
 * Aim: the random numbers are the published algorithm's and the same for ever; clocks keep order.
 * Method: known vectors, and properties over many seeds.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { realClock, VirtualClock } from "../../host/link/clock.js";
import { Random } from "../../host/link/random.js";

describe("Random", () => {
  it("is xoshiro128** 1.1: the published vector for the state 1, 2, 3, 4", () => {
    const random = new Random(0);
    random.setState(1, 2, 3, 4);
    const numbers = Array.from({ length: 10 }, () => random.u32());
    assert.deepEqual(numbers, [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it("never changes what a seed gives, else stored seeds would lose their meaning", () => {
    const random = new Random(42, 7);
    assert.deepEqual([random.u32(), random.u32(), random.u32()], GOLDEN_42_7);
  });

  it("differs for neighbouring seeds, for seeds beyond 32 bits and for streams", () => {
    const first = new Set<number>();
    for (let seed = 0; seed < 500; seed++) first.add(new Random(seed).u32());
    for (let stream = 1; stream < 500; stream++) first.add(new Random(0, stream).u32());
    for (let high = 1; high < 500; high++) first.add(new Random(high * 2 ** 32).u32());
    assert.ok(first.size >= 1497, `${first.size} different numbers of 1498`);
  });

  it("is even, and keeps to its bounds", () => {
    const random = new Random(3);
    const counts = new Array<number>(7).fill(0);
    for (let index = 0; index < 70_000; index++) counts[random.between(10, 16) - 10]!++;
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 400, counts.join());
  });

  it("chance(0) never and chance(1) always comes true", () => {
    const random = new Random(4);
    for (let index = 0; index < 10_000; index++) {
      assert.equal(random.chance(0), false);
      assert.equal(random.chance(1), true);
    }
  });

  it("refuses a seed that is no integer", () => {
    assert.throws(() => new Random(0.5), /a seed is an integer/);
  });
});

describe("VirtualClock", () => {
  it("fires in the order of time, then of setting, and stands in between", () => {
    const clock = new VirtualClock(1000);
    const fired: string[] = [];
    clock.setTimer(20, () => fired.push(`b${clock.now()}`));
    clock.setTimer(10, () => fired.push(`a${clock.now()}`));
    clock.setTimer(20, () => fired.push(`c${clock.now()}`));
    const cleared = clock.setTimer(15, () => fired.push("never"));
    clock.clearTimer(cleared);
    clock.setTimer(0, () => clock.setTimer(0, () => fired.push(`0${clock.now()}`)));
    assert.equal(clock.runUntil(1500), 5);
    assert.deepEqual(fired, ["01000", "a1010", "b1020", "c1020"]);
    assert.equal(clock.now(), 1500);
    assert.equal(clock.runNext(), false);
  });

  it("keeps order when a great many timers are set and cleared at random", () => {
    const clock = new VirtualClock();
    const random = new Random(9);
    let fired = 0;
    let last = 0;
    let expected = 0;
    for (let index = 0; index < 5000; index++) {
      const timer = clock.setTimer(random.below(100_000), () => {
        fired++;
        assert.ok(clock.now() >= last);
        last = clock.now();
      });
      if (random.chance(0.8)) clock.clearTimer(timer);
      else expected++;
    }
    clock.runUntil(100_000);
    assert.equal(fired, expected);
  });
});

describe("realClock", () => {
  it("calls back no sooner than asked, never within setTimer, nor when cleared", async () => {
    let inside = true;
    const start = realClock.now();
    realClock.clearTimer(realClock.setTimer(0, () => assert.fail("was cleared")));
    realClock.clearTimer(realClock.setTimer(500, () => assert.fail("was cleared")));
    await new Promise<void>((done) => {
      realClock.setTimer(0, () => (assert.equal(inside, false), done()));
      inside = false;
    });
    await new Promise<void>((done) => realClock.setTimer(20_000, done));
    // Node's timers may fire a fraction of a millisecond early.
    assert.ok(realClock.now() - start >= 19_000);
  });
});

const GOLDEN_42_7 = [826380291, 60289554, 2821004459];
