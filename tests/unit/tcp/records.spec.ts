/** Transmission records: when they join, split and merge, and that they always cover all of it. */
import {
  Mark, RECORD_LEN, clearRecords, dropFirst, dropTo, endOfRecords, firstRecord, joinSacked,
  lastCovered, makeRoom, recordMarks, recordSentUs, recordTo, resendRecord, setMarks, splitRecord,
  stampNow,
} from "../../../assembly/tcp/records";
import { seqLt } from "../../../assembly/tcp/seq";
import { below, seed } from "../support/numbers";
import {
  BASE, clockUs, freshRecords, moveTo, passUs, recordAt, sendNew, shown, tcb,
} from "../support/records";

describe("appendRecord", () => {
  it("gives what leaves later than a 64th of the round trip a record of its own", () => {
    freshRecords(8);
    tcb.srttUs8 = 64000 << 3;
    moveTo(10240);
    sendNew();
    passUs(504);
    sendNew();
    expect<string>(shown()).toBe(" 2000@10744");
    passUs(8);
    sendNew();
    expect<string>(shown()).toBe(" 2000@10744 3000@10752");
  });

  it("tells 8 us apart while no round trip is known", () => {
    freshRecords(8);
    sendNew();
    passUs(7);
    sendNew();
    passUs(1);
    sendNew();
    expect<string>(shown()).toBe(" 2000@8000 3000@8008");
    expect<u32>(stampNow()).toBe(8008);
  });

  it("does not join text that is marked", () => {
    freshRecords(8);
    sendNew();
    setMarks(recordAt(0), Mark.Lost);
    sendNew();
    expect<string>(shown()).toBe(" 1000@8000L 2000@8000");
  });

  it("forgets what arrived before there was a first", () => {
    freshRecords(8);
    tcb.rackUs = 0x7fffffff;
    sendNew();
    expect<bool>(<i32>(tcb.rackUs - recordSentUs(recordAt(0))) < 0).toBe(true);
  });

  it("joins across the wrap of microseconds", () => {
    freshRecords(8, 0xfffffff8);
    sendNew();
    passUs(8);
    sendNew();
    expect<string>(shown()).toBe(" 1000@4294967288 2000@0");
  });
});

describe("dropFirst and clearRecords", () => {
  it("take out the oldest, or all", () => {
    freshRecords(4);
    for (let count = 0; count < 3; count++) {
      sendNew();
      passUs(8);
    }
    dropFirst(tcb);
    expect<string>(shown()).toBe(" 2000@8008 3000@8016");
    clearRecords(tcb);
    expect<string>(shown()).toBe("");
    expect<usize>(firstRecord(tcb)).toBe(endOfRecords(tcb));
  });

  it("leave room: what was dropped is used again", () => {
    freshRecords(4);
    for (let count: u32 = 0; count < 50; count++) {
      sendNew();
      passUs(8);
      if (count < 3) continue;
      expect<u32>(tcb.recordCount).toBe(4);
      expect<u32>(recordTo(recordAt(3))).toBe(tcb.sndNxt);
      expect<u32>(recordSentUs(recordAt(0))).toBe(8000 + 8 * (count - 3));
      dropFirst(tcb);
    }
  });
});

describe("lastCovered and dropTo", () => {
  beforeEach(() => {
    freshRecords(8);
    for (let count = 0; count < 4; count++) {
      sendNew();
      passUs(8);
    }
  });

  it("find the record in which, or with which, an acknowledgment ends", () => {
    for (let acked: u32 = 1; acked <= 4000; acked++) {
      expect<usize>(lastCovered(tcb, BASE + acked)).toBe(recordAt((acked - 1) / 1000));
    }
    expect<usize>(lastCovered(tcb, BASE + 4001)).toBe(0);
  });

  it("find nothing behind a record that is marked, or in it, and all before it", () => {
    for (let mark: u32 = 1; mark <= <u32>Mark.All; mark <<= 1) {
      setMarks(recordAt(2), mark);
      expect<usize>(lastCovered(tcb, BASE + 2000)).toBe(recordAt(1));
      expect<usize>(lastCovered(tcb, BASE + 2001)).toBe(0);
      expect<usize>(lastCovered(tcb, BASE + 4000)).toBe(0);
      setMarks(recordAt(2), 0);
    }
    expect<usize>(lastCovered(tcb, BASE + 4000)).toBe(recordAt(3));
  });

  it("find nothing where there is none", () => {
    clearRecords(tcb);
    expect<usize>(lastCovered(tcb, BASE + 1)).toBe(0);
  });

  it("take out what is before, and the record itself only when it is covered wholly", () => {
    dropTo(tcb, recordAt(1), BASE + 1999);
    expect<string>(shown()).toBe(" 2000@8008 3000@8016 4000@8024");
    dropTo(tcb, recordAt(0), BASE + 1999);
    expect<string>(shown()).toBe(" 2000@8008 3000@8016 4000@8024");
    dropTo(tcb, recordAt(1), BASE + 3000);
    expect<string>(shown()).toBe(" 4000@8024");
    dropTo(tcb, recordAt(0), BASE + 4000);
    expect<string>(shown()).toBe("");
    expect<u32>(tcb.recordFirst).toBe(0);
  });
});

