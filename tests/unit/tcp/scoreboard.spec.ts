/** What an ACK says of what was sent: by SEG.ACK, by blocks, and what came twice. */
import {
  Mark, RECORD_LEN, endOfRecords, firstRecord, recordMarks, recordTo, setMarks,
} from "../../../assembly/tcp/records";
import {
  delivery, highestSacked, isSentAfter, markAllLost, markLost, markResent, pipe, unmarkLost,
} from "../../../assembly/tcp/scoreboard";
import { TcbFlag, clearFlag, setFlag } from "../../../assembly/tcp/tcb";
import { below, seed } from "../support/numbers";
import {
  BASE, ackTo, answer, block, freshRecords, passUs, recordAt, sackTo, sendNew, shown, tcb,
} from "../support/records";

/** Segments of 1,000 octets are on their way, sent at intervals of 800 us. */
function sentApart(count: u32, capacity: u32 = 16): void {
  freshRecords(capacity);
  for (let index: u32 = 0; index < count; index++) {
    sendNew();
    passUs(800);
  }
}

/** What the last answer delivered: octets, and of them by blocks. */
function delivered(): string {
  return `${delivery.octets} ${delivery.sacked}`;
}

describe("takeDelivery, of SEG.ACK", () => {
  it("takes out what is covered, and delivers what was sent last", () => {
    sentApart(3);
    expect<u32>(ackTo(2000)).toBe(2000);
    expect<string>(shown()).toBe(" 3000@9600");
    expect<string>(delivered()).toBe("2000 0");
    expect<bool>(delivery.isTimed).toBe(true);
    expect<u32>(delivery.sentUs).toBe(8800);
    expect<u32>(delivery.end).toBe(BASE + 2000);
    expect<u32>(tcb.sndUna).toBe(BASE + 2000);
  });

  it("leaves what is covered in part, which begins later", () => {
    sentApart(2);
    expect<u32>(ackTo(300)).toBe(300);
    expect<string>(shown()).toBe(" 1000@8000 2000@8800");
    expect<u32>(pipe(tcb)).toBe(1700);
    expect<u32>(ackTo(1100)).toBe(800);
    expect<string>(delivered()).toBe("800 0");
    expect<u32>(pipe(tcb)).toBe(900);
  });

  it("does not deliver again what a block has named, nor what is old", () => {
    sentApart(3);
    sackTo(1000, 2000);
    expect<u32>(ackTo(2000)).toBe(2000);
    expect<string>(delivered()).toBe("1000 0");
    expect<u32>(tcb.sackedOctets).toBe(0);
    expect<u32>(ackTo(1000)).toBe(0);
    expect<string>(delivered()).toBe("0 0");
    expect<bool>(delivery.isTimed).toBe(false);
    expect<string>(shown()).toBe(" 3000@9600");
  });

  it("takes what is lost off the losses: it was not", () => {
    sentApart(3);
    markLost(tcb, BASE, BASE + 2000);
    expect<u32>(tcb.lostOctets).toBe(2000);
    ackTo(1500);
    expect<u32>(tcb.lostOctets).toBe(500);
    expect<u32>(pipe(tcb)).toBe(1000);
  });

  it("moves SND.NXT along where a window probe went beyond it", () => {
    sentApart(1);
    tcb.sndMax = BASE + 1001;
    ackTo(1001);
    expect<u32>(tcb.sndNxt).toBe(BASE + 1001);
    expect<u32>(tcb.recordCount).toBe(0);
    expect<u32>(pipe(tcb)).toBe(0);
  });
});

