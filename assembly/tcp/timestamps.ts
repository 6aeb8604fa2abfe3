/**
 * Timestamps (RFC 7323): our clock as the peer sees it, what is echoed to it, and PAWS, which keeps
 * segments of an earlier turn of the sequence numbers out.
 */
import { Counter } from "../abi/counter";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { Offer } from "../wire/tcp_options";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { seqGt, seqLt } from "./seq";
import { Tcb, TcbFlag, has } from "./tcb";

/** RFC 7323 section 5.5: a TS.Recent this old says nothing any more. 24 days. */
const OUTDATED_MS: u32 = 24 * 24 * 60 * 60 * 1000;

/** What a segment's timestamp says of it. */
export const enum Age {
  /** It is not older than what came before, or bears none as agreed. */
  Fine = 0,
  /** It bears none, and must. */
  Unknown,
  /** It is older. */
  Old,
}

/** TSval of a connection with this offset: milliseconds. */
export function timestamp(offset: u32): u32 {
  return nowMs() + offset;
}

/** Whether a segment with these options can belong to a connection that agreed on `offers`. */
export function ageOf(seg: Segment, offers: u32, recent: u32): Age {
  // PAWS is not for resets (RFC 7323 section 5.2).
  if ((offers & Offer.Timestamps) == 0 || (seg.flags & Flag.Rst) != 0) return Age.Fine;
  if ((seg.offers & Offer.Timestamps) == 0) {
    count(Counter.TcpTimestampMissing);
    return Age.Unknown;
  }
  if (!seqLt(seg.tsVal, recent)) return Age.Fine;
  count(Counter.TcpTimestampOld);
  return Age.Old;
}

/** The same for a connection. */
export function ageFor(tcb: Tcb, seg: Segment): Age {
  if (!has(tcb, TcbFlag.Timestamps)) return Age.Fine;
  const isOutdated = nowMs() - tcb.heardAtMs > OUTDATED_MS;
  return ageOf(seg, Offer.Timestamps, isOutdated ? seg.tsVal : tcb.tsRecent);
}

/** RFC 7323 section 4.3: TS.Recent is of the first segment that the next ACK will answer. */
export function noteTimestamp(tcb: Tcb, seg: Segment): void {
  if (!has(tcb, TcbFlag.Timestamps) || seqGt(seg.seq, tcb.rcvAcked)) return;
  tcb.tsRecent = seg.tsVal;
}
