/** The AccECN option (RFC 9768 section 3.2.3): what it tells, when, and beside what. */
import {
  beginCounts, blocksFewer, countText, countsLen, noteTextAgain, noteTextEnd, noteWindowTold,
  tellCounts,
} from "../../../assembly/tcp/ecn_counts";
import { Tcb, TcbFlag, setFlag } from "../../../assembly/tcp/tcb";
import { hex } from "../support/octets";

const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));
const at: usize = memory.data(64, 8);

const ECT1: u32 = 1;
const ECT0: u32 = 2;
const CE: u32 = 3;

/** Where the window ends at first: sequence numbers wrap behind it. */
const EDGE: u32 = 0xfffffffe;

function fresh(): void {
  memory.fill(changetype<usize>(tcb), 0xee, offsetof<Tcb>());
  tcb.flags = 0;
  tcb.rcvAdv = EDGE;
  beginCounts(tcb);
}

/** The option that is due, as text; none: "". */
function told(): string {
  const len = countsLen(tcb, 0);
  expect<u32>(tellCounts(tcb, at, len)).toBe(len);
  return hex(at, len);
}

describe("tellCounts", () => {
  it("tells octets since the beginning: ECT(0) from 1, CE from 0 (3.2.1)", () => {
    fresh();
    expect<string>(told()).toBe("");
    countText(tcb, ECT0, 10);
    expect<string>(told()).toBe("ac 08 00 00 0b 00 00 00");
    countText(tcb, CE, 0x1234);
    expect<string>(told()).toBe("ac 08 00 00 0b 00 12 34");
  });

  it("puts ECT(1) first as soon as some has come, and all three then (table 5)", () => {
    fresh();
    countText(tcb, ECT1, 10);
    expect<string>(told()).toBe("ae 08 00 00 0b 00 00 00");
    countText(tcb, ECT0, 2);
    expect<string>(told()).toBe("ae 0b 00 00 0b 00 00 00 00 00 03 01");
  });

  it("tells the low 24 bits of each", () => {
    fresh();
    countText(tcb, ECT0, 0x01fffffe);
    countText(tcb, CE, 0x05123456);
    countText(tcb, ECT1, 0x03000000);
    expect<string>(told()).toBe("ae 0b 00 00 01 12 34 56 ff ff ff 01");
  });
});

describe("countsLen", () => {
  it("is 0 until octets come that are capable or marked, and once they are told", () => {
    fresh();
    countText(tcb, 0, 10);
    countText(tcb, CE, 0);
    expect<u32>(countsLen(tcb, 0)).toBe(0);
    countText(tcb, ECT0, 1);
    expect<u32>(countsLen(tcb, 0)).toBe(8);
    told();
    expect<u32>(countsLen(tcb, 0)).toBe(0);
  });

  it("is 0 where there is no room, until there is (3.2.3.3)", () => {
    fresh();
    countText(tcb, ECT0, 1);
    expect<u32>(countsLen(tcb, 32)).toBe(8);
    expect<u32>(countsLen(tcb, 36)).toBe(0);
    setFlag(tcb, TcbFlag.Timestamps);
    expect<u32>(countsLen(tcb, 20)).toBe(8);
    expect<u32>(countsLen(tcb, 24)).toBe(0);
    countText(tcb, ECT1, 1);
    expect<u32>(countsLen(tcb, 16)).toBe(12);
    expect<u32>(countsLen(tcb, 20)).toBe(0);
    expect<u32>(tellCounts(tcb, at, 0)).toBe(0);
    expect<u32>(countsLen(tcb, 0)).toBe(12);
  });
});

describe("blocksFewer", () => {
  it("takes a block of SACK's where two have room beside the option (3.2.3.3)", () => {
    fresh();
    expect<u32>(blocksFewer(tcb)).toBe(0);
    countText(tcb, ECT0, 1);
    expect<u32>(blocksFewer(tcb)).toBe(1);
    countText(tcb, ECT1, 1);
    expect<u32>(blocksFewer(tcb)).toBe(1);
    setFlag(tcb, TcbFlag.Timestamps);
    expect<u32>(blocksFewer(tcb)).toBe(0);
  });
});

/** Options are sent, and then text comes again. Returns whether there will be more of them. */
function again(options: u32): bool {
  for (let count: u32 = 0; count < options; count++) {
    countText(tcb, ECT0, 1000);
    told();
  }
  noteTextAgain(tcb);
  countText(tcb, ECT0, 1000);
  return countsLen(tcb, 0) != 0;
}

describe("noteTextAgain", () => {
  it("takes the last window for known, whatever told it", () => {
    fresh();
    tcb.rcvAdv = EDGE + 1000;
    again(1);
    again(1);
    told();
    noteTextEnd(tcb, EDGE + 1000);
    expect<bool>(again(0)).toBe(false);
  });

  it("leaves the option out of the next ACK (3.2.3.2.2)", () => {
    fresh();
    countText(tcb, ECT0, 1000);
    noteTextAgain(tcb);
    expect<string>(told()).toBe("");
  });

  it("ends the option the third time, however many there were in between", () => {
    fresh();
    expect<bool>(again(10)).toBe(true);
    expect<bool>(again(1)).toBe(true);
    expect<bool>(again(1000)).toBe(false);
    expect<bool>(again(100)).toBe(false);
    expect<bool>(again(100)).toBe(false);
  });

  it("counts what comes again together once", () => {
    fresh();
    again(1);
    for (let count = 0; count < 100; count++) noteTextAgain(tcb);
    expect<bool>(again(1)).toBe(true);
  });
});

describe("noteTextEnd", () => {
  it("forgets what came again when text comes from beyond the window last told without", () => {
    fresh();
    for (let count: u32 = 1; count < 100; count++) {
      expect<bool>(again(1)).toBe(true);
      tcb.rcvAdv = EDGE + count * 1000;
      noteWindowTold(tcb);
      told();
      noteTextEnd(tcb, tcb.rcvAdv + 2);
    }
  });

  it("does not for the octet of a probe, or before an option is sent", () => {
    fresh();
    again(1);
    noteTextEnd(tcb, EDGE + 1000);
    again(1);
    told();
    noteTextEnd(tcb, EDGE + 1);
    expect<bool>(again(0)).toBe(false);
    noteTextEnd(tcb, EDGE + 1000);
    expect<u32>(countsLen(tcb, 0)).toBe(0);
  });
});

describe("noteWindowTold", () => {
  it("moves the edge until an option is sent", () => {
    fresh();
    again(1);
    again(1);
    tcb.rcvAdv = EDGE + 1000;
    noteWindowTold(tcb);
    told();
    noteTextEnd(tcb, EDGE + 1000);
    expect<bool>(again(0)).toBe(false);
  });

  it("leaves the edge where it is behind an option", () => {
    fresh();
    again(1);
    again(1);
    told();
    tcb.rcvAdv = EDGE + 1000;
    noteWindowTold(tcb);
    noteTextEnd(tcb, EDGE + 2);
    expect<bool>(again(0)).toBe(true);
  });
});
