/** What endpoints have in common: their slots and generations, and their settings. */
import { Table } from "../../../assembly/abi/status";
import { isLone } from "../../../assembly/core/list";
import {
  Endpoint, GENERATIONS, PACED, Switch, copySettings, defaultSettings, ecnSetting, endpointOfNews,
  newsOf, releaseEndpoint, takeEndpoint, voidHandle,
} from "../../../assembly/tcp/entry";
import { hasEvents, raise, takeEvent } from "../../../assembly/tcp/events";
import { begin } from "../support/peer";

const one: Endpoint = changetype<Endpoint>(memory.data(offsetof<Endpoint>(), 8));
const other: Endpoint = changetype<Endpoint>(memory.data(offsetof<Endpoint>(), 8));

describe("ecnSetting", () => {
  it("is what was set, whether the connection is paced or not", () => {
    for (let ecn: u8 = 0; ecn <= 2; ecn++) {
      one.ecn = ecn;
      expect<u8>(ecnSetting(one)).toBe(ecn);
      one.ecn = ecn | PACED;
      expect<u8>(ecnSetting(one)).toBe(ecn);
    }
  });
});

function takeOne(): Endpoint {
  const endpoint = takeEndpoint(Table.Connections);
  assert(endpoint != null, "no slot is free");
  return endpoint!;
}

describe("takeEndpoint and releaseEndpoint", () => {
  beforeEach(() => begin());

  it("give every slot once, then null", () => {
    const first = takeOne();
    const second = takeOne();
    const third = takeOne();
    expect<bool>(first != second && second != third && first != third).toBe(true);
    expect<bool>(takeEndpoint(Table.Connections) == null).toBe(true);
    expect<bool>(takeEndpoint(Table.Listeners) != null).toBe(true);
  });

  it("take the slot freed longest ago first", () => {
    const first = takeOne();
    const second = takeOne();
    takeOne();
    releaseEndpoint(second);
    releaseEndpoint(first);
    expect<bool>(takeOne() == second).toBe(true);
    expect<bool>(takeOne() == first).toBe(true);
  });

  it("leave nothing of the last use but what belongs to the slot", () => {
    const endpoint = takeOne();
    const slot = endpoint.slot;
    endpoint.generation = 7;
    endpoint.softError = 4;
    endpoint.events = 0xffff;
    endpoint.maxSegment = 99;
    releaseEndpoint(endpoint);
    expect<u32>(endpoint.taken).toBe(0);
    takeOne();
    takeOne();
    const again = takeOne();
    expect<bool>(again == endpoint).toBe(true);
    expect<u32>(again.taken).toBe(1);
    expect<u32>(again.slot).toBe(slot);
    expect<u32>(again.generation).toBe(7);
    expect<u32>(again.softError).toBe(0);
    expect<u32>(again.events).toBe(0);
    expect<u32>(again.maxSegment).toBe(0);
    expect<bool>(isLone(newsOf(again))).toBe(true);
  });
});

describe("voidHandle", () => {
  beforeEach(() => begin());

  it("gives a new generation, and comes round", () => {
    const endpoint = takeOne();
    const before = endpoint.generation;
    voidHandle(endpoint);
    expect<u32>(endpoint.generation).toBe(before + 1);
    endpoint.generation = <u16>GENERATIONS;
    voidHandle(endpoint);
    expect<u32>(endpoint.generation).toBe(0);
  });

  it("forgets the news that have not been told", () => {
    const endpoint = takeOne();
    while (takeEvent() != null) {}
    raise(endpoint, 1);
    voidHandle(endpoint);
    expect<bool>(hasEvents()).toBe(false);
    expect<u32>(endpoint.events).toBe(0);
  });
});

describe("newsOf and endpointOfNews", () => {
  it("lead to each other", () => {
    expect<bool>(endpointOfNews(newsOf(one)) == one).toBe(true);
    expect<usize>(changetype<usize>(newsOf(one)) & 3).toBe(0);
  });
});

describe("defaultSettings", () => {
  it("sets what abi/option.ts promises", () => {
    memory.fill(changetype<usize>(one), 0xff, offsetof<Endpoint>());
    defaultSettings(one, 1460);
    expect<u32>(one.userTimeoutS).toBe(300);
    expect<u32>(one.keepAliveIdleS).toBe(7200);
    expect<u32>(one.keepAliveIntervalS).toBe(75);
    expect<u32>(one.keepAliveCount).toBe(9);
    expect<u32>(one.minRtoMs).toBe(1000);
    expect<u32>(one.ackDelayMs).toBe(40);
    expect<u32>(one.maxSegment).toBe(1460);
    expect<u32>(one.timeToLive).toBe(64);
    expect<u32>(one.service).toBe(0);
    expect<u32>(one.switches).toBe(
      Switch.Timestamps | Switch.Sack | Switch.UserTimeoutChangeable | Switch.SoftErrors,
    );
  });
});

describe("copySettings", () => {
  it("takes over all settings and nothing else", () => {
    memory.fill(changetype<usize>(one), 0x11, offsetof<Endpoint>());
    memory.fill(changetype<usize>(other), 0x22, offsetof<Endpoint>());
    copySettings(one, other);
    expect<u32>(one.userTimeoutS).toBe(0x2222);
    expect<u32>(one.maxSegment).toBe(0x2222);
    expect<u32>(one.switches).toBe(0x22);
    expect<u32>(one.softError).toBe(0x11);
    expect<u32>(one.generation).toBe(0x1111);
    expect<u32>(one.ports).toBe(0x11111111);
  });
});
