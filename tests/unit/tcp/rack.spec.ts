/** RACK (RFC 8985 section 6), rule by rule, on a control block of our own. */
import { Counter } from "../../../assembly/abi/counter";
import { clearCounters } from "../../../assembly/core/counters";
import {
  beginRack, detectLoss, forgetDuplicates, isManySacked, mayHaveLost, noteDelivery, noteDuplicates,
} from "../../../assembly/tcp/rack";
import { delivery, markLost, markResent } from "../../../assembly/tcp/scoreboard";
import { TcbFlag, has, setFlag } from "../../../assembly/tcp/tcb";
import {
  BASE, MSS, ackTo, block, freshRecords, moveTo, passUs, sackTo, sendNew, shown, tcb,
} from "../support/records";
import { counted } from "../support/peer";

/** Segments of 1,000 octets leave at 8.0, 8.8, 9.6 ... ms. */
function sentApart(count: u32): void {
  freshRecords(16);
  clearCounters();
  for (let index: u32 = 0; index < count; index++) {
    sendNew();
    passUs(800);
  }
}

/** The peer names the octets `from` to `to` at `us`, and the stack takes it in. */
function sackedAt(us: u32, from: u32, to: u32): u32 {
  moveTo(us);
  sackTo(from, to);
  const rttUs = noteDelivery(tcb);
  noteDuplicates(tcb);
  return rttUs;
}

describe("noteDelivery", () => {
  it("times what was sent last of it (6.2 step 2)", () => {
    sentApart(3);
    expect<u32>(sackedAt(16800, 1000, 2000)).toBe(8000);
    expect<u32>(tcb.rackUs).toBe(8800);
    expect<u32>(tcb.rackEnd).toBe(BASE + 2000);
    expect<u32>(tcb.rackRttUs).toBe(8000);
    expect<u32>(tcb.minRttUs).toBe(8000);
  });

  it("does not go back to what was sent before, but measures it", () => {
    sentApart(3);
    sackedAt(16800, 1000, 2000);
    moveTo(17000);
    ackTo(2000);
    expect<u32>(noteDelivery(tcb)).toBe(9000);
    expect<u32>(tcb.rackUs).toBe(8800);
    expect<u32>(tcb.rackRttUs).toBe(9000);
    expect<u32>(tcb.minRttUs).toBe(8000);
  });

  it("learns no least round trip from what was sent again (6.2 step 1)", () => {
    sentApart(2);
    sackedAt(16800, 1000, 2000);
    markLost(tcb, BASE, BASE + 1000);
    markResent(tcb, BASE, BASE + 1000);
    moveTo(24800 + 8);
    tcb.minRttUs = 7000;
    ackTo(2000);
    expect<u32>(noteDelivery(tcb)).toBe(0);
    expect<u32>(tcb.rackRttUs).toBe(8008);
    expect<u32>(tcb.rackUs).toBe(16800);
    expect<u32>(tcb.minRttUs).toBe(7000);
  });

  it("does nothing where nothing is delivered", () => {
    sentApart(2);
    ackTo(0);
    expect<u32>(noteDelivery(tcb)).toBe(0);
    expect<u32>(tcb.rackRttUs).toBe(0);
  });

  it("sees reordering, and counts its beginning (6.2 step 3)", () => {
    sentApart(4);
    sackedAt(16800, 2000, 3000);
    expect<bool>(has(tcb, TcbFlag.Reordered)).toBe(false);
    sackedAt(16900, 1000, 2000);
    expect<bool>(has(tcb, TcbFlag.Reordered)).toBe(true);
    sackedAt(17000, 0, 1000);
    expect<u32>(counted(Counter.TcpReorderings)).toBe(1);
  });
});

describe("detectLoss (6.2 step 5)", () => {
  it("waits a quarter of the least round trip for what was overtaken", () => {
    sentApart(2);
    sackedAt(16800, 1000, 2000);
    expect<bool>(detectLoss(tcb)).toBe(false);
    // Due at 8.0 + 8.0 + 2.0 = 18 ms, by a clock of begun milliseconds that starts with 1.
    expect<u32>(tcb.recoveryAtMs).toBe(20);
    moveTo(17999);
    expect<bool>(detectLoss(tcb)).toBe(false);
    moveTo(18000);
    expect<bool>(detectLoss(tcb)).toBe(true);
    expect<string>(shown()).toBe(" 1000@8000L 2000@8800S");
    expect<u32>(tcb.lostOctets).toBe(1000);
    expect<u32>(tcb.recoveryAtMs).toBe(0);
    expect<bool>(detectLoss(tcb)).toBe(false);
  });

  it("leaves alone what was sent after what has arrived", () => {
    sentApart(3);
    sackedAt(16800, 1000, 2000);
    moveTo(60000);
    detectLoss(tcb);
    expect<string>(shown()).toBe(" 1000@8000L 2000@8800S 3000@9600");
    expect<u32>(tcb.recoveryAtMs).toBe(0);
  });

  it("tells by sequence number what left at the same time", () => {
    freshRecords(16);
    sendNew(3000);
    sackedAt(16000, 1000, 2000);
    moveTo(60000);
    detectLoss(tcb);
    expect<string>(shown()).toBe(" 1000@8000L 2000@8000S 3000@8000");
  });

  it("finds what was sent again lost again", () => {
    sentApart(4);
    sackedAt(16800, 1000, 2000);
    markLost(tcb, BASE, BASE + 1000);
    markResent(tcb, BASE, BASE + 1000);
    passUs(800);
    sendNew();
    sackedAt(26000, 4000, 5000);
    detectLoss(tcb);
    expect<string>(shown())
      .toBe(" 1000@16800R 2000@8800S 3000@9600L 4000@10400L 5000@17600S");
    moveTo(27400);
    detectLoss(tcb);
    expect<string>(shown())
      .toBe(" 1000@16800LR 2000@8800S 3000@9600L 4000@10400L 5000@17600S");
  });

  it("has the timer wait for the last of several", () => {
    sentApart(4);
    sackedAt(28400, 3000, 4000);
    expect<bool>(detectLoss(tcb)).toBe(false);
    // 9.6 + 18 + 4.5 = 32.1 ms.
    expect<u32>(tcb.recoveryAtMs).toBe(34);
  });
});

