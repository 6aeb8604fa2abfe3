/** IPv4 options: what is wrong with them, and where. */
import { SOURCE_ROUTE, checkIpv4Options } from "../../../assembly/wire/ipv4_options";
import { next, seed } from "../support/numbers";
import { put } from "../support/octets";

const header: usize = memory.data(64, 8);

/** The verdict on options as hexadecimal text, in a header as long as they take. */
function check(options: string): u32 {
  memory.fill(header, 0xff, 64);
  const len = put(header + 20, options);
  store<u8>(header, <u8>(0x40 | ((20 + len) >> 2)));
  return checkIpv4Options(header);
}

describe("checkIpv4Options", () => {
  it("finds nothing wrong with none, or with right ones", () => {
    store<u8>(header, 0x45);
    expect<u32>(checkIpv4Options(header)).toBe(0);
    expect<u32>(check("01 01 01 00")).toBe(0);
    expect<u32>(check("01 01 01 01")).toBe(0);
    expect<u32>(check("94 04 00 00 44 04 05 00")).toBe(0);
    expect<u32>(check("00 83 00 07")).toBe(0);
    expect<u32>(check("07 27 04" + " 00".repeat(37))).toBe(0);
  });

  it("tells the offset of a length that cannot be", () => {
    expect<u32>(check("07 00 00 00")).toBe(21);
    expect<u32>(check("01 07 01 00")).toBe(22);
    expect<u32>(check("01 01 07 03")).toBe(23);
    expect<u32>(check("01 01 01 07")).toBe(24);
    expect<u32>(check("94 04 00 00 44 05 05 00")).toBe(25);
  });

  it("finds a source route with hosts left on it", () => {
    expect<u32>(check("83 07 04 0a 00 00 01 00")).toBe(SOURCE_ROUTE);
    expect<u32>(check("01 89 07 04 0a 00 00 01")).toBe(SOURCE_ROUTE);
    expect<u32>(check("83 07 07 0a 00 00 01 00")).toBe(SOURCE_ROUTE);
    expect<u32>(check("83 02 00 00")).toBe(SOURCE_ROUTE);
    expect<u32>(check("83 07 08 0a 00 00 01 00")).toBe(0);
  });

  it("ends for any octets, within the header", () => {
    for (let run: u32 = 0; run < 5000; run++) {
      seed(run);
      for (let index: u32 = 0; index < 64; index++) store<u8>(header + index, <u8>(next() % 48));
      store<u8>(header, <u8>(0x45 + (next() % 11)));
      const verdict = checkIpv4Options(header);
      const end = (<u32>load<u8>(header) & 15) << 2;
      expect<bool>(verdict == SOURCE_ROUTE || verdict <= end).toBe(true);
    }
  });
});
