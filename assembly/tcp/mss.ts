/** Segment sizes (RFC 9293 section 3.7.1, RFC 6691). Our segments carry no options but SYNs. */
import { theInterface } from "../net/interface";
import { IPV4_HEADER_LEN } from "../wire/ipv4";
import { TCP_HEADER_LEN } from "../wire/tcp";

/** Assumed of a peer that sent no MSS option (MUST-15). */
const DEFAULT_SEND_MSS: u32 = 536;

/**
 * Deviation: a peer that announces less gets segments of this size. Nobody needs less, and an
 * attacker who says 1 makes us send 40 octets of header for each octet.
 */
const LEAST_SEND_MSS: u32 = 48;

/** The largest text that fits an IP packet on our interface: what we announce (MUST-67). */
export function largestMss(): u32 {
  return theInterface().mtu - IPV4_HEADER_LEN - TCP_HEADER_LEN;
}

/** The effective send MSS towards a peer that announced `mss`; 0: nothing (MUST-16). */
export function sendMss(mss: u32): u32 {
  if (mss == 0) mss = DEFAULT_SEND_MSS;
  return min<u32>(max<u32>(mss, LEAST_SEND_MSS), largestMss());
}
