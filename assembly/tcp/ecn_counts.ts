/**
 * The AccECN option (RFC 9768 section 3.2.3), sent only: how many octets of text have come with
 * each mark. An ACK bears it when some have since the last one that did (section 3.2.3.3), so an
 * ACK of eight segments and more, whose ACE field may have gone round, tells that it has not. What
 * is for the peer to make of it, nothing here knows.
 *
 * Deviation: the handshake does not try whether the option comes through (section 3.2.3.2.1), so
 * that none fails by it. What finds out is text that comes again: the ACK of that bears no option,
 * and if it happens three times while no text comes from beyond the window that such ACKs have told
 * the peer of, no segment does any more. How many options there were in between says nothing: a
 * peer whose tail probes get all its text acknowledged sends twice as much the next time.
 */
import { CONGESTION_EXPERIENCED, ECN_CAPABLE } from "../wire/ipv4";
import { COUNTS_LEN, MORE_COUNTS_LEN, emitCounts } from "../wire/tcp_options";
import { seqGt } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";

/** `Tcb.ecnCounts`: two bits, and a number. */
const enum Counts {
  /** Octets have come that no option has told of. */
  Due = 1,
  /** The option has been sent since text last came again. */
  Told = 2,
  /** How often text came again behind one, since the last that is known to have come through. */
  Again = 4,
}

/** From so often on the option seems not to come through. */
const HOPELESS: u32 = 3 * Counts.Again;

/** Octets that timestamps leave for options. */
const LEAST_ROOM: u32 = 28;
const ROOM: u32 = 40;

/** Both sides have agreed on accurate ECN: the counts of section 3.2.1. */
export function beginCounts(tcb: Tcb): void {
  tcb.rE0b = 1;
  tcb.rE1b = 1;
  tcb.rCeb = 0;
  tcb.ecnCounts = 0;
}

/** An acceptable segment came with `len` octets of text, in a packet with this ECN field. */
export function countText(tcb: Tcb, field: u32, len: u32): void {
  if (field == 0 || len == 0) return;
  if (field == CONGESTION_EXPERIENCED) tcb.rCeb += len;
  else if (field == ECN_CAPABLE) tcb.rE0b += len;
  else tcb.rE1b += len;
  tcb.ecnCounts |= <u8>Counts.Due;
}

/** Text came again: an ACK may have been lost, and by its option. So this one bears none. */
export function noteTextAgain(tcb: Tcb): void {
  if (tcb.ecnCounts & Counts.Told) tcb.ecnCounts += <u8>(Counts.Again - Counts.Told);
  tcb.ecnCounts &= ~(<u8>Counts.Due);
  tcb.knownEdge = tcb.rcvAdv;
}

/** A segment with ACK has left: the peer knows of its window, if no option may have cost it. */
export function noteWindowTold(tcb: Tcb): void {
  if ((tcb.ecnCounts & Counts.Told) == 0) tcb.knownEdge = tcb.rcvAdv;
}

/**
 * Acceptable text came that ends with `end`. If that is beyond the window of which the peer knows
 * without the option, by more than the octet of a probe, then one with it has come through.
 */
export function noteTextEnd(tcb: Tcb, end: u32): void {
  if ((tcb.ecnCounts & Counts.Told) == 0 || !seqGt(end, tcb.knownEdge + 1)) return;
  tcb.ecnCounts &= <u8>(Counts.Due | Counts.Told);
}

/** Blocks of SACK for which an option leaves no room: one, as long as two have room beside it. */
export function blocksFewer(tcb: Tcb): u32 {
  if (!isDue(tcb)) return 0;
  return u32(lenOf(tcb) == COUNTS_LEN || !has(tcb, TcbFlag.Timestamps));
}

/** Octets of the option on the next segment, beside `taken` of options but timestamps; 0: none. */
export function countsLen(tcb: Tcb, taken: u32): u32 {
  if (!isDue(tcb)) return 0;
  const len = lenOf(tcb);
  return taken + len <= (has(tcb, TcbFlag.Timestamps) ? LEAST_ROOM : ROOM) ? len : 0;
}

/** Writes the option of `len` octets, as `countsLen` has them. Returns them. */
export function tellCounts(tcb: Tcb, at: usize, len: u32): u32 {
  if (len == 0) return 0;
  emitCounts(at, len, tcb.rE0b, tcb.rCeb, tcb.rE1b, hasEct1(tcb));
  tcb.ecnCounts = (tcb.ecnCounts & ~(<u8>Counts.Due)) | <u8>Counts.Told;
  return len;
}

function isDue(tcb: Tcb): bool {
  const state = <u32>tcb.ecnCounts;
  return (state & Counts.Due) != 0 && state < HOPELESS;
}

/** All counts that have ever changed: that of CE, and that of one kind of ECT or of both. */
function lenOf(tcb: Tcb): u32 {
  return hasEct1(tcb) && tcb.rE0b != 1 ? MORE_COUNTS_LEN : COUNTS_LEN;
}

function hasEct1(tcb: Tcb): bool {
  return tcb.rE1b != 1;
}
