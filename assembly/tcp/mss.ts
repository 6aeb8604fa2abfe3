/**
 * Segment sizes (RFC 9293 section 3.7.1, RFC 6691), and the MTUs that path MTU discovery tries
 * (RFC 1191 section 7).
 */
import { theInterface } from "../net/interface";
import { IPV4_HEADER_LEN } from "../wire/ipv4";
import { TCP_HEADER_LEN } from "../wire/tcp";
import { TIMESTAMPS_LEN } from "../wire/tcp_options";
import { Tcb, TcbFlag, has } from "./tcb";

export const HEADERS_LEN: u32 = IPV4_HEADER_LEN + TCP_HEADER_LEN;

/** Assumed of a peer that sent no MSS option (MUST-15). */
const DEFAULT_SEND_MSS: u32 = 536;

/**
 * Deviation: a peer that announces less gets segments of this size. Nobody needs less, and an
 * attacker who says 1 makes us send 40 octets of header for each octet.
 */
const LEAST_SEND_MSS: u32 = 48;

/**
 * The smallest path MTU that is believed or tried: that of a slow serial line.
 *
 * Deviation: RFC 1191 section 3 allows 68. A path of less than this is not served; whoever forges
 * reports (docs/decisions/path-mtu.md) gets no further.
 */
export const LEAST_PATH_MTU: u32 = 296;

/** RFC 1191 table 7-1, and today's tunnels: 1280 and 1400. */
const plateaus: usize = memory.data<u16>([
  68, 296, 508, 1006, 1280, 1400, 1492, 2002, 4352, 8166, 17914, 32000, 65535,
]);
const LAST_PLATEAU: usize = 24;

/** The largest text that fits an IP packet on our interface: what we announce (MUST-67). */
export function largestMss(): u32 {
  return theInterface().mtu - HEADERS_LEN;
}

/** The effective send MSS towards a peer that announced `mss`; 0: nothing (MUST-16). */
export function sendMss(mss: u32): u32 {
  if (mss == 0) mss = DEFAULT_SEND_MSS;
  return min<u32>(max<u32>(mss, LEAST_SEND_MSS), largestMss());
}

/** What the connection's `sndMss` is on a path with this MTU. */
export function mssOf(tcb: Tcb, mtu: u32): u32 {
  return mtu - overhead(tcb);
}

/** The path MTU that segments of the connection need. */
export function mtuOf(tcb: Tcb): u32 {
  return tcb.sndMss + overhead(tcb);
}

/** Headers, and the options that every segment has. */
function overhead(tcb: Tcb): u32 {
  return HEADERS_LEN + (has(tcb, TcbFlag.Timestamps) ? TIMESTAMPS_LEN : 0);
}

/** The largest plateau below `mtu`. */
export function plateauBelow(mtu: u32): u32 {
  return load<u16>(plateauAfter(max<u32>(mtu, LEAST_PATH_MTU) - 1) - 2);
}

/** The smallest plateau above `mtu`. */
export function plateauAbove(mtu: u32): u32 {
  return load<u16>(plateauAfter(mtu));
}

/** Where the first plateau above `mtu` lies. */
function plateauAfter(mtu: u32): usize {
  let at = plateaus;
  while (at < plateaus + LAST_PLATEAU && load<u16>(at) <= mtu) at += 2;
  return at;
}
