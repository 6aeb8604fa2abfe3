/** What endpoints have in common: their settings. */
import { Endpoint, copySettings, defaultSettings } from "../../../assembly/tcp/entry";

const one: Endpoint = changetype<Endpoint>(memory.data(offsetof<Endpoint>(), 8));
const other: Endpoint = changetype<Endpoint>(memory.data(offsetof<Endpoint>(), 8));

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
    expect<u32>(one.switches).toBe(0);
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
