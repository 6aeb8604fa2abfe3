/** TCP options. */
import { Segment } from "../../../assembly/wire/segment";
import {
  COUNTS_LEN, MORE_COUNTS_LEN, Offer, TIMESTAMPS_LEN, USER_TIMEOUT_LEN, emitCounts, emitSackBlock,
  emitSackHeader, emitSynOptions, emitTimestamps, emitUserTimeout, parseOptions,
  takeUsualSyn,
} from "../../../assembly/wire/tcp_options";
import { fillRandom, seed } from "../support/numbers";
import { hex, put } from "../support/octets";

const options: usize = memory.data(64, 8);
const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));

function parse(text: string): bool {
  return parseOptions(options, put(options, text), seg);
}

function scaleOf(): u32 {
  return seg.offers & Offer.Scale;
}

describe("parseOptions", () => {
  it("finds nothing in nothing", () => {
    seg.mss = 5;
    seg.offers = 5;
    expect<bool>(parseOptions(options, 0, seg)).toBe(true);
    expect<u32>(seg.mss).toBe(0);
    expect<u32>(scaleOf()).toBe(0);
  });

  it("reads what Linux sends in a SYN", () => {
    expect<bool>(parse("02 04 05 b4 04 02 08 0a 00 01 02 03 00 00 00 00 01 03 03 07")).toBe(true);
    expect<u32>(seg.mss).toBe(1460);
    expect<u32>(scaleOf()).toBe(8);
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
    expect<u32>(scaleOf()).toBe(0);
  });

  it("takes a shift above 14 as 14", () => {
    expect<bool>(parse("03 03 0f")).toBe(true);
    expect<u32>(scaleOf()).toBe(15);
    expect<bool>(parse("03 03 ff")).toBe(true);
    expect<u32>(scaleOf()).toBe(15);
    expect<bool>(parse("03 03 00")).toBe(true);
    expect<u32>(scaleOf()).toBe(1);
  });

  it("comes to an end whatever the octets are", () => {
    let refused = 0;
    for (let run: u32 = 0; run < 5000; run++) {
      seed(run);
      fillRandom(options, 40);
      if (!parseOptions(options, run % 41, seg)) refused++;
      expect<bool>(seg.mss <= 0xffff && scaleOf() <= 15).toBe(true);
    }
    expect<bool>(refused > 0 && refused < 5000).toBe(true);
  });
});

const ALL = "02 04 05 b4 04 02 08 0a 01 02 03 04 05 06 07 08 01 03 03 07";
const NO_TIMESTAMPS = "02 04 05 b4 01 01 04 02 01 03 03 07";

/** All that options may say. */
function told(): string {
  const options = `${seg.mss} ${seg.offers} ${seg.timeoutS} ${seg.sackCount}`;
  return seg.offers & Offer.Timestamps ? `${options} ${seg.tsVal} ${seg.tsEcr}` : options;
}

/** Whether `takeUsualSyn` takes the options, as `parseOptions` alone does; if not, none of them. */
function isTaken(len: u32): bool {
  parseOptions(options, 0, seg);
  const nothing = told();
  const isTaken = takeUsualSyn(options, len, seg);
  const taken = told();
  const isSound = parseOptions(options, len, seg);
  expect<string>(taken).toBe(isTaken ? told() : nothing);
  expect<bool>(isSound || !isTaken).toBe(true);
  return isTaken;
}

describe("takeUsualSyn", () => {
  it("takes what most send, whatever the values", () => {
    expect<bool>(isTaken(put(options, ALL))).toBe(true);
    expect<u32>(seg.offers).toBe(Offer.Sack | Offer.Timestamps | 8);
    expect<bool>(isTaken(put(options, NO_TIMESTAMPS))).toBe(true);
    expect<u32>(seg.offers).toBe(Offer.Sack | 8);
    expect<bool>(isTaken(put(options, "02 04 00 00 01 01 04 02 01 03 03 ff"))).toBe(true);
    expect<u32>(seg.offers).toBe(Offer.Sack | 15);
    expect<u32>(emitSynOptions(options, 536, Offer.Sack | Offer.Timestamps | 1, 0, 5, 6)).toBe(20);
    expect<bool>(isTaken(20)).toBe(true);
    expect<u32>(emitSynOptions(options, 536, Offer.Sack | 1, 14, 5, 6)).toBe(12);
    expect<bool>(isTaken(12)).toBe(true);
  });

  it("leaves what differs in a bit that is no value's", () => {
    // Values: the MSS, the timestamps, the shift.
    const values: u32[] = [2 * 8 + 8 * 8 + 8, 2 * 8 + 8];
    const usual: string[] = [ALL, NO_TIMESTAMPS];
    for (let index = 0; index < 2; index++) {
      let taken: u32 = 0;
      const len = put(options, usual[index]);
      for (let bit: u32 = 0; bit < 8 * len; bit++) {
        put(options, usual[index]);
        const at = options + <usize>(bit >> 3);
        store<u8>(at, load<u8>(at) ^ (<u8>1 << <u8>(bit & 7)));
        if (isTaken(len)) taken++;
      }
      expect<u32>(taken).toBe(values[index]);
    }
  });

  it("leaves those of another length, and others of these", () => {
    for (let len: u32 = 0; len <= 40; len++) {
      put(options, ALL);
      expect<bool>(isTaken(len)).toBe(len == 20);
    }
    expect<bool>(isTaken(put(options, "02 04 05 b4 04 02 08 0a 01 03 03 07"))).toBe(false);
    expect<bool>(isTaken(put(options, "01 01 08 0a 00 00 00 01 00 00 00 02"))).toBe(false);
    const filled = "02 04 05 b4 01 01 04 02 01 01 01 01 01 01 01 01 01 03 03 07";
    expect<bool>(isTaken(put(options, filled))).toBe(false);
  });
});

