/**
 * Accurate ECN (RFC 9768): the handshake's codes, and the count in the ACE field. Specs are built
 * as for a board, which never agrees to it: what asks for that first the scripts show.
 */
import { thePacket } from "../../../assembly/net/packet";
import {
  Accurate, FIRST_COUNT, accurateBits, beginAccurate, codeOf, countMark, hearFirstCount, isAccurate,
  ownCode, takeSynAckCode, tellsMark,
} from "../../../assembly/tcp/accurate_ecn";
import { plan } from "../../../assembly/tcp/plan";
import { Tcb, TcbFlag, clearFlag, has } from "../../../assembly/tcp/tcb";
import { Segment } from "../../../assembly/wire/segment";
import { ACE_SHIFT, Flag, aceOf } from "../../../assembly/wire/tcp";

const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));
const tcb: Tcb = changetype<Tcb>(memory.data(offsetof<Tcb>(), 8));

/** Both have agreed; the packet that said so had this ECN field. */
function agreed(field: u8): void {
  memory.fill(changetype<usize>(tcb), 0, offsetof<Tcb>());
  memory.fill(changetype<usize>(seg), 0, offsetof<Segment>());
  plan.len = 0;
  plan.flags = Flag.Ack;
  thePacket().service = field;
  beginAccurate(tcb);
}

/** A segment comes with the code, or the count, in its ACE field. */
function coming(ace: u32, textLen: u32 = 0): Segment {
  seg.flags = Flag.Ack | (ace << ACE_SHIFT);
  seg.textLen = textLen;
  return seg;
}

/** A segment with text comes in a packet with this ECN field: is an ACK due at once? */
function isTold(field: u8, textLen: u32): bool {
  clearFlag(tcb, TcbFlag.AckNow);
  thePacket().service = field;
  countMark(tcb, coming(FIRST_COUNT, textLen));
  return has(tcb, TcbFlag.AckNow);
}

describe("codeOf", () => {
  it("is what tables 2 and 3 have for Not-ECT, ECT(1), ECT(0), CE", () => {
    expect<u32>(codeOf(0)).toBe(0b010);
    expect<u32>(codeOf(1)).toBe(0b011);
    expect<u32>(codeOf(2)).toBe(0b100);
    expect<u32>(codeOf(3)).toBe(0b110);
  });
});

describe("beginAccurate", () => {
  it("counts from 5, and remembers the field of the SYN", () => {
    agreed(2);
    expect<bool>(isAccurate(tcb)).toBe(false);
    expect<u32>(tcb.accurate & Accurate.On).not.toBe(0);
    expect<u32>(ownCode(tcb)).toBe(0b100);
    expect<u32>(aceOf(accurateBits(tcb))).toBe(5);
  });
});

describe("takeSynAckCode", () => {
  it("has the ACK tell the SYN+ACK's field, in a segment without text (3.2.2.1)", () => {
    agreed(0);
    thePacket().service = 2;
    expect<bool>(takeSynAckCode(tcb, coming(0b010))).toBe(false);
    expect<u32>(aceOf(accurateBits(tcb))).toBe(0b100);
    plan.len = 10;
    expect<u32>(aceOf(accurateBits(tcb))).toBe(5);
  });

  it("counts the SYN+ACK's own mark once, though it comes again", () => {
    agreed(0);
    thePacket().service = 3;
    takeSynAckCode(tcb, coming(0b010));
    takeSynAckCode(tcb, coming(0b010));
    expect<u32>(aceOf(accurateBits(tcb))).toBe(0b110);
    plan.len = 10;
    expect<u32>(aceOf(accurateBits(tcb))).toBe(6);
  });

  it("says that our SYN came marked, or was mangled", () => {
    agreed(0);
    expect<bool>(takeSynAckCode(tcb, coming(0b110))).toBe(true);
    expect<u32>(tcb.accurate & Accurate.NotCapable).not.toBe(0);
    agreed(0);
    expect<bool>(takeSynAckCode(tcb, coming(0b100))).toBe(false);
    expect<u32>(tcb.accurate & Accurate.NotCapable).not.toBe(0);
    agreed(0);
    takeSynAckCode(tcb, coming(0b010));
    expect<u32>(tcb.accurate & Accurate.NotCapable).toBe(0);
  });
});

describe("countMark", () => {
  it("counts marks and nothing else, modulo 8", () => {
    agreed(0);
    for (let field: u8 = 0; field < 3; field++) isTold(field, 10);
    expect<u32>(aceOf(accurateBits(tcb))).toBe(5);
    for (let count = 0; count < 9; count++) isTold(3, 10);
    expect<u32>(aceOf(accurateBits(tcb))).toBe((5 + 9) & 7);
  });

  it("tells at once of the first mark on text, and of the second in a row (3.2.2.5.1)", () => {
    agreed(0);
    expect<bool>(isTold(3, 10)).toBe(true);
    expect<bool>(isTold(3, 10)).toBe(true);
    tcb.rCepTold = tcb.rCep;
    expect<bool>(isTold(3, 10)).toBe(false);
    expect<bool>(isTold(3, 10)).toBe(true);
  });

  it("tells of marks on bare ACKs when there are three", () => {
    agreed(0);
    expect<bool>(isTold(3, 0)).toBe(false);
    expect<bool>(isTold(3, 0)).toBe(false);
    expect<bool>(isTold(3, 0)).toBe(true);
  });
});

describe("hearFirstCount", () => {
  it("gives up on a field that is zeroed from the first (3.2.2.4)", () => {
    agreed(0);
    hearFirstCount(tcb, coming(0));
    expect<u32>(tcb.accurate & Accurate.Deaf).toBe(Accurate.Deaf);
    expect<u32>(tcb.accurate & Accurate.NotCapable).toBe(Accurate.NotCapable);
  });

  it("takes any other, and a 0 that comes later, as a count", () => {
    agreed(0);
    hearFirstCount(tcb, coming(5));
    hearFirstCount(tcb, coming(0));
    expect<u32>(tcb.accurate & (Accurate.Deaf | Accurate.NotCapable)).toBe(0);
  });
});

describe("tellsMark", () => {
  it("is true of a field other than the last", () => {
    agreed(0);
    expect<bool>(tellsMark(tcb, coming(5))).toBe(false);
    expect<bool>(tellsMark(tcb, coming(6))).toBe(true);
    tcb.accurate |= <u8>Accurate.Deaf;
    expect<bool>(tellsMark(tcb, coming(6))).toBe(false);
  });
});