describe("splitRecord and resendRecord", () => {
  it("cut a record in two, both as it was", () => {
    freshRecords(4);
    sendNew(3000);
    setMarks(recordAt(0), Mark.Lost);
    splitRecord(tcb, recordAt(0), BASE + 1000);
    expect<string>(shown()).toBe(" 1000@8000L 3000@8000L");
  });

  it("note when it was sent again, and that it was", () => {
    freshRecords(4);
    sendNew(3000);
    setMarks(recordAt(0), Mark.Lost);
    splitRecord(tcb, recordAt(0), BASE + 1000);
    passUs(500);
    expect<bool>(resendRecord(tcb, recordAt(0))).toBe(false);
    expect<string>(shown()).toBe(" 1000@8496R 3000@8000L");
  });

  it("join it to the one before that was sent again as lately", () => {
    freshRecords(4);
    sendNew();
    passUs(8);
    sendNew();
    passUs(8);
    sendNew();
    passUs(80);
    resendRecord(tcb, recordAt(0));
    expect<bool>(resendRecord(tcb, recordAt(1))).toBe(true);
    expect<string>(shown()).toBe(" 2000@8096R 3000@8016");
    passUs(8);
    expect<bool>(resendRecord(tcb, recordAt(1))).toBe(false);
    expect<string>(shown()).toBe(" 2000@8096R 3000@8104R");
  });
});

describe("joinSacked", () => {
  it("makes neighbours one that are with the peer, and no others", () => {
    freshRecords(8);
    for (let count = 0; count < 6; count++) {
      sendNew();
      passUs(8);
    }
    setMarks(recordAt(1), Mark.Sacked);
    setMarks(recordAt(2), Mark.Sacked);
    setMarks(recordAt(3), Mark.Sacked);
    setMarks(recordAt(5), Mark.Sacked);
    joinSacked(tcb);
    expect<string>(shown()).toBe(" 1000@8000 4000@8024S 5000@8032 6000@8040S");
  });
});

/** Four records, sent at these times after 8 ms. */
function four(second: u32, third: u32, fourth: u32): void {
  freshRecords(4);
  sendNew();
  moveTo(8000 + second);
  sendNew();
  moveTo(8000 + third);
  sendNew();
  moveTo(8000 + fourth);
  sendNew();
  passUs(800);
}

