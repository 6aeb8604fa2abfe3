/**
 * ICMP errors about our own segments (RFC 9293 section 3.9.2.2, RFC 5927, RFC 5461). An error is
 * believed only when the sequence number it quotes is on its way; and it ends only an attempt to
 * connect, never a connection (docs/decisions/icmp-errors.md).
 */
import { Counter } from "../abi/counter";
import { Event } from "../abi/event";
import { Reason, SoftError } from "../abi/error";
import { Table } from "../abi/status";
import { pairOf } from "../core/pair";
import { Entry } from "../core/pool";
import { findEntry } from "../core/table";
import { mapIpv4 } from "../net/address";
import { theInterface } from "../net/interface";
import { Packet } from "../net/packet";
import {
  FRAGMENTATION_NEEDED, ICMP_HEADER_LEN, ICMP_PARAMETER_PROBLEM, ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE, UNREACHABLE_PORT, UNREACHABLE_PROTOCOL, icmpCode, icmpNextHopMtu, icmpType,
} from "../wire/icmp";
import {
  IPV4_HEADER_LEN, PROTOCOL_TCP, ipVersion, ipv4Destination, ipv4FragmentOffset, ipv4HeaderLen,
  ipv4Protocol, ipv4Source, ipv4TotalLen,
} from "../wire/ipv4";
import { swapPorts, tcpPorts, tcpSequence } from "../wire/tcp";
import { endConnection, tell } from "./connections";
import { Report, takeReport } from "./path_mtu";
import { onTooBig } from "./recovery";
import { seqLe, seqLt } from "./seq";
import { settle } from "./settle";
import { HalfOpen, leaveHalfOpen } from "./syn_queue";
import { Tcb, TcbFlag, has } from "./tcb";
import { Timer, clearTimer } from "./timers";

/** Octets of the quoted segment that every router sends back. */
const QUOTED_LEN: u32 = 8;

/** Takes the ICMP error in `packet`. Says under what it counts. */
export function inputIcmpError(packet: Packet): Counter {
  const quoted = packet.textAt + ICMP_HEADER_LEN;
  const len = packet.textLen - ICMP_HEADER_LEN;
  if (len < IPV4_HEADER_LEN || ipVersion(quoted) != 4) return Counter.DropIcmpMalformed;
  const headerLen = ipv4HeaderLen(quoted);
  if (headerLen < IPV4_HEADER_LEN || len < headerLen + QUOTED_LEN) {
    return Counter.DropIcmpMalformed;
  }
  if (ipv4Protocol(quoted) != PROTOCOL_TCP || ipv4FragmentOffset(quoted) != 0) {
    return Counter.DropIcmpUnmatched;
  }
  if (ipv4Source(quoted) != theInterface().address) return Counter.DropIcmpUnmatched;
  const ports = swapPorts(tcpPorts(quoted + headerLen));
  const pair = pairOf(0, mapIpv4(ipv4Destination(quoted)), ports);
  const entry = changetype<Entry | null>(findEntry(pair));
  if (entry == null) return Counter.DropIcmpUnmatched;
  const seq = tcpSequence(quoted + headerLen);
  if (entry.kind == Table.HalfOpen) {
    return takeHalfOpenError(changetype<HalfOpen>(entry), seq, packet.textAt);
  }
  if (entry.kind != Table.Connections) return Counter.DropIcmpUnmatched;
  const tcb = changetype<Tcb>(entry);
  if (!isOnItsWay(tcb, seq)) return Counter.DropIcmpUnmatched;
  return isTooBig(packet.textAt)
    ? takeTooBig(tcb, icmpNextHopMtu(packet.textAt), quoted)
    : takeError(tcb, packet.textAt);
}

/** RFC 5927 section 4.1: the quoted segment must be one that is unacknowledged. */
function isOnItsWay(tcb: Tcb, seq: u32): bool {
  return seqLe(tcb.sndUna, seq) && seqLt(seq, tcb.sndMax);
}

/** RFC 9293 section 3.9.2.2: there is nobody for this protocol or port. */
function isHard(at: usize): bool {
  const code = icmpCode(at);
  return icmpType(at) == ICMP_UNREACHABLE &&
    (code == UNREACHABLE_PROTOCOL || code == UNREACHABLE_PORT);
}

function isTooBig(at: usize): bool {
  return icmpType(at) == ICMP_UNREACHABLE && icmpCode(at) == FRAGMENTATION_NEEDED;
}

/** Our SYN+ACK met nobody: the entry goes. A soft error leaves it (MUST-56). */
function takeHalfOpenError(entry: HalfOpen, seq: u32, at: usize): Counter {
  if (seq != entry.iss) return Counter.DropIcmpUnmatched;
  if (isHard(at)) leaveHalfOpen(entry);
  return Counter.InIcmpError;
}

function takeTooBig(tcb: Tcb, mtu: u32, quoted: usize): Counter {
  const report = takeReport(tcb, mtu, ipv4TotalLen(quoted), ipv4HeaderLen(quoted));
  if (report == Report.Idle) return Counter.DropIcmpUnmatched;
  if (report == Report.Believed) {
    onTooBig(tcb);
    clearTimer(tcb, Timer.Retransmit);
    settle(tcb);
  }
  return Counter.InIcmpError;
}

function takeError(tcb: Tcb, at: usize): Counter {
  const type = icmpType(at);
  let error = SoftError.Unreachable;
  if (type == ICMP_TIME_EXCEEDED) error = SoftError.TimeExceeded;
  else if (type == ICMP_PARAMETER_PROBLEM) error = SoftError.ParameterProblem;
  else if (isHard(at)) {
    // SHLD-26, within RFC 5461 section 4.1: a hard error ends the attempt to connect.
    if (has(tcb, TcbFlag.Opening)) {
      endConnection(tcb, Reason.Refused);
      return Counter.InIcmpError;
    }
    error = SoftError.Refused;
  }
  // MUST-56: the connection goes on; the host may look (MUST-47, SHLD-25).
  tcb.softError = <u8>error;
  tell(tcb, Event.SoftError);
  return Counter.InIcmpError;
}
