/**
 * SEGMENT ARRIVES in TIME-WAIT (RFC 9293 section 3.10.7.4), where an entry of 64 octets answers for
 * the connection.
 */
import { Counter } from "../abi/counter";
import { dropEntry } from "../core/pool";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { Offer } from "../wire/tcp_options";
import { isForAccurate } from "./accurate_ecn";
import { segmentArrivesInListen } from "./arrives_listen";
import { mayChallenge } from "./challenge";
import { findListener, hasBacklog } from "./listeners";
import { agreedOffers } from "./options";
import { acknowledgeSegment, segmentLen, setAce } from "./reset";
import { seqGt } from "./seq";
import { hasEntry } from "./syn_queue";
import { TimeWait, restartTimeWait } from "./time_wait";

/** How far a new connection's sequence numbers begin beyond the old one's (MAY-2). */
const ISS_STEP: u32 = 64000;

/** Takes a segment whose checksum is right. Says under what it counts. */
export function segmentArrivesInTimeWait(entry: TimeWait, packet: Packet, seg: Segment): Counter {
  // RFC 1337, first fix: a RST does not end TIME-WAIT, as it may be an old one.
  if (seg.flags & Flag.Rst) return Counter.DropTcpTimeWait;
  if (isReuse(entry, packet, seg)) return reuse(entry, packet, seg);
  const expected = seg.seq == entry.rcvNxt;
  if (segmentLen(seg) == 0 && expected) return Counter.DropTcpTimeWait;
  // Only the peer's own FIN, sent again, makes us wait anew. All else is answered within a limit.
  if ((seg.flags & Flag.Fin) != 0 && seg.seq + segmentLen(seg) == entry.rcvNxt) {
    restartTimeWait(entry);
  } else if (!mayChallenge()) {
    return Counter.DropTcpTimeWait;
  }
  const reply = acknowledgeSegment(
    packet, entry.sndNxt, entry.rcvNxt, entry.wnd, entry.offers, entry.tsRecent,
  );
  reply.timeToLive = entry.timeToLive;
  if (isForAccurate(entry.offers)) setAce(reply, entry.offers & 7);
  return Counter.InTcp;
}

/** A SYN from beyond the old connection opens a new one, if there is room for it. */
function isReuse(entry: TimeWait, packet: Packet, seg: Segment): bool {
  if ((seg.flags & (Flag.Syn | Flag.Ack | Flag.Fin)) != Flag.Syn) return false;
  const listener = findListener(packet.ports);
  if (listener == null || !hasBacklog(listener) || !hasEntry(listener)) return false;
  return isBeyond(entry, seg, agreedOffers(seg.offers, listener.switches));
}

/** RFC 6191 section 2 (SHLD-4): by timestamps where there are any, else by sequence (MAY-2). */
function isBeyond(entry: TimeWait, seg: Segment, offers: u32): bool {
  if (offers & Offer.Timestamps) {
    if ((entry.offers & Offer.Timestamps) == 0) return true;
    if (seg.tsVal != entry.tsRecent) return seqGt(seg.tsVal, entry.tsRecent);
  }
  return seqGt(seg.seq, entry.rcvNxt);
}

function reuse(entry: TimeWait, packet: Packet, seg: Segment): Counter {
  const least = entry.sndNxt + ISS_STEP;
  dropEntry(entry);
  return segmentArrivesInListen(packet, seg, least);
}