describe("emitSynOptions", () => {
  it("writes whole words, in the order that others use", () => {
    const all = Offer.Sack | Offer.Timestamps | 1;
    expect<u32>(emitSynOptions(options, 1460, all, 7, 0x01020304, 5)).toBe(20);
    expect<string>(hex(options, 20)).toBe(
      "02 04 05 b4 04 02 08 0a 01 02 03 04 00 00 00 05 01 03 03 07",
    );
    expect<bool>(parseOptions(options, 20, seg)).toBe(true);
    expect<u32>(seg.mss).toBe(1460);
    expect<u32>(seg.offers).toBe(Offer.Sack | Offer.Timestamps | 8);
    expect<u32>(seg.tsVal).toBe(0x01020304);
    expect<u32>(seg.tsEcr).toBe(5);
  });

  it("writes only what is offered", () => {
    expect<u32>(emitSynOptions(options, 536, 0, 7, 1, 2)).toBe(4);
    expect<string>(hex(options, 4)).toBe("02 04 02 18");
    expect<u32>(emitSynOptions(options, 536, Offer.Sack, 7, 1, 2)).toBe(8);
    expect<string>(hex(options, 8)).toBe("02 04 02 18 01 01 04 02");
    expect<u32>(emitSynOptions(options, 536, Offer.Timestamps, 7, 1, 2)).toBe(16);
    expect<string>(hex(options, 8)).toBe("02 04 02 18 01 01 08 0a");
    expect<u32>(emitSynOptions(options, 536, 3, 7, 1, 2)).toBe(8);
    expect<string>(hex(options, 8)).toBe("02 04 02 18 01 03 03 07");
  });
});

describe("emitTimestamps and the SACK option", () => {
  it("write what RFC 7323 appendix A and RFC 2018 section 3 show", () => {
    expect<u32>(emitTimestamps(options, 0xfffffffe, 0x10)).toBe(TIMESTAMPS_LEN);
    expect<string>(hex(options, 12)).toBe("01 01 08 0a ff ff ff fe 00 00 00 10");
    expect<u32>(emitSackHeader(options, 2)).toBe(4);
    emitSackBlock(options + 4, 1, 0x02030405);
    expect<string>(hex(options, 12)).toBe("01 01 05 12 00 00 00 01 02 03 04 05");
  });
});

describe("the user timeout option", () => {
  it("tells seconds in 15 bits, and more in minutes (RFC 5482 section 2)", () => {
    expect<u32>(emitUserTimeout(options, 300)).toBe(USER_TIMEOUT_LEN);
    expect<string>(hex(options, 4)).toBe("1c 04 01 2c");
    emitUserTimeout(options, 32767);
    expect<string>(hex(options, 4)).toBe("1c 04 7f ff");
    emitUserTimeout(options, 32768);
    expect<string>(hex(options, 4)).toBe("1c 04 82 22");
  });

  it("is read in seconds, of which there are 65,535 at the most; 0 is none", () => {
    expect<bool>(parse("1c 04 01 2c")).toBe(true);
    expect<u32>(seg.timeoutS).toBe(300);
    parse("1c 04 80 02");
    expect<u32>(seg.timeoutS).toBe(120);
    parse("1c 04 ff ff");
    expect<u32>(seg.timeoutS).toBe(65535);
    parse("01 01 01 01");
    expect<u32>(seg.timeoutS).toBe(0);
    parse("1c 06 01 2c 01 2c");
    expect<u32>(seg.timeoutS).toBe(0);
  });
});

describe("the AccECN option", () => {
  it("tells 24 bits of two counts, or of all, from either end (RFC 9768 section 3.2.3)", () => {
    emitCounts(options, COUNTS_LEN, 0xff123456, 0xffabcdef, 0, false);
    expect<string>(hex(options, 8)).toBe("ac 08 12 34 56 ab cd ef");
    emitCounts(options, COUNTS_LEN, 0, 0xffabcdef, 0xff123456, true);
    expect<string>(hex(options, 8)).toBe("ae 08 12 34 56 ab cd ef");
    emitCounts(options, MORE_COUNTS_LEN, 0xff123456, 0xffabcdef, 0xff987654, false);
    expect<string>(hex(options, 12)).toBe("ac 0b 12 34 56 ab cd ef 98 76 54 01");
    emitCounts(options, MORE_COUNTS_LEN, 0xff123456, 0xffabcdef, 0xff987654, true);
    expect<string>(hex(options, 12)).toBe("ae 0b 98 76 54 ab cd ef 12 34 56 01");
  });

  it("is skipped when it comes", () => {
    expect<bool>(parse("ac 0b 12 34 56 ab cd ef 98 76 54 01 02 04 05 b4")).toBe(true);
    expect<u32>(seg.mss).toBe(1460);
    expect<u32>(seg.offers).toBe(0);
  });
});
