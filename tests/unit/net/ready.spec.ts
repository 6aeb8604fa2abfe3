/** Whose turn it is: rounds, and who comes before. */
import { Descriptor } from "../../../assembly/abi/parameters";
import { IS_BOARD } from "../../../assembly/config";
import { descriptorAt, setFramesWait } from "../../../assembly/core/descriptor";
import { Link, clearLink, isLone, append } from "../../../assembly/core/list";
import {
  clearOthers, clearReady, currentRound, goOn, hasReady, isOnlyReady, makeAllReady,
  makeOthersReady, makeReady, mayHaveOthers, takeReady,
} from "../../../assembly/net/ready";

const first: Link = changetype<Link>(memory.data(8, 4));
const second: Link = changetype<Link>(memory.data(8, 4));
const third: Link = changetype<Link>(memory.data(8, 4));
const list: Link = changetype<Link>(memory.data(8, 4));

function reset(): void {
  clearReady();
  clearLink(first);
  clearLink(second);
  clearLink(third);
  clearLink(list);
}

function framesWait(): u32 {
  return load<u32>(descriptorAt() + 4 * Descriptor.Waiting);
}

describe("takeReady", () => {
  beforeEach(() => reset());

  it("gives nobody when nobody is ready", () => {
    expect<bool>(hasReady()).toBe(false);
    expect<bool>(takeReady() == null).toBe(true);
  });

  it("gives in the order in which they got ready, each once", () => {
    makeReady(second, false);
    makeReady(first, false);
    expect<bool>(hasReady()).toBe(true);
    expect<bool>(takeReady() == second).toBe(true);
    expect<bool>(takeReady() == first).toBe(true);
    expect<bool>(takeReady() == null).toBe(true);
    expect<bool>(isLone(first) && isLone(second)).toBe(true);
  });

  it("gives who is sparse first", () => {
    makeReady(first, false);
    makeReady(second, true);
    makeReady(third, true);
    expect<bool>(takeReady() == second).toBe(true);
    expect<bool>(takeReady() == third).toBe(true);
    expect<bool>(takeReady() == first).toBe(true);
  });

  it("begins a round when all have had their turn, and not before", () => {
    makeReady(first, false);
    makeReady(second, false);
    const round = currentRound();
    takeReady();
    expect<u32>(currentRound()).toBe(round + 1);
    makeReady(first, false);
    expect<bool>(takeReady() == second).toBe(true);
    expect<u32>(currentRound()).toBe(round + 1);
    expect<bool>(takeReady() == first).toBe(true);
    expect<u32>(currentRound()).toBe(round + 2);
    expect<bool>(takeReady() == null).toBe(true);
    expect<u32>(currentRound()).toBe(round + 2);
  });
});

describe("goOn", () => {
  beforeEach(() => reset());

  it("lets a turn go on, but for who is sparse", () => {
    makeReady(first, false);
    makeReady(second, false);
    expect<bool>(takeReady() == first).toBe(true);
    goOn(first);
    makeReady(third, true);
    expect<bool>(takeReady() == third).toBe(true);
    expect<bool>(takeReady() == first).toBe(true);
    expect<bool>(takeReady() == second).toBe(true);
  });
});

describe("isOnlyReady", () => {
  beforeEach(() => reset());

  it("says yes of the only one that waits, in this round or for the next", () => {
    makeReady(first, false);
    expect<bool>(isOnlyReady(first)).toBe(true);
    expect<bool>(isOnlyReady(second)).toBe(false);
    takeReady();
    goOn(first);
    expect<bool>(isOnlyReady(first)).toBe(true);
    expect<bool>(isOnlyReady(second)).toBe(false);
  });

  it("says no when nobody waits", () => {
    expect<bool>(isOnlyReady(first)).toBe(false);
  });

  it("says no when another waits, too, whose turn comes before it or behind", () => {
    makeReady(first, false);
    makeReady(second, false);
    expect<bool>(isOnlyReady(first)).toBe(false);
    expect<bool>(isOnlyReady(second)).toBe(false);
    expect<bool>(takeReady() == first).toBe(true);
    // Now `second` is in this round.
    expect<bool>(isOnlyReady(second)).toBe(true);
    goOn(first);
    expect<bool>(isOnlyReady(first)).toBe(false);
    expect<bool>(takeReady() == first).toBe(true);
    makeReady(first, false);
    expect<bool>(isOnlyReady(first)).toBe(false);
    expect<bool>(isOnlyReady(second)).toBe(false);
  });

  it("says no when somebody is sparse, even itself: it comes before others", () => {
    makeReady(first, false);
    makeReady(third, true);
    expect<bool>(isOnlyReady(first)).toBe(false);
    expect<bool>(isOnlyReady(third)).toBe(false);
    takeReady();
    expect<bool>(isOnlyReady(first)).toBe(true);
  });
});

describe("makeAllReady", () => {
  beforeEach(() => reset());

  it("queues all of a list", () => {
    append(list, first);
    append(list, second);
    makeAllReady(list);
    expect<bool>(isLone(list)).toBe(true);
    expect<bool>(takeReady() == first).toBe(true);
    expect<bool>(takeReady() == second).toBe(true);
  });
});

describe("makeOthersReady, mayHaveOthers and clearOthers", () => {
  beforeEach(() => reset());

  // These specs are compiled as for boards, which note nothing, and always look.
  it("note that others wait, until none does", () => {
    expect<bool>(mayHaveOthers()).toBe(IS_BOARD);
    makeOthersReady();
    makeOthersReady();
    expect<bool>(mayHaveOthers()).toBe(true);
    clearOthers();
    expect<bool>(mayHaveOthers()).toBe(IS_BOARD);
  });

  it("tell the driver that frames wait", () => {
    const bits = framesWait();
    makeOthersReady();
    expect<u32>(framesWait()).not.toBe(bits);
    setFramesWait(0);
    expect<u32>(framesWait()).toBe(bits);
  });

  it("are no business of connections", () => {
    makeOthersReady();
    expect<bool>(hasReady()).toBe(false);
    expect<bool>(takeReady() == null).toBe(true);
    makeReady(first, true);
    clearOthers();
    expect<bool>(hasReady()).toBe(true);
  });

  it("are forgotten with the rest", () => {
    makeOthersReady();
    clearReady();
    expect<bool>(mayHaveOthers()).toBe(IS_BOARD);
  });
});

describe("clearReady", () => {
  it("empties the queues", () => {
    reset();
    makeReady(first, true);
    makeReady(second, false);
    clearReady();
    expect<bool>(hasReady()).toBe(false);
  });
});