describe("takeDelivery, of blocks", () => {
  it("cuts at both edges of one", () => {
    sentApart(1);
    expect<u32>(sackTo(300, 600)).toBe(0);
    expect<string>(shown()).toBe(" 300@8000 600@8000S 1000@8000");
    expect<string>(delivered()).toBe("300 300");
    expect<u32>(tcb.sackedOctets).toBe(300);
    expect<u32>(pipe(tcb)).toBe(700);
    expect<u32>(highestSacked(tcb)).toBe(BASE + 600);
  });

  it("counts once what several name, and joins what touches", () => {
    sentApart(4);
    sackTo(1000, 2000);
    block(2000, 3000);
    block(1000, 2500);
    ackTo(0);
    expect<string>(delivered()).toBe("1000 1000");
    expect<string>(shown()).toBe(" 1000@8000 3000@9600S 4000@10400");
    expect<u32>(tcb.sackedOctets).toBe(2000);
  });

  it("takes what lies behind SEG.ACK of one that begins before it", () => {
    sentApart(3);
    block(500, 2500);
    ackTo(1000);
    expect<string>(delivered()).toBe("2500 1500");
    expect<string>(shown()).toBe(" 2500@9600S 3000@9600");
  });

  it("ignores what was never sent, is inverted, empty, or 2^31 off", () => {
    sentApart(2);
    sackTo(1000, 2001);
    sackTo(2000, 3000);
    sackTo(2000, 1000);
    sackTo(1000, 1000);
    sackTo(1000, 0x80000000);
    sackTo(0x80000000, 1000);
    sackTo(0x80000001, 0x80000002);
    expect<u32>(tcb.sackedOctets).toBe(0);
    expect<string>(shown()).toBe(" 1000@8000 2000@8800");
  });

  it("ignores all of them where the peer did not agree to any", () => {
    sentApart(2);
    clearFlag(tcb, TcbFlag.Sack);
    sackTo(1000, 2000);
    expect<u32>(tcb.sackedOctets).toBe(0);
  });

  it("sees what was overtaken: it was sent once, and comes after what was sent later", () => {
    sentApart(4);
    sackTo(2000, 3000);
    expect<bool>(delivery.isReordered).toBe(false);
    sackTo(1000, 2000);
    expect<bool>(delivery.isReordered).toBe(true);
    sackTo(3000, 4000);
    expect<bool>(delivery.isReordered).toBe(false);
  });

  it("does not take a repaired loss for something overtaken", () => {
    sentApart(3);
    sackTo(1000, 2000);
    markLost(tcb, BASE, BASE + 1000);
    markResent(tcb, BASE, BASE + 1000);
    passUs(5000);
    ackTo(2000);
    expect<bool>(delivery.isReordered).toBe(false);
    expect<bool>(delivery.isResent).toBe(true);
  });
});

describe("D-SACK (RFC 2883 section 4)", () => {
  it("is a first block at or below SEG.ACK", () => {
    sentApart(3);
    block(500, 1000);
    ackTo(1000);
    expect<u32>(delivery.duplicateFrom).toBe(BASE + 500);
    expect<u32>(delivery.duplicateTo).toBe(BASE + 1000);
    expect<string>(delivered()).toBe("1000 0");
  });

  it("is a first block within the second", () => {
    sentApart(4);
    block(2000, 3000);
    block(1000, 4000);
    ackTo(0);
    expect<u32>(delivery.duplicateFrom).toBe(BASE + 2000);
    expect<string>(delivered()).toBe("3000 3000");
    block(1000, 2000);
    block(3000, 4000);
    ackTo(0);
    expect<u32>(delivery.duplicateFrom).toBe(delivery.duplicateTo);
  });

  it("is no other block", () => {
    sentApart(4);
    block(3000, 4000);
    block(500, 1000);
    ackTo(1000);
    expect<u32>(delivery.duplicateFrom).toBe(delivery.duplicateTo);
    expect<string>(delivered()).toBe("2000 1000");
  });

  it("is nothing that lies beyond what was sent", () => {
    sentApart(1);
    block(1000, 1500);
    ackTo(1000);
    expect<u32>(delivery.duplicateFrom).toBe(delivery.duplicateTo);
  });
});

