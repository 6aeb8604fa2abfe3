/**
 * ICMP (RFC 792, RFC 1122 section 3.2.2): echo is answered, errors are sent for closed UDP ports
 * and unknown protocols, and errors about our own packets go up. What leaves waits in one buffer: a
 * second echo before the first has left is dropped and counted.
 */
import { Counter } from "../abi/counter";
import { Limiter, clearLimiter, mayDo } from "../core/limiter";
import { copyMac } from "../wire/ethernet";
import {
  ICMP_ECHO, ICMP_ECHO_REPLY, ICMP_HEADER_LEN, ICMP_PARAMETER_PROBLEM, ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE, checkIcmpChecksum, emitEchoReply, emitIcmpError, icmpType,
} from "../wire/icmp";
import { IPV4_HEADER_LEN, PROTOCOL_ICMP, ipv4HeaderLen } from "../wire/ipv4";
import { textOut } from "./frame";
import { theInterface } from "./interface";
import { finishPacket } from "./output";
import { Packet } from "./packet";

/** Octets of the offending packet's text that an error quotes (RFC 1122 section 3.2.2). */
const QUOTED_TEXT: u32 = 8;
/** Errors sent in any second at the most (RFC 1812 section 4.3.2.8 asks for a limit). */
const ERRORS_PER_SECOND: u32 = 100;
const TIME_TO_LIVE: u32 = 64;

@unmanaged
@final
class IcmpBuffer {
  remoteLow: u64;
  at: usize;
  /** 0: free. */
  len: u32;
  mac: u32;
  macTail: u16;
  service: u8;
}

const buffer: IcmpBuffer = changetype<IcmpBuffer>(memory.data(offsetof<IcmpBuffer>(), 8));
const limiter: Limiter = changetype<Limiter>(memory.data(offsetof<Limiter>(), 4));

/** Takes the buffer at `at`, which holds what an IP packet of the largest MTU carries. */
export function setIcmp(at: usize): void {
  memory.fill(changetype<usize>(buffer), 0, offsetof<IcmpBuffer>());
  buffer.at = at;
  clearLimiter(limiter);
}

export function hasIcmp(): bool {
  return buffer.len != 0;
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
    if (buffer.len != 0 || len > theInterface().mtu - IPV4_HEADER_LEN) return Counter.DropIcmpBusy;
    fill(packet, at, len, 0);
    emitEchoReply(buffer.at, len);
    buffer.service = <u8>packet.service;
    return Counter.InIcmpEcho;
  }
  if (type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM) {
    return Counter.InIcmpError;
  }
  // Among them source quench, which a host ignores (RFC 6633, MUST-55), and redirects: we have one
  // router.
  return Counter.DropIcmpType;
}

/**
 * Answers `packet` with "destination unreachable" of this code, and says under what the packet
 * counts then: `why`, or that the answer was not sent. Packets to more than one host, ICMP and
 * later fragments never get here (RFC 1122 section 3.2.2).
 */
export function refusePacket(packet: Packet, code: u32, why: Counter): Counter {
  if (buffer.len != 0) return Counter.DropIcmpBusy;
  if (!mayDo(limiter, ERRORS_PER_SECOND)) return Counter.DropIcmpRate;
  const quoted = ipv4HeaderLen(packet.at) + min<u32>(QUOTED_TEXT, packet.textLen);
  fill(packet, packet.at, quoted, ICMP_HEADER_LEN);
  emitIcmpError(buffer.at, ICMP_UNREACHABLE, code, ICMP_HEADER_LEN + quoted);
  return why;
}

/** Builds the frame of what waits. Returns its length. */
export function emitIcmp(): u32 {
  const len = buffer.len;
  memory.copy(textOut(), buffer.at, len);
  buffer.len = 0;
  const mac = changetype<usize>(buffer) + offsetof<IcmpBuffer>("mac");
  return finishPacket(buffer.remoteLow, mac, len, PROTOCOL_ICMP, buffer.service, TIME_TO_LIVE);
}

/** Copies `len` octets at `from` into the buffer behind `room` octets, addressed to the sender. */
function fill(packet: Packet, from: usize, len: u32, room: u32): void {
  memory.copy(buffer.at + room, from, len);
  buffer.len = room + len;
  buffer.service = 0;
  buffer.remoteLow = packet.remoteLow;
  // Back to the station it came from: a router that forwarded it can take the answer too.
  if (packet.sourceMac != 0) {
    copyMac(changetype<usize>(buffer) + offsetof<IcmpBuffer>("mac"), packet.sourceMac);
  }
}
