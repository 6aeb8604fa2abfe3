/**
 * A segment's first steps: it is parsed, its connection found, its checksum verified while its text
 * goes to its place, and it is handed to the state that it arrives in.
 */
import { Counter } from "../abi/counter";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { HAS_SHORT_WAYS } from "../config";
import { addOctets, isIntact } from "../core/checksum";
import { Entry } from "../core/pool";
import { findEntry } from "../core/table";
import { pseudoSum } from "../net/interface";
import { Packet, isChecked } from "../net/packet";
import { PROTOCOL_TCP } from "../wire/ipv4";
import { segment } from "../wire/segment";
import { addHeader, firstPort, parseTcp, secondPort, tcpPorts } from "../wire/tcp";
import { segmentArrivesHalfOpen } from "./arrives_half_open";
import { segmentArrivesInListen } from "./arrives_listen";
import { segmentArrivesInSynSent } from "./arrives_syn_sent";
import { segmentArrives } from "./arrives_synchronized";
import { segmentArrivesInTimeWait } from "./arrives_time_wait";
import { HalfOpen } from "./syn_queue";
import { Tcb } from "./tcb";
import { placeText } from "./text";
import { TimeWait } from "./time_wait";

/** Takes the TCP segment in `packet`. Says under what it counts. */
export function inputSegment(packet: Packet): Counter {
  if (!parseTcp(packet.textAt, packet.textLen, segment)) return Counter.DropTcpMalformed;
  const ports = tcpPorts(packet.textAt);
  if (firstPort(ports) == 0 || secondPort(ports) == 0) return Counter.DropTcpMalformed;
  packet.ports = ports;
  const entry = changetype<Entry | null>(findEntry(packet));
  if (!isSound(packet, entry)) return Counter.DropTcpChecksum;
  if (entry == null) return segmentArrivesInListen(packet, segment, 0);
  return deliver(entry, packet);
}

function deliver(entry: Entry, packet: Packet): Counter {
  if (entry.kind == Table.HalfOpen) {
    return segmentArrivesHalfOpen(changetype<HalfOpen>(entry), packet, segment);
  }
  if (entry.kind == Table.TimeWait) {
    return segmentArrivesInTimeWait(changetype<TimeWait>(entry), packet, segment);
  }
  const tcb = changetype<Tcb>(entry);
  if (tcb.state == State.SynSent) segmentArrivesInSynSent(tcb, packet, segment);
  else segmentArrives(tcb, packet, segment);
  return Counter.InTcp;
}

/** Whether the checksum is right (MUST-3). On the way the text may go to its place. */
function isSound(packet: Packet, entry: Entry | null): bool {
  if (isChecked()) return true;
  let sum = pseudoSum(packet, PROTOCOL_TCP, packet.textLen);
  sum = addHeader(sum, packet.textAt, <u32>(segment.textAt - packet.textAt));
  if (!HAS_SHORT_WAYS || segment.textLen != 0) {
    sum = entry != null && entry.kind == Table.Connections && segment.textLen != 0
      ? placeText(sum, changetype<Tcb>(entry), segment)
      : addOctets(sum, segment.textAt, segment.textLen);
  }
  return isIntact(sum);
}
