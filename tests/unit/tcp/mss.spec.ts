/** Segment sizes. */
import { largestMss, sendMss } from "../../../assembly/tcp/mss";
import { begin } from "../support/peer";

describe("largestMss", () => {
  it("is what an IP packet of the interface's MTU holds beside two headers", () => {
    begin();
    expect<u32>(largestMss()).toBe(1460);
  });
});

describe("sendMss", () => {
  beforeEach(() => begin());

  it("assumes 536 octets of a peer that says nothing (MUST-15)", () => {
    expect<u32>(sendMss(0)).toBe(536);
  });

  it("is what the peer announced, within our MTU (MUST-16)", () => {
    expect<u32>(sendMss(1000)).toBe(1000);
    expect<u32>(sendMss(1460)).toBe(1460);
    expect<u32>(sendMss(65535)).toBe(1460);
  });

  it("is never silly, however small the peer says", () => {
    expect<u32>(sendMss(1)).toBe(48);
    expect<u32>(sendMss(48)).toBe(48);
  });
});
