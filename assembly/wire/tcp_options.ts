/**
 * TCP options (RFC 9293 section 3.2, RFC 7323 sections 2.2 and 3.2, RFC 2018 sections 2 and 3,
 * RFC 5482 section 2, RFC 9768 section 3.2.3). Formats only.
 */
import { HAS_SHORT_WAYS } from "../config";
import { load16, load32, store16, store32, swap16 } from "../core/bytes";
import { Segment } from "./segment";

const KIND_END: u32 = 0;
const KIND_NO_OPERATION: u32 = 1;
const KIND_MSS: u32 = 2;
const KIND_WINDOW_SCALE: u32 = 3;
const KIND_SACK_PERMITTED: u32 = 4;
const KIND_SACK: u32 = 5;
const KIND_TIMESTAMPS: u32 = 8;
const KIND_USER_TIMEOUT: u32 = 28;
/** AccECN0; AccECN1, which has the counts the other way round. */
const KIND_COUNTS: u32 = 172;
const KIND_COUNTS_REVERSED: u32 = 174;

const MSS_LEN: u32 = 4;
const WINDOW_SCALE_LEN: u32 = 3;
const SACK_PERMITTED_LEN: u32 = 2;
const TIMESTAMPS_OPTION_LEN: u32 = 10;

/** RFC 7323 section 2.3: a shift above it is taken as this. */
const LARGEST_SHIFT: u32 = 14;

const TWO_NO_OPERATIONS: u32 = (KIND_NO_OPERATION << 8) | KIND_NO_OPERATION;
/** What RFC 7323 appendix A has segments begin their options with, as loaded. */
const TIMESTAMPS_ALONE: u32 =
  (TIMESTAMPS_OPTION_LEN << 24) | (KIND_TIMESTAMPS << 16) | TWO_NO_OPERATIONS;

// The words of a SYN's options as `emitSynOptions` and most others write them, as loaded: the MSS
// first, SACK-permitted, the scale behind a no-operation last.
const USUAL_SYN_LEN: u32 = 12;
const USUAL_SYN_LEN_TIMESTAMPS: u32 = 20;
const MSS_FIRST: u32 = (MSS_LEN << 8) | KIND_MSS;
/** The whole option: where timestamps follow it takes the place of their no-operations. */
const SACK_PERMITTED: u32 = (SACK_PERMITTED_LEN << 8) | KIND_SACK_PERMITTED;
const SACK_ALONE: u32 = (SACK_PERMITTED << 16) | TWO_NO_OPERATIONS;
const SACK_AND_TIMESTAMPS: u32 =
  (TIMESTAMPS_OPTION_LEN << 24) | (KIND_TIMESTAMPS << 16) | SACK_PERMITTED;
const SCALE_LAST: u32 = (WINDOW_SCALE_LEN << 16) | (KIND_WINDOW_SCALE << 8) | KIND_NO_OPERATION;

/** Octets of the timestamps option behind two no-operations. */
export const TIMESTAMPS_LEN: u32 = 12;
/** Octets in front of the blocks of a SACK option: two no-operations, kind, length. */
export const SACK_HEADER_LEN: u32 = 4;
/** Octets of a block of it. */
export const SACK_BLOCK_LEN: u32 = 8;

/** Octets of the user timeout option. */
export const USER_TIMEOUT_LEN: u32 = 4;
/** Its granularity bit: the time is in minutes. */
const MINUTES: u32 = 0x8000;
/** Octets of the AccECN option with two counts; with all three, and a no-operation behind. */
export const COUNTS_LEN: u32 = 8;
export const MORE_COUNTS_LEN: u32 = 12;

/** What a side offers, or has agreed to: an octet. */
export const enum Offer {
  /** The window scale option's shift plus 1; 0: none. */
  Scale = 15,
  /** SACK-permitted. */
  Sack = 16,
  /** The timestamps option. */
  Timestamps = 32,
  /** Of a SYN+ACK: it is a cookie, and its TSval tells what the peer offered. */
  Cookie = 64,
  /** Explicit congestion notification: no option, but two control bits of the SYN (RFC 3168). */
  Ecn = 128,
  /** The accurate one, by three bits (RFC 9768). A cookie has no ECN: both bits are this. */
  AccurateEcn = 192,
}

