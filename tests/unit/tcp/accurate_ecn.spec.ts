/** Accurate ECN (RFC 9768): the handshake's codes, and the count in the ACE field. */
import { thePacket } from "../../../assembly/net/packet";
import {
  Accurate, FIRST_COUNT, accurateBits, beginAccurate, codeOf, countMark, isAccurate, noteSynAckAgain,
  noteTold, owesBareAck, ownCode, takeSynAckCode, takeThirdCode, tellsMark,
} from "../../../assembly/tcp/accurate_ecn";
import { plan } from "../../../assembly/tcp/plan";
import { Tcb, TcbFlag, clearFlag, has, setFlag } from "../../../assembly/tcp/tcb";
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
    expect<bool>(isAccurate(tcb)).toBe(true);
    expect<u32>(ownCode(tcb)).toBe(0b100);
    expect<u32>(aceOf(accurateBits(tcb))).toBe(5);
  });
});

describe("takeSynAckCode", () => {
  it("has the ACK tell the SYN+ACK's field, in a segment without text (3.2.2.1)", () => {
    agreed(0);
    thePacket().service = 2;
    expect<bool>(takeSynAckCode(tcb, coming(0b010))).toBe(false);
    setFlag(tcb, TcbFlag.AckNow);
    expect<bool>(owesBareAck(tcb)).toBe(true);
    expect<u32>(aceOf(accurateBits(tcb))).toBe(0b100);
    noteTold(tcb);
    expect<bool>(owesBareAck(tcb)).toBe(false);
    expect<u32>(aceOf(accurateBits(tcb))).toBe(5);
  });

  it("counts the SYN+ACK's own mark once, though it comes again", () => {
    agreed(0);
    thePacket().service = 3;
    takeSynAckCode(tcb, coming(0b010));
    noteTold(tcb);
    seg.flags = Flag.Syn | Flag.Ack;
    seg.seq = tcb.rcvNxt - 1;
    seg.ack = tcb.sndUna;
    noteSynAckAgain(tcb, seg);
    expect<u32>(aceOf(accurateBits(tcb))).toBe(0b110);
    noteTold(tcb);
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

describe("takeThirdCode (table 4)", () => {
  it("puts the count in place of the code", () => {
    agreed(0);
    takeThirdCode(tcb, coming(0b010));
    expect<u32>(aceOf(seg.flags)).toBe(5);
    takeThirdCode(tcb, coming(0b110));
    expect<u32>(aceOf(seg.flags)).toBe(6);
  });

  it("leaves a segment with text alone: it bears the count", () => {
    agreed(0);
    takeThirdCode(tcb, coming(0b111, 10));
    expect<u32>(aceOf(seg.flags)).toBe(7);
  });

  it("believes nothing that comes after a field that was zeroed", () => {
    agreed(0);
    takeThirdCode(tcb, coming(0));
    expect<bool>(tellsMark(tcb, coming(6))).toBe(false);
    expect<u32>(tcb.accurate & Accurate.NotCapable).not.toBe(0);
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
    noteTold(tcb);
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

describe("tellsMark", () => {
  it("is true of a field other than the last", () => {
    agreed(0);
    expect<bool>(tellsMark(tcb, coming(5))).toBe(false);
    expect<bool>(tellsMark(tcb, coming(6))).toBe(true);
  });
});
