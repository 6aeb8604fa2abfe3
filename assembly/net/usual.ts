/**
 * The way in for most frames: an IPv4 packet for us, whole, without options, that carries TCP. What
 * is anything else, or damaged, is left to net/input.ts, which says what was wrong with it.
 */
import { LinkKind } from "../abi/parameters";
import { addTwenty, isIntact } from "../core/checksum";
import {
  ETHERNET_HEADER_LEN, ETHERTYPE_IPV4, etherDestination, etherSource, etherType, isGroupMac,
  sameMac,
} from "../wire/ethernet";
import {
  IPV4_HEADER_LEN, isPlainIpv4, ipv4Destination, ipv4Source, ipv4TotalLen,
} from "../wire/ipv4";
import { TCP_HEADER_LEN } from "../wire/tcp";
import { mapIpv4 } from "./address";
import { isUp, ownMac, theInterface } from "./interface";
import { Packet } from "./packet";

/** Whether the frame of `len` octets at `at` is one. `packet` then has its sender and its text. */
export function takeUsualFrame(at: usize, len: u32, packet: Packet): bool {
  if (theInterface().link == LinkKind.Ethernet) {
    if (len < ETHERNET_HEADER_LEN || etherType(at) != ETHERTYPE_IPV4) return false;
    if (!sameMac(etherDestination(at), ownMac()) || isGroupMac(etherSource(at))) return false;
    at += ETHERNET_HEADER_LEN;
    len -= ETHERNET_HEADER_LEN;
  }
  if (len < IPV4_HEADER_LEN + TCP_HEADER_LEN || !isPlainIpv4(at)) return false;
  const totalLen = ipv4TotalLen(at);
  if (totalLen < IPV4_HEADER_LEN + TCP_HEADER_LEN || totalLen > len) return false;
  if (!isIntact(addTwenty(0, at))) return false;
  if (ipv4Destination(at) != theInterface().address || !isUp()) return false;
  packet.remoteHigh = 0;
  packet.remoteLow = mapIpv4(ipv4Source(at));
  packet.textAt = at + IPV4_HEADER_LEN;
  packet.textLen = totalLen - IPV4_HEADER_LEN;
  return true;
}
