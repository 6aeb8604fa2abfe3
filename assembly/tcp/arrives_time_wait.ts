/**
 * SEGMENT ARRIVES in TIME-WAIT (RFC 9293 section 3.10.7.4), where an entry of 64 octets answers for
 * the connection.
 */
import { Counter } from "../abi/counter";
import { dropEntry } from "../core/pool";
import { Packet } from "../net/packet";
import { Segment } from "../wire/segment";
import { Flag } from "../wire/tcp";
import { segmentArrivesInListen } from "./arrives_listen";
import { findListener, hasBacklog } from "./listeners";
import { acknowledgeSegment, segmentLen } from "./reset";
import { seqGt } from "./seq";
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
  acknowledgeSegment(packet, seg, entry.sndNxt, entry.rcvNxt, 0);
  // Only the peer's own FIN, sent again, makes us wait anew.
  if ((seg.flags & Flag.Fin) != 0 && seg.seq + segmentLen(seg) == entry.rcvNxt) {
    restartTimeWait(entry);
  }
  return Counter.InTcp;
}

/** RFC 9293 section 3.6.1, MAY-2: a SYN from beyond the old connection opens a new one. */
function isReuse(entry: TimeWait, packet: Packet, seg: Segment): bool {
  if ((seg.flags & (Flag.Syn | Flag.Ack | Flag.Fin)) != Flag.Syn) return false;
  if (!seqGt(seg.seq, entry.rcvNxt)) return false;
  const listener = findListener(packet.ports);
  return listener != null && hasBacklog(listener);
}

function reuse(entry: TimeWait, packet: Packet, seg: Segment): Counter {
  const least = entry.sndNxt + ISS_STEP;
  dropEntry(entry);
  return segmentArrivesInListen(packet, seg, least);
}
