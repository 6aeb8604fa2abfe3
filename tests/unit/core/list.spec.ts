/** Intrusive circular lists, against an array that does the same. */
import {
  Link, append, clearLink, holdsOnly, isLone, prepend, splice, takeFirst, unlink,
} from "../../../assembly/core/list";
import { below, seed } from "../support/numbers";

const LINKS: u32 = 12;
const links: usize = memory.data(8 * LINKS, 4);
const heads: usize = memory.data(8 * 2, 4);

function link(index: u32): Link {
  return changetype<Link>(links + (<usize>index << 3));
}

function head(index: u32): Link {
  return changetype<Link>(heads + (<usize>index << 3));
}

/** The list forwards, its links' numbers; it must be the same backwards. */
function contents(list: Link): u32[] {
  const found: u32[] = [];
  for (let at = list.next; at != list; at = at.next) {
    expect<bool>(at.next.previous == at).toBe(true);
    found.push(<u32>(changetype<usize>(at) - links) >> 3);
  }
  expect<bool>(list.next.previous == list).toBe(true);
  return found;
}

function reset(): void {
  for (let index: u32 = 0; index < LINKS; index++) clearLink(link(index));
  clearLink(head(0));
  clearLink(head(1));
}

describe("append and unlink", () => {
  beforeEach(() => reset());

  it("keep the order of arrival", () => {
    append(head(0), link(3));
    append(head(0), link(1));
    append(head(0), link(2));
    expect<u32[]>(contents(head(0))).toStrictEqual([3, 1, 2]);
  });

  it("have a counterpart that puts first", () => {
    prepend(head(0), link(3));
    prepend(head(0), link(1));
    append(head(0), link(2));
    expect<u32[]>(contents(head(0))).toStrictEqual([1, 3, 2]);
  });

  it("take out the first, the middle and the last", () => {
    for (let index: u32 = 0; index < 5; index++) append(head(0), link(index));
    unlink(link(2));
    unlink(link(0));
    unlink(link(4));
    expect<u32[]>(contents(head(0))).toStrictEqual([1, 3]);
    expect<bool>(isLone(link(2))).toBe(true);
  });

  it("do no harm to a link that is in no list", () => {
    unlink(link(0));
    expect<bool>(isLone(link(0))).toBe(true);
  });

  it("behave as an array does, over random steps", () => {
    for (let run: u32 = 0; run < 50; run++) {
      reset();
      seed(run);
      let model: u32[] = [];
      for (let step = 0; step < 60; step++) {
        const index = below(LINKS);
        const at = model.indexOf(index);
        if (at >= 0) {
          unlink(link(index));
          model.splice(at, 1);
        } else {
          append(head(0), link(index));
          model.push(index);
        }
        expect<bool>(isLone(head(0))).toBe(model.length == 0);
        expect<bool>(isLone(link(index))).toBe(at >= 0);
      }
      expect<u32[]>(contents(head(0))).toStrictEqual(model);
    }
  });
});

describe("holdsOnly", () => {
  beforeEach(() => reset());

  it("says yes of the one link of a list", () => {
    append(head(0), link(3));
    expect<bool>(holdsOnly(head(0), link(3))).toBe(true);
    expect<bool>(holdsOnly(head(0), link(2))).toBe(false);
    expect<bool>(holdsOnly(head(1), link(3))).toBe(false);
  });

  it("says no of an empty list, and of the first and the last of several", () => {
    expect<bool>(holdsOnly(head(0), link(0))).toBe(false);
    for (let index: u32 = 0; index < 3; index++) append(head(0), link(index));
    for (let index: u32 = 0; index < 3; index++) {
      expect<bool>(holdsOnly(head(0), link(index))).toBe(false);
    }
    unlink(link(1));
    expect<bool>(holdsOnly(head(0), link(0))).toBe(false);
    expect<bool>(holdsOnly(head(0), link(2))).toBe(false);
    unlink(link(0));
    expect<bool>(holdsOnly(head(0), link(2))).toBe(true);
  });
});

describe("splice", () => {
  beforeEach(() => reset());

  it("moves all to the end and leaves nothing", () => {
    append(head(0), link(0));
    append(head(1), link(1));
    append(head(1), link(2));
    splice(head(0), head(1));
    expect<u32[]>(contents(head(0))).toStrictEqual([0, 1, 2]);
    expect<bool>(isLone(head(1))).toBe(true);
  });

  it("moves nothing from an empty list", () => {
    append(head(0), link(0));
    splice(head(0), head(1));
    expect<u32[]>(contents(head(0))).toStrictEqual([0]);
    expect<bool>(isLone(head(1))).toBe(true);
  });

  it("moves to an empty list", () => {
    append(head(1), link(7));
    splice(head(0), head(1));
    expect<u32[]>(contents(head(0))).toStrictEqual([7]);
  });
});

describe("takeFirst", () => {
  it("takes out link after link, and then says null", () => {
    reset();
    append(head(0), link(4));
    append(head(0), link(2));
    expect<bool>(takeFirst(head(0)) == link(4)).toBe(true);
    expect<bool>(isLone(link(4))).toBe(true);
    expect<bool>(takeFirst(head(0)) == link(2)).toBe(true);
    expect<bool>(takeFirst(head(0)) == null).toBe(true);
  });
});