/**
 * Reads the `len` octets of options at `at` into `seg`; what is unknown is skipped by its length
 * (MUST-6). False: a length below 2 or beyond the header (MUST-7). An option that we know with a
 * length that it cannot have is skipped like an unknown one.
 */
export function parseOptions(at: usize, len: u32, seg: Segment): bool {
  seg.mss = 0;
  seg.offers = 0;
  seg.timeoutS = 0;
  seg.sackCount = 0;
  const end = at + len;
  if (len == TIMESTAMPS_LEN && areTimestampsAlone(at)) {
    takeOption(at + 2, KIND_TIMESTAMPS, TIMESTAMPS_OPTION_LEN, seg);
    return true;
  }
  if (HAS_SHORT_WAYS && takeUsualSyn(at, len, seg)) return true;
  while (at < end) {
    const kind = <u32>load<u8>(at);
    if (kind == KIND_END) return true;
    if (kind == KIND_NO_OPERATION) {
      at++;
      continue;
    }
    if (at + 2 > end) return false;
    const optionLen = <u32>load<u8>(at, 1);
    if (optionLen < 2 || at + optionLen > end) return false;
    takeOption(at, kind, optionLen, seg);
    at += optionLen;
  }
  return true;
}

/**
 * Writes the options of a SYN: MSS, and what of `offers` it has; the shift of the window scale
 * option is `shift`. Returns their length, a multiple of 4.
 */
export function emitSynOptions(
  at: usize, mss: u32, offers: u32, shift: u32, value: u32, echo: u32,
): u32 {
  const start = at;
  // By words: soon summed as such, where halves would have to be waited for.
  store<u32>(at, MSS_FIRST | (swap16(mss) << 16));
  at += MSS_LEN;
  if (offers & Offer.Timestamps) {
    at += emitBehind(offers & Offer.Sack ? SACK_AND_TIMESTAMPS : TIMESTAMPS_ALONE, at, value, echo);
  } else if (offers & Offer.Sack) {
    store<u32>(at, SACK_ALONE);
    at += 4;
  }
  if (offers & Offer.Scale) {
    store<u32>(at, SCALE_LAST | (shift << 24));
    at += 4;
  }
  return <u32>(at - start);
}

/** Writes the timestamps option behind two no-operations (RFC 7323 appendix A). Returns 12. */
export function emitTimestamps(at: usize, value: u32, echo: u32): u32 {
  return emitBehind(TIMESTAMPS_ALONE, at, value, echo);
}

/** The same behind another first word, which has the option's kind and length, too. */
function emitBehind(first: u32, at: usize, value: u32, echo: u32): u32 {
  store<u32>(at, first);
  store32(at + 4, value);
  store32(at + 8, echo);
  return TIMESTAMPS_LEN;
}

/** Whether `TIMESTAMPS_LEN` octets of options are timestamps, and laid out as everybody does. */
export function areTimestampsAlone(at: usize): bool {
  return load<u32>(at) == TIMESTAMPS_ALONE;
}

/** TSval of such options. */
export function timestampValue(at: usize): u32 {
  return load32(at + 4);
}

/** TSecr of such options. */
export function timestampEcho(at: usize): u32 {
  return load32(at + 8);
}

/** Writes what is in front of `blocks` blocks of a SACK option. Returns 4. */
export function emitSackHeader(at: usize, blocks: u32): u32 {
  store16(at, TWO_NO_OPERATIONS);
  store16(at + 2, (KIND_SACK << 8) | (2 + blocks * SACK_BLOCK_LEN));
  return SACK_HEADER_LEN;
}

/** The first octet of block `index` of those at `at`. */
export function sackBlockFrom(at: usize, index: u32): u32 {
  return load32(at + <usize>(index * SACK_BLOCK_LEN));
}

/** The octet after its last. */
export function sackBlockTo(at: usize, index: u32): u32 {
  return load32(at + <usize>(index * SACK_BLOCK_LEN) + 4);
}

