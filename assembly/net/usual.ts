/**
 * The way in for most frames: an IPv4 packet for us, whole, without options, that carries TCP. What
 * is anything else, or damaged, is left to net/input.ts, which says what was wrong with it.
 */
import { LinkKind } from "../abi/parameters";
import { addTwenty, isIntact } from "../core/checksum";
import { ETHERNET_HEADER_LEN, etherSource, isIpv4To } from "../wire/ethernet";
import {
  IPV4_HEADER_LEN, PROTOCOL_TCP, isPlainIpv4, ipv4Destination, ipv4Service, ipv4Source,
  ipv4TotalLen,
} from "../wire/ipv4";
import { TCP_HEADER_LEN } from "../wire/tcp";
import { mapIpv4 } from "./address";
import { isForeignIpv4, isUp, ownMac, theInterface } from "./interface";
import { thePacket } from "./packet";

/** Where the packet begins in the frame of `len` octets at `at` if that is one; or else 0. */
export function usualPacketAt(at: usize, len: u32): usize {
  const end = at + len;
  if (theInterface().link == LinkKind.Ethernet) {
    if (!isIpv4To(at, ownMac())) return 0;
    at += ETHERNET_HEADER_LEN;
  }
  if (!isPlainIpv4(at)) return 0;
  const totalLen = ipv4TotalLen(at);
  // Of a frame that is shorter than this, what lies behind it has been looked at: in the arena.
  if (totalLen < IPV4_HEADER_LEN + TCP_HEADER_LEN || at + totalLen > end) return 0;
  if (!isIntact(addTwenty(0, at))) return 0;
  return ipv4Destination(at) == theInterface().address && isUp() ? at : 0;
}

/**
 * Fills `thePacket()` from the packet at `at`, as `usualPacketAt` has found it in the frame at
 * `frame`, for the layers above. False: it is from nobody who may be answered.
 */
export function parseUsualPacket(frame: usize, at: usize): bool {
  const source = ipv4Source(at);
  if (!isForeignIpv4(source)) return false;
  const packet = thePacket();
  packet.sourceMac = at == frame ? 0 : etherSource(frame);
  packet.remoteHigh = 0;
  packet.remoteLow = mapIpv4(source);
  packet.at = at;
  packet.textAt = at + IPV4_HEADER_LEN;
  packet.textLen = ipv4TotalLen(at) - IPV4_HEADER_LEN;
  packet.protocol = PROTOCOL_TCP;
  packet.service = ipv4Service(at);
  return true;
}
