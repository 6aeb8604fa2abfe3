/**
 * ICMP (RFC 792, RFC 1122 section 3.2.2): echo is answered, errors are sent for closed UDP ports
 * and unknown protocols, and errors about our own packets go up. What leaves waits in the first
 * packet buffer: a second echo before the first has left is dropped and counted.
 */
import { Counter } from "../abi/counter";
import { Limiter, clearLimiter, mayDo } from "../core/limiter";
import { touch } from "../core/pool";
import {
  ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_HEADER_LEN, ICMP_PARAMETER_PROBLEM, ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE, checkIcmpChecksum, emitEchoReply, emitIcmpError, icmpType, isIcmpQuery,
} from "../wire/icmp";
import { IPV4_HEADER_LEN, PROTOCOL_ICMP, ipv4FragmentOffset, ipv4HeaderLen } from "../wire/ipv4";
import { Holds, PacketBuffer, evict, firstBuffer, keepMac, macIn, textIn } from "./buffers";
import { textOut } from "./frame";
import { theInterface } from "./interface";
import { finishPacket } from "./output";
import { Packet } from "./packet";
import { makeOthersReady } from "./ready";

/** Octets of the offending packet's text that an error quotes (RFC 1122 section 3.2.2). */
const QUOTED_TEXT: u32 = 8;
/** Errors sent in any second at the most (RFC 1812 section 4.3.2.8 asks for a limit). */
const ERRORS_PER_SECOND: u32 = 100;
const TIME_TO_LIVE: u32 = 64;

const limiter: Limiter = changetype<Limiter>(memory.data(offsetof<Limiter>(), 4));

/** Begins to count errors. There are packet buffers, and none is in use. */
export function clearIcmp(): void {
  touch(firstBuffer());
  clearLimiter(limiter);
}

export function hasIcmp(): bool {
  return firstBuffer().state == Holds.Message;
}

/**
 * Takes an ICMP message. Says under what it counts; `InIcmpError` leaves the error for the caller
 * to bring to whom it concerns.
 */
export function processIcmp(packet: Packet): Counter {
  const at = packet.textAt;
  const len = packet.textLen;
  if (len < ICMP_HEADER_LEN) return Counter.DropIcmpMalformed;
  if (!checkIcmpChecksum(at, len)) return Counter.DropIcmpChecksum;
  const type = icmpType(at);
  if (type == ICMP_ECHO_REPLY) return Counter.InIcmpEchoReply;
  if (type == ICMP_ECHO) {
    if (hasIcmp()) return Counter.DropIcmpBusy;
    // RFC 1122 section 3.2.2.6: what we cannot send in one piece is cut. Deviation: IP options do
    // not come back.
    const most = theInterface().mtu - IPV4_HEADER_LEN;
    const buffer = fill(packet, at, min(len, most), 0);
    emitEchoReply(textIn(buffer), buffer.len);
    buffer.service = <u8>packet.service;
    return Counter.InIcmpEcho;
  }
  if (type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM) {
    return Counter.InIcmpError;
  }
  // Among them source quench, which a host ignores (RFC 6633, MUST-55). Deviation: redirects (RFC
  // 1122 section 3.2.2.2): there is one router, and anyone on the link can forge them.
  return Counter.DropIcmpType;
}

/**
 * Answers `packet` with an error (its code as `emitIcmpError` has it), and says under what the
 * packet counts then: `why`, or that the answer was not sent. Packets to more than one host, or
 * from none, never get here (RFC 1122 section 3.2.2).
 */
export function sendError(packet: Packet, type: u32, code: u32, why: Counter): Counter {
  if (!mayBeTold(packet)) return why;
  if (hasIcmp()) return Counter.DropIcmpBusy;
  if (!mayDo(limiter, ERRORS_PER_SECOND)) return Counter.DropIcmpRate;
  const quoted = ipv4HeaderLen(packet.at) + min<u32>(QUOTED_TEXT, packet.textLen);
  const buffer = fill(packet, packet.at, quoted, ICMP_HEADER_LEN);
  emitIcmpError(textIn(buffer), type, code, buffer.len);
  return why;
}

/** RFC 1122 section 3.2.2: no error about a later fragment, or about an error of ICMP. */
function mayBeTold(packet: Packet): bool {
  if (ipv4FragmentOffset(packet.at) != 0) return false;
  if (packet.protocol != PROTOCOL_ICMP) return true;
  return packet.textLen >= ICMP_HEADER_LEN && isIcmpQuery(packet.textAt);
}

/** The same with "destination unreachable" of this code. */
export function refusePacket(packet: Packet, code: u32, why: Counter): Counter {
  return sendError(packet, ICMP_UNREACHABLE, code, why);
}

/** Builds the frame of what waits. Returns its length. */
export function emitIcmp(): u32 {
  const buffer = firstBuffer();
  const len = buffer.len;
  memory.copy(textOut(), textIn(buffer), len);
  buffer.state = <u8>Holds.Nothing;
  return finishPacket(
    buffer.remoteLow, macIn(buffer), len, PROTOCOL_ICMP, buffer.service, TIME_TO_LIVE,
  );
}

/**
 * Copies `len` octets at `from` into the first buffer behind `room` octets, addressed to the
 * sender. A datagram in it makes room; `packet` itself may be what lay there last.
 */
function fill(packet: Packet, from: usize, len: u32, room: u32): PacketBuffer {
  const buffer = firstBuffer();
  evict(buffer);
  // Datagrams take another, if there is one.
  touch(buffer);
  // Back to the station it came from: a router that forwarded it can take the answer too.
  keepMac(buffer, packet);
  memory.copy(textIn(buffer) + room, from, len);
  buffer.state = <u8>Holds.Message;
  makeOthersReady();
  buffer.len = <u16>(room + len);
  buffer.service = 0;
  buffer.remoteLow = packet.remoteLow;
  return buffer;
}