describe("makeRoom", () => {
  it("merges those sent closest together: the later time, and as ambiguous as if resent", () => {
    four(800, 880, 1600);
    sendNew();
    expect<string>(shown()).toBe(" 1000@8000 3000@8880R 4000@9600 5000@10400");
  });

  it("keeps the later time though it is the first's: that was sent again", () => {
    four(800, 1600, 2400);
    resendRecord(tcb, recordAt(0));
    passUs(80);
    resendRecord(tcb, recordAt(1));
    store<u32>(recordAt(0), 11600 | Mark.Resent, 4);
    makeRoom(tcb, 1);
    expect<string>(shown()).toBe(" 2000@11600R 3000@9600 4000@10400");
  });

  it("keeps the later time across the wrap of microseconds", () => {
    freshRecords(4, 0xffffffe0);
    for (let count = 0; count < 4; count++) {
      sendNew();
      passUs(count == 1 ? 48 : 64);
    }
    expect<string>(shown()).toBe(" 1000@4294967264 2000@32 3000@80 4000@144");
    makeRoom(tcb, 1);
    expect<string>(shown()).toBe(" 1000@4294967264 3000@80R 4000@144");
    makeRoom(tcb, 2);
    expect<string>(shown()).toBe(" 1000@4294967264 4000@144R");
  });

  it("does not merge what is marked differently while others are alike", () => {
    four(8, 808, 1608);
    setMarks(recordAt(0), Mark.Lost);
    makeRoom(tcb, 1);
    expect<string>(shown()).toBe(" 1000@8000L 3000@8808R 4000@9608");
  });

  it("forgets that the last sacked is, when no two are alike", () => {
    four(80, 160, 240);
    setMarks(recordAt(1), Mark.Sacked);
    setMarks(recordAt(3), Mark.Sacked);
    makeRoom(tcb, 1);
    expect<string>(shown()).toBe(" 1000@8000 2000@8080S 4000@8240R");
  });

  it("gives back what was dropped in front before it merges", () => {
    four(80, 160, 240);
    dropFirst(tcb);
    makeRoom(tcb, 1);
    expect<string>(shown()).toBe(" 2000@8080 3000@8160 4000@8240");
  });
});

/** What is true of an octet of a hundred: kept by a model without any limit. */
let sentUs: u32[] = [];
let marks: u32[] = [];
/** The hundreds that are gone. */
let gone: u32 = 0;

/** Each record ends after the one before, says nothing that is not so, and the last ends all. */
function fault(): string {
  let from = tcb.sndUna;
  let hundred = gone;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    if (!seqLt(from, recordTo(at))) return `order:${shown()}`;
    for (; from != recordTo(at); from += 100) {
      const isTold = recordMarks(at) & (Mark.Sacked | Mark.Lost);
      if ((isTold & ~marks[hundred]) != 0) return `mark at ${from - BASE}:${shown()}`;
      const early = <i32>(recordSentUs(at) - (sentUs[hundred] & ~7));
      if (early < 0) return `time at ${from - BASE}:${shown()}`;
      hundred++;
    }
  }
  return from == tcb.sndNxt ? "" : `end:${shown()}`;
}

function appendSome(): void {
  const hundreds = below(4) + 1;
  for (let index: u32 = 0; index < hundreds; index++) {
    sentUs.push(clockUs);
    marks.push(0);
  }
  sendNew(100 * hundreds);
}

/** The first record goes, as by an ACK. */
function dropOne(): void {
  const end = recordTo(firstRecord(tcb));
  gone += (end - tcb.sndUna) / 100;
  tcb.sndUna = end;
  dropFirst(tcb);
}

/** Some record is cut in two if it can be, and one of its parts is marked or sent again. */
function changeOne(): void {
  makeRoom(tcb, 1);
  const index = below(tcb.recordCount);
  const from = index == 0 ? tcb.sndUna : recordTo(recordAt(index - 1));
  const hundreds = (recordTo(recordAt(index)) - from) / 100;
  const half = (hundreds + 1) >> 1;
  if (hundreds > 1) splitRecord(tcb, recordAt(index), from + 100 * half);
  const first = gone + (from - tcb.sndUna) / 100;
  const mark: u32 = below(3);
  for (let hundred = first; hundred < first + half; hundred++) {
    marks[hundred] = mark;
    if (mark == 0) sentUs[hundred] = clockUs;
  }
  if (mark == 0) resendRecord(tcb, recordAt(index));
  else setMarks(recordAt(index), mark);
}

describe("records", () => {
  it("cover all that is outstanding and say nothing that is not so, in a random walk", () => {
    for (let walk: u32 = 1; walk <= 40; walk++) {
      seed(walk);
      freshRecords(below(5) + 4, 0xfffff000);
      tcb.srttUs8 = below(2) == 0 ? 0 : 40000;
      sentUs = [];
      marks = [];
      gone = 0;
      for (let step = 0; step < 200; step++) {
        passUs(below(30));
        const act = below(8);
        if (tcb.recordCount == 0 || act < 3) appendSome();
        else if (act == 3) dropOne();
        else if (act == 4) joinSacked(tcb);
        else changeOne();
        const found = fault();
        if (found.length > 0) expect<string>(`walk ${walk}, step ${step}, ${found}`).toBe("");
      }
    }
  });
});
