/** TCP options (RFC 9293 section 3.2, RFC 7323 section 2.2). Formats only. */
import { load16, store16 } from "../core/bytes";
import { Segment } from "./segment";

const KIND_END: u32 = 0;
const KIND_NO_OPERATION: u32 = 1;
const KIND_MSS: u32 = 2;
const KIND_WINDOW_SCALE: u32 = 3;

const MSS_LEN: u32 = 4;
const WINDOW_SCALE_LEN: u32 = 3;

/**
 * Reads the `len` octets of options at `at` into `seg`; what is unknown is skipped by its length
 * (MUST-6). False: a length below 2 or beyond the header (MUST-7). An option that we know with a
 * length that it cannot have is skipped like an unknown one.
 */
export function parseOptions(at: usize, len: u32, seg: Segment): bool {
  seg.mss = 0;
  seg.scale = 0;
  const end = at + len;
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

/** Writes the MSS option. Returns its length, a multiple of 4. */
export function emitMss(at: usize, mss: u32): u32 {
  store16(at, (KIND_MSS << 8) | MSS_LEN);
  store16(at + 2, mss);
  return MSS_LEN;
}

/** Writes the window scale option behind a no-operation. Returns 4. */
export function emitWindowScale(at: usize, shift: u32): u32 {
  store16(at, (KIND_NO_OPERATION << 8) | KIND_WINDOW_SCALE);
  store16(at + 2, (WINDOW_SCALE_LEN << 8) | shift);
  return WINDOW_SCALE_LEN + 1;
}

function takeOption(at: usize, kind: u32, len: u32, seg: Segment): void {
  if (kind == KIND_MSS && len == MSS_LEN) seg.mss = <u16>load16(at + 2);
  // RFC 7323 section 2.3: a shift above 14 is taken as 14.
  if (kind == KIND_WINDOW_SCALE && len == WINDOW_SCALE_LEN) {
    seg.scale = <u8>(min<u32>(load<u8>(at, 2), 14) + 1);
  }
}