/** Writes a block: the octets `from` to `to`, exclusive. */
export function emitSackBlock(at: usize, from: u32, to: u32): void {
  store32(at, from);
  store32(at + 4, to);
}

/** Writes the user timeout option: seconds, or whole minutes where they would not fit. */
export function emitUserTimeout(at: usize, seconds: u32): u32 {
  store16(at, (KIND_USER_TIMEOUT << 8) | USER_TIMEOUT_LEN);
  store16(at + 2, seconds < MINUTES ? seconds : MINUTES | seconds / 60);
  return USER_TIMEOUT_LEN;
}

/**
 * Writes the AccECN option of `len` octets (RFC 9768 section 3.2.3): the low 24 bits of each count
 * of octets, those of ECT(0) first and of ECT(1) last, or the other way round.
 */
export function emitCounts(
  at: usize, len: u32, e0b: u32, ceb: u32, e1b: u32, isReversed: bool,
): void {
  const kind = isReversed ? KIND_COUNTS_REVERSED : KIND_COUNTS;
  const first = isReversed ? e1b : e0b;
  const optionLen = len - u32(len == MORE_COUNTS_LEN);
  store32(at, (kind << 24) | (optionLen << 16) | ((first >> 8) & 0xffff));
  store32(at + 4, (first << 24) | (ceb & 0xffffff));
  if (len == MORE_COUNTS_LEN) store32(at + 8, ((isReversed ? e0b : e1b) << 8) | KIND_NO_OPERATION);
}

/**
 * Takes the `len` octets of options at `at` word by word, if they are those of most SYNs: what
 * `parseOptions` reads from them. False: they are other ones, and nothing is taken.
 */
export function takeUsualSyn(at: usize, len: u32, seg: Segment): bool {
  if (len != USUAL_SYN_LEN && len != USUAL_SYN_LEN_TIMESTAMPS) return false;
  const scale = load<u32>(at + len - 4);
  if (<u32>load<u16>(at) != MSS_FIRST || (scale & 0xffffff) != SCALE_LAST) return false;
  let offers: u32 = Offer.Sack | (min<u32>(scale >> 24, LARGEST_SHIFT) + 1);
  const second = load<u32>(at, 4);
  if (len == USUAL_SYN_LEN) {
    if (second != SACK_ALONE) return false;
  } else {
    if (second != SACK_AND_TIMESTAMPS) return false;
    offers |= Offer.Timestamps;
    seg.tsVal = load32(at + 8);
    seg.tsEcr = load32(at + 12);
  }
  seg.mss = <u16>load16(at + 2);
  seg.offers = <u8>offers;
  return true;
}

function takeOption(at: usize, kind: u32, len: u32, seg: Segment): void {
  if (kind == KIND_TIMESTAMPS && len == TIMESTAMPS_OPTION_LEN) {
    seg.offers |= <u8>Offer.Timestamps;
    seg.tsVal = load32(at + 2);
    seg.tsEcr = load32(at + 6);
  } else if (kind == KIND_SACK && (len & (SACK_BLOCK_LEN - 1)) == 2) {
    seg.sackAt = at + 2;
    seg.sackCount = len / SACK_BLOCK_LEN;
  } else if (kind == KIND_MSS && len == MSS_LEN) {
    seg.mss = <u16>load16(at + 2);
  } else if (kind == KIND_USER_TIMEOUT && len == USER_TIMEOUT_LEN) {
    const time = load16(at + 2);
    seg.timeoutS = <u16>min<u32>(time & MINUTES ? (time & ~MINUTES) * 60 : time, 0xffff);
  } else if (kind == KIND_SACK_PERMITTED && len == SACK_PERMITTED_LEN) {
    seg.offers |= <u8>Offer.Sack;
  } else if (kind == KIND_WINDOW_SCALE && len == WINDOW_SCALE_LEN) {
    // Of two options the last counts.
    const shift = min<u32>(load<u8>(at, 2), LARGEST_SHIFT);
    seg.offers = <u8>((seg.offers & ~Offer.Scale) | (shift + 1));
  }
}