/** Whether the first of four is found lost at once when the last has arrived. */
function isFoundAtOnce(): bool {
  moveTo(28400);
  sackTo(3000, 4000);
  noteDelivery(tcb);
  return detectLoss(tcb);
}

describe("the reordering window (6.2 step 4)", () => {
  beforeEach(() => sentApart(4));

  it("is open to begin with", () => {
    expect<bool>(isFoundAtOnce()).toBe(false);
  });

  it("is shut in recovery, and after a timeout until what was out then has arrived", () => {
    setFlag(tcb, TcbFlag.InRecovery);
    expect<bool>(isFoundAtOnce()).toBe(true);
    sentApart(4);
    tcb.recover = tcb.sndMax;
    expect<bool>(isFoundAtOnce()).toBe(true);
  });

  it("is shut when DupThresh segments have arrived, or ACKs have told of some", () => {
    tcb.dupAcks = 3;
    expect<bool>(isFoundAtOnce()).toBe(true);
    sentApart(4);
    expect<bool>(isManySacked(tcb)).toBe(false);
    sackTo(1000, 3000);
    expect<bool>(isManySacked(tcb)).toBe(false);
    expect<bool>(isFoundAtOnce()).toBe(true);
    expect<bool>(isManySacked(tcb)).toBe(true);
  });

  it("stays open in all of these once reordering has been seen", () => {
    setFlag(tcb, TcbFlag.Reordered | TcbFlag.InRecovery);
    tcb.dupAcks = 3;
    expect<bool>(isFoundAtOnce()).toBe(false);
  });

  it("widens by a quarter for each round trip with duplicates, to one round trip", () => {
    beginRack(tcb);
    tcb.minRttUs = 8000;
    tcb.srttUs8 = 10000 << 3;
    tcb.reorderingMult = 3;
    isFoundAtOnce();
    // 9.6 + 18 + 3 * 2 = 33.6 ms.
    expect<u32>(tcb.recoveryAtMs).toBe(36);
    tcb.reorderingMult = 200;
    detectLoss(tcb);
    // 9.6 + 18 + 10 = 37.6 ms.
    expect<u32>(tcb.recoveryAtMs).toBe(40);
  });
});

/** The ACK to `offset` tells of a duplicate of its last octets. */
function duplicateAt(offset: u32): void {
  block(offset - 100, offset);
  ackTo(offset);
  noteDuplicates(tcb);
}

describe("noteDuplicates and forgetDuplicates", () => {
  beforeEach(() => {
    sentApart(4);
    beginRack(tcb);
  });

  it("widen the window once a round trip", () => {
    duplicateAt(1000);
    expect<u32>(tcb.reorderingMult).toBe(2);
    duplicateAt(2000);
    duplicateAt(3000);
    expect<u32>(tcb.reorderingMult).toBe(2);
    expect<u32>(counted(Counter.TcpDuplicatesTold)).toBe(3);
    sendNew();
    duplicateAt(4000);
    expect<u32>(tcb.reorderingMult).toBe(3);
  });

  it("stop at what a byte holds", () => {
    tcb.reorderingMult = 255;
    duplicateAt(1000);
    expect<u32>(tcb.reorderingMult).toBe(255);
  });

  it("let it narrow after 16 recoveries without duplicates", () => {
    duplicateAt(1000);
    for (let count = 0; count < 15; count++) forgetDuplicates(tcb);
    expect<u32>(tcb.reorderingMult).toBe(2);
    forgetDuplicates(tcb);
    expect<u32>(tcb.reorderingMult).toBe(1);
    forgetDuplicates(tcb);
    expect<u32>(tcb.reorderingPersist).toBe(0);
  });
});

describe("mayHaveLost", () => {
  it("is true while something was overtaken, was sent again, or is recovered", () => {
    sentApart(3);
    ackTo(1000);
    expect<bool>(mayHaveLost(tcb)).toBe(false);
    sackTo(2000, 3000);
    expect<bool>(mayHaveLost(tcb)).toBe(true);
    markLost(tcb, BASE + 1000, BASE + 2000);
    markResent(tcb, BASE + 1000, BASE + 2000);
    passUs(20000);
    ackTo(3000);
    expect<bool>(mayHaveLost(tcb)).toBe(true);
    expect<bool>(delivery.isResent).toBe(true);
    ackTo(3000);
    expect<bool>(mayHaveLost(tcb)).toBe(false);
    setFlag(tcb, TcbFlag.InRecovery);
    expect<bool>(mayHaveLost(tcb)).toBe(true);
    expect<u32>(MSS).toBe(tcb.sndMss);
  });
});
