/** The ready queue: everybody has a turn. */
import { Link, clearLink, isLone } from "../../../assembly/core/list";
import { clearReady, makeReady, readyQueue } from "../../../assembly/net/ready";

const first: Link = changetype<Link>(memory.data(8, 4));
const second: Link = changetype<Link>(memory.data(8, 4));

describe("makeReady", () => {
  beforeEach(() => {
    clearReady();
    clearLink(first);
    clearLink(second);
  });

  it("puts in the order in which they got ready, each once", () => {
    makeReady(second);
    makeReady(first);
    makeReady(second);
    expect<bool>(readyQueue().next == second).toBe(true);
    expect<bool>(second.next == first).toBe(true);
    expect<bool>(first.next == readyQueue()).toBe(true);
  });

  it("leaves alone who waits elsewhere", () => {
    second.next = first;
    second.previous = first;
    first.next = second;
    first.previous = second;
    makeReady(first);
    expect<bool>(isLone(readyQueue())).toBe(true);
  });
});

describe("clearReady", () => {
  it("empties the queue", () => {
    clearReady();
    clearLink(first);
    makeReady(first);
    clearReady();
    expect<bool>(isLone(readyQueue())).toBe(true);
  });
});
