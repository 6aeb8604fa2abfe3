/** The event queue: bits coalesce, endpoints come in order of their oldest news. */
import { Event } from "../../../assembly/abi/event";
import { clearLink } from "../../../assembly/core/list";
import { Endpoint, newsOf } from "../../../assembly/tcp/entry";
import {
  clearEvents, hasEvents, noteEvents, raise, takeEvent, tellEvents,
} from "../../../assembly/tcp/events";

const STRIDE: usize = 80;
const COUNT: u32 = 4;
const endpoints: usize = memory.data(<i32>(STRIDE * COUNT), 8);

function endpoint(index: u32): Endpoint {
  return changetype<Endpoint>(endpoints + <usize>index * STRIDE);
}

function fresh(): void {
  memory.fill(endpoints, 0, STRIDE * COUNT);
  for (let index: u32 = 0; index < COUNT; index++) clearLink(newsOf(endpoint(index)));
  clearEvents();
}

function isNext(index: u32): bool {
  const next = takeEvent();
  return next != null && next == endpoint(index);
}

describe("raise and takeEvent", () => {
  beforeEach(() => {
    fresh();
  });

  it("give an endpoint once, with all its bits", () => {
    raise(endpoint(0), Event.Readable);
    raise(endpoint(0), Event.PeerFinished);
    expect<bool>(hasEvents()).toBe(true);
    expect<bool>(isNext(0)).toBe(true);
    expect<u32>(endpoint(0).events).toBe(Event.Readable | Event.PeerFinished);
    expect<bool>(takeEvent() == null).toBe(true);
    expect<bool>(hasEvents()).toBe(false);
  });

  it("give several in the order of their first news", () => {
    raise(endpoint(2), Event.Readable);
    raise(endpoint(0), Event.Readable);
    raise(endpoint(1), Event.Readable);
    raise(endpoint(2), Event.Writable);
    expect<bool>(isNext(2) && isNext(0) && isNext(1)).toBe(true);
    expect<bool>(takeEvent() == null).toBe(true);
  });

  it("take one in again after it was taken out", () => {
    raise(endpoint(0), Event.Readable);
    raise(endpoint(1), Event.Readable);
    expect<bool>(isNext(0)).toBe(true);
    raise(endpoint(0), Event.Readable);
    expect<bool>(isNext(1) && isNext(0)).toBe(true);
  });
});

describe("noteEvents and tellEvents", () => {
  it("keep news until there is somebody to tell", () => {
    fresh();
    noteEvents(endpoint(0), Event.Readable);
    expect<bool>(hasEvents()).toBe(false);
    tellEvents(endpoint(0));
    tellEvents(endpoint(0));
    expect<bool>(isNext(0)).toBe(true);
    expect<bool>(takeEvent() == null).toBe(true);
  });

  it("tell nothing when there is no news", () => {
    fresh();
    tellEvents(endpoint(1));
    expect<bool>(hasEvents()).toBe(false);
  });
});
