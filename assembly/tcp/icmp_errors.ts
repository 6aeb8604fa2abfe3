/**
 * ICMP errors about our own segments (RFC 9293 section 3.9.2.2, RFC 5927, RFC 5461). An error is
 * believed only when the sequence number it quotes is on its way; and it ends only an attempt to
 * connect, never a connection.
 */
import { Counter } from "../abi/counter";
import { Event } from "../abi/event";
import { Reason, SoftError } from "../abi/error";
import { State } from "../abi/state";
import { Table } from "../abi/status";
import { pairOf } from "../core/pair";
import { Entry } from "../core/pool";
import { findEntry } from "../core/table";
import { mapIpv4 } from "../net/address";
import { theInterface } from "../net/interface";
import { Packet } from "../net/packet";
import {
  FRAGMENTATION_NEEDED, ICMP_HEADER_LEN, ICMP_PARAMETER_PROBLEM, ICMP_TIME_EXCEEDED,
  UNREACHABLE_PORT, UNREACHABLE_PROTOCOL, icmpCode, icmpType,
} from "../wire/icmp";
import {
  IPV4_HEADER_LEN, PROTOCOL_TCP, ipVersion, ipv4Destination, ipv4FragmentOffset, ipv4HeaderLen,
  ipv4Protocol, ipv4Source,
} from "../wire/ipv4";
import { swapPorts, tcpPorts, tcpSequence } from "../wire/tcp";
import { endConnection, tell } from "./connections";
import { seqLe, seqLt } from "./seq";
import { Tcb } from "./tcb";

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
  if (entry == null || entry.kind != Table.Connections) return Counter.DropIcmpUnmatched;
  const tcb = changetype<Tcb>(entry);
  if (!isOnItsWay(tcb, tcpSequence(quoted + headerLen))) return Counter.DropIcmpUnmatched;
  return takeError(tcb, icmpType(packet.textAt), icmpCode(packet.textAt));
}

/** RFC 5927 section 4.1: the quoted segment must be one that is unacknowledged. */
function isOnItsWay(tcb: Tcb, seq: u32): bool {
  return seqLe(tcb.sndUna, seq) && seqLt(seq, tcb.sndMax);
}

function takeError(tcb: Tcb, type: u32, code: u32): Counter {
  if (type == ICMP_TIME_EXCEEDED) return soften(tcb, SoftError.TimeExceeded);
  if (type == ICMP_PARAMETER_PROBLEM) return soften(tcb, SoftError.ParameterProblem);
  // Path MTU discovery is not here yet: the segment size stays.
  if (code == FRAGMENTATION_NEEDED) return Counter.DropIcmpType;
  if (code != UNREACHABLE_PROTOCOL && code != UNREACHABLE_PORT) {
    return soften(tcb, SoftError.Unreachable);
  }
  if (tcb.state != State.SynSent) return soften(tcb, SoftError.Refused);
  // SHLD-26, within RFC 5461 section 4.1: a hard error ends the attempt.
  endConnection(tcb, Reason.Refused);
  return Counter.InIcmpError;
}

/** MUST-56: the connection goes on; the host may look (MUST-47). */
function soften(tcb: Tcb, error: SoftError): Counter {
  tcb.softError = <u8>error;
  tell(tcb, Event.SoftError);
  return Counter.InIcmpError;
}
