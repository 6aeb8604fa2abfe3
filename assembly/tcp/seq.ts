/**
 * Sequence numbers (RFC 9293 section 3.4): 32 bits, modulo 2^32. Of two numbers the one is before
 * the other when the way forward from it is shorter than 2^31; nothing else in the stack compares
 * them.
 */

/** How many octets `to` lies after `from`. */
export function seqDistance(from: u32, to: u32): u32 {
  return to - from;
}

/** `a` is before `b`. */
export function seqLt(a: u32, b: u32): bool {
  return <i32>(a - b) < 0;
}

/** `a` is before `b`, or is `b`. */
export function seqLe(a: u32, b: u32): bool {
  return <i32>(a - b) <= 0;
}

/** `a` is after `b`. */
export function seqGt(a: u32, b: u32): bool {
  return <i32>(a - b) > 0;
}

/** `a` is after `b`, or is `b`. */
export function seqGe(a: u32, b: u32): bool {
  return <i32>(a - b) >= 0;
}

/** The earlier of the two. */
export function seqMin(a: u32, b: u32): u32 {
  return seqLt(a, b) ? a : b;
}

/** The later of the two. */
export function seqMax(a: u32, b: u32): u32 {
  return seqLt(a, b) ? b : a;
}

/** Whether `seq` is one of the `wnd` numbers from `from`. */
export function seqInWindow(seq: u32, from: u32, wnd: u32): bool {
  return seq - from < wnd;
}