describe("deliver, of what was sent again (RFC 8985 section 6.2 step 2)", () => {
  beforeEach(() => {
    sentApart(2);
    tcb.minRttUs = 4000;
    passUs(4000);
    markLost(tcb, BASE, BASE + 1000);
    markResent(tcb, BASE, BASE + 1000);
  });

  it("leaves the time open when it is acknowledged sooner than any round trip", () => {
    passUs(3999);
    ackTo(1000);
    expect<bool>(delivery.isTimed).toBe(false);
    expect<string>(delivered()).toBe("1000 0");
  });

  it("knows the time otherwise", () => {
    passUs(4001);
    ackTo(1000);
    expect<bool>(delivery.isTimed).toBe(true);
    expect<u32>(delivery.marks).toBe(Mark.Resent);
  });

  it("leaves it open when the echoed timestamp is older", () => {
    setFlag(tcb, TcbFlag.Timestamps);
    passUs(5000);
    // It was sent again at 13.6 ms by a clock that began with 1.
    answer.tsEcr = 12;
    ackTo(1000);
    expect<bool>(delivery.isTimed).toBe(false);
  });

  it("knows it when the echoed timestamp is as late", () => {
    setFlag(tcb, TcbFlag.Timestamps);
    passUs(5000);
    answer.tsEcr = 14;
    ackTo(1000);
    expect<bool>(delivery.isTimed).toBe(true);
  });
});

describe("isSentAfter", () => {
  it("goes by time, then by sequence number, across both wraps", () => {
    expect<bool>(isSentAfter(2, 0, 1, 9)).toBe(true);
    expect<bool>(isSentAfter(1, 9, 2, 0)).toBe(false);
    expect<bool>(isSentAfter(1, 9, 1, 8)).toBe(true);
    expect<bool>(isSentAfter(1, 9, 1, 9)).toBe(false);
    expect<bool>(isSentAfter(0, 0, 0xfffffff8, 9)).toBe(true);
    expect<bool>(isSentAfter(1, 0, 1, 0xffffffff)).toBe(true);
  });
});

describe("markLost and markResent", () => {
  it("mark what is on its way, and neither what is with the peer nor what lies outside", () => {
    sentApart(4);
    sackTo(1000, 2000);
    markLost(tcb, BASE + 500, BASE + 2500);
    expect<string>(shown()).toBe(" 500@8000 1000@8000L 2000@8800S 2500@9600L 3000@9600 4000@10400");
    expect<u32>(tcb.lostOctets).toBe(1000);
    expect<u32>(pipe(tcb)).toBe(2000);
    markResent(tcb, BASE + 500, BASE + 1000);
    expect<string>(shown())
      .toBe(" 500@8000 1000@11200R 2000@8800S 2500@9600L 3000@9600 4000@10400");
    expect<u32>(pipe(tcb)).toBe(2500);
  });

  it("send a part of what is lost", () => {
    sentApart(1);
    markLost(tcb, BASE, BASE + 1000);
    markResent(tcb, BASE, BASE + 400);
    expect<string>(shown()).toBe(" 400@8800R 1000@8000L");
    markResent(tcb, BASE + 400, BASE + 1000);
    expect<string>(shown()).toBe(" 1000@8800R");
    expect<u32>(tcb.lostOctets).toBe(0);
  });
});

describe("markAllLost", () => {
  it("is all that is not with the peer (RFC 8985 section 8)", () => {
    sentApart(3);
    sackTo(1000, 2000);
    markAllLost(tcb);
    expect<string>(shown()).toBe(" 1000@8000L 2000@8800S 3000@9600L");
    expect<u32>(pipe(tcb)).toBe(0);
  });

  it("is all, when the peer has let go of what it held (RFC 2018 section 8)", () => {
    sentApart(3);
    setMarks(recordAt(0), Mark.Sacked);
    setMarks(recordAt(2), Mark.Sacked);
    markAllLost(tcb);
    expect<string>(shown()).toBe(" 1000@8000L 2000@8800L 3000@9600L");
    expect<u32>(tcb.sackedOctets).toBe(0);
    expect<u32>(tcb.lostOctets).toBe(3000);
  });

  it("is taken back by unmarkLost", () => {
    sentApart(3);
    sackTo(1000, 2000);
    markAllLost(tcb);
    unmarkLost(tcb);
    expect<string>(shown()).toBe(" 1000@8000 2000@8800S 3000@9600");
    expect<u32>(pipe(tcb)).toBe(2000);
  });
});

/** What is so of each hundred of octets from `BASE` on. */
let truth: u32[] = [];

