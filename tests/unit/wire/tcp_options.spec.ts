/** TCP options. */
import { Segment } from "../../../assembly/wire/segment";
import { emitMss, emitWindowScale, parseOptions } from "../../../assembly/wire/tcp_options";
import { fillRandom, seed } from "../support/numbers";
import { hex, put } from "../support/octets";

const options: usize = memory.data(64, 8);
const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));

function parse(text: string): bool {
  return parseOptions(options, put(options, text), seg);
}

describe("parseOptions", () => {
  it("finds nothing in nothing", () => {
    seg.mss = 5;
    seg.scale = 5;
    expect<bool>(parseOptions(options, 0, seg)).toBe(true);
    expect<u32>(seg.mss).toBe(0);
    expect<u32>(seg.scale).toBe(0);
  });

  it("reads what Linux sends in a SYN", () => {
    expect<bool>(parse("02 04 05 b4 04 02 08 0a 00 01 02 03 00 00 00 00 01 03 03 07")).toBe(true);
    expect<u32>(seg.mss).toBe(1460);
    expect<u32>(seg.scale).toBe(8);
  });

  it("stops at the end of the list, and reads nothing behind", () => {
    expect<bool>(parse("01 00 02 04 05 b4")).toBe(true);
    expect<u32>(seg.mss).toBe(0);
  });

  it("skips unknown options by their length (MUST-6)", () => {
    expect<bool>(parse("fd 08 01 02 03 04 05 06 02 04 02 00")).toBe(true);
    expect<u32>(seg.mss).toBe(512);
  });

  it("refuses lengths 0 and 1 and lengths beyond the header (MUST-7)", () => {
    expect<bool>(parse("fd 00 01 01")).toBe(false);
    expect<bool>(parse("fd 01 01 01")).toBe(false);
    expect<bool>(parse("02 04 05")).toBe(false);
    expect<bool>(parse("01 01 01 02")).toBe(false);
    expect<bool>(parse("01 fd 04 00")).toBe(false);
  });

  it("skips a known option with a length that it cannot have", () => {
    expect<bool>(parse("02 06 05 b4 05 b4 03 04 07 07")).toBe(true);
    expect<u32>(seg.mss).toBe(0);
    expect<u32>(seg.scale).toBe(0);
  });

  it("takes a shift above 14 as 14", () => {
    expect<bool>(parse("03 03 0f")).toBe(true);
    expect<u32>(seg.scale).toBe(15);
    expect<bool>(parse("03 03 ff")).toBe(true);
    expect<u32>(seg.scale).toBe(15);
    expect<bool>(parse("03 03 00")).toBe(true);
    expect<u32>(seg.scale).toBe(1);
  });

  it("comes to an end whatever the octets are", () => {
    let refused = 0;
    for (let run: u32 = 0; run < 5000; run++) {
      seed(run);
      fillRandom(options, 40);
      if (!parseOptions(options, run % 41, seg)) refused++;
      expect<bool>(seg.mss <= 0xffff && seg.scale <= 15).toBe(true);
    }
    expect<bool>(refused > 0 && refused < 5000).toBe(true);
  });
});

describe("emitMss and emitWindowScale", () => {
  it("write whole words that parseOptions reads", () => {
    let len = emitMss(options, 1460);
    len += emitWindowScale(options + len, 7);
    expect<u32>(len).toBe(8);
    expect<string>(hex(options, 8)).toBe("02 04 05 b4 01 03 03 07");
    expect<bool>(parseOptions(options, len, seg)).toBe(true);
    expect<u32>(seg.mss).toBe(1460);
    expect<u32>(seg.scale).toBe(8);
  });
});