/** What the records say that is not so, or what the control block has counted wrong. */
function fault(): string {
  let seq = tcb.sndUna;
  let sacked: u32 = 0;
  let lost: u32 = 0;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    const told = recordMarks(at) & (Mark.Sacked | Mark.Lost);
    if (told == (Mark.Sacked | Mark.Lost)) return "lost, and with the peer";
    if (<i32>(recordTo(at) - seq) <= 0) return "out of order";
    for (; seq != recordTo(at); seq += 100) {
      if ((told & ~truth[(seq - BASE) / 100]) != 0) return `mark at ${seq - BASE}`;
      if (told & Mark.Sacked) sacked += 100;
      if (told & Mark.Lost) lost += 100;
    }
  }
  if (seq != tcb.sndNxt) return "a gap at the end";
  if (sacked != tcb.sackedOctets) return `${tcb.sackedOctets} sacked`;
  if (lost != tcb.lostOctets) return `${tcb.lostOctets} lost`;
  return "";
}

/** The peer names one to three blocks of what is outstanding, and may expect more than before. */
function answerSomehow(): void {
  const out = (tcb.sndNxt - tcb.sndUna) / 100;
  let una = (tcb.sndUna - BASE) / 100;
  const ack = una + (below(3) == 0 ? below(out + 1) : 0);
  let fresh: u32 = 0;
  for (; una < ack; una++) if ((truth[una] & Mark.Sacked) == 0) fresh++;
  const end = (tcb.sndNxt - BASE) / 100;
  for (let count = below(4); count > 0 && ack + 1 < end; count--) {
    const from = ack + 1 + below(end - ack - 1);
    const to = from + 1 + below(end - from);
    block(100 * from, 100 * to);
    // The first of several may be a duplicate: that is what the second of two is for.
    for (let hundred = from; hundred < to; hundred++) {
      if ((truth[hundred] & Mark.Sacked) == 0) fresh++;
      truth[hundred] = Mark.Sacked;
    }
  }
  ackTo(100 * ack);
  // What was forgotten is delivered once more; nothing is missed.
  assert(delivery.octets >= 100 * fresh, `${delivery.octets} octets in place of ${fresh}00`);
}

/** A stretch that is on its way is lost; or the first that is lost leaves once more. */
function changeSomething(isResent: bool): void {
  let seq = tcb.sndUna;
  for (let at = firstRecord(tcb); at < endOfRecords(tcb); at += RECORD_LEN) {
    const wanted: u32 = isResent ? Mark.Lost : 0;
    const told = recordMarks(at) & (Mark.Sacked | Mark.Lost);
    if (told != wanted || (!isResent && below(2) == 0)) {
      seq = recordTo(at);
      continue;
    }
    const to = seq + 100 * (below((recordTo(at) - seq) / 100) + 1);
    for (let place = seq; place != to; place += 100) {
      truth[(place - BASE) / 100] = isResent ? 0 : <u32>Mark.Lost;
    }
    if (isResent) markResent(tcb, seq, to);
    else markLost(tcb, seq, to);
    return;
  }
}

function allLost(isLost: bool): void {
  for (let hundred = (tcb.sndUna - BASE) / 100; hundred < (tcb.sndNxt - BASE) / 100; hundred++) {
    const isSacked = (truth[hundred] & Mark.Sacked) != 0;
    // What is forgotten to be with the peer counts as lost, too.
    if (isLost) truth[hundred] |= Mark.Lost;
    else if (!isSacked) truth[hundred] = 0;
  }
  if (isLost) markAllLost(tcb);
  else unmarkLost(tcb);
}

describe("the scoreboard", () => {
  it("says nothing that is not so, and counts right, in a random walk", () => {
    for (let walk: u32 = 1; walk <= 60; walk++) {
      seed(walk);
      freshRecords(below(13) + 4);
      truth = [];
      for (let step = 0; step < 150; step++) {
        passUs(below(30));
        const act = below(10);
        if (tcb.recordCount == 0 || act < 3) {
          const hundreds = below(4) + 1;
          for (let hundred: u32 = 0; hundred < hundreds; hundred++) truth.push(0);
          sendNew(100 * hundreds);
        } else if (act < 6) answerSomehow();
        else if (act == 6) changeSomething(false);
        else if (act == 7) changeSomething(true);
        else if (below(4) == 0) allLost(act == 8);
        const found = fault();
        if (found.length > 0) log<string>(`walk ${walk}, step ${step}, ${found}:${shown()}`);
        if (found.length > 0) expect<string>(found).toBe("");
      }
    }
  });
});
