/**
 * The way in: from a frame to what an IP packet carries. Every step says under what the frame
 * counts when it ends there; TCP and ICMP errors go on, up.
 */
import { Counter } from "../abi/counter";
import { LinkKind } from "../abi/parameters";
import { Phase } from "../abi/status";
import { addOctets, isIntact } from "../core/checksum";
import {
  ETHERNET_HEADER_LEN, ETHERTYPE_ARP, ETHERTYPE_IPV4, etherDestination, etherSource, etherType,
  isGroupMac, sameMac,
} from "../wire/ethernet";
import { ICMP_PARAMETER_PROBLEM, UNREACHABLE_PORT, UNREACHABLE_PROTOCOL } from "../wire/icmp";
import {
  IPV4_HEADER_LEN, PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_UDP, checkIpv4Checksum,
  checkIpv4Lengths, ipVersion,
  ipv4Destination, ipv4HeaderLen, ipv4IsFragment, ipv4Protocol, ipv4Service, ipv4Source,
  ipv4TotalLen,
} from "../wire/ipv4";
import { SOURCE_ROUTE, checkIpv4Options } from "../wire/ipv4_options";
import { checkUdpLengths, udpHasChecksum, udpLenField } from "../wire/udp";
import { isMulticastIpv4, mapIpv4 } from "./address";
import { processArp } from "./arp";
import { processIcmp, refusePacket, sendError } from "./icmp";
import { isBroadcast, isForeignIpv4, isUp, ownMac, pseudoSum, theInterface } from "./interface";
import { Packet, isChecked, thePacket } from "./packet";
import { addFragment } from "./reassembly";

/**
 * Takes the frame of `len` octets at `at`. `InTcp` and `InIcmpError` mean that `thePacket()` is for
 * the layer above.
 */
export function inputFrame(at: usize, len: u32): Counter {
  const own = theInterface();
  if (own.state == Phase.Down) return Counter.DropNoInterface;
  const packet = thePacket();
  packet.sourceMac = 0;
  if (own.link == LinkKind.Ip) return inputIp(packet, at, len, false);
  if (len < ETHERNET_HEADER_LEN) return Counter.DropFrameLength;
  const isGroup = isGroupMac(etherDestination(at));
  if (!isGroup && !sameMac(etherDestination(at), ownMac())) return Counter.DropNotForUs;
  if (isGroupMac(etherSource(at))) return Counter.DropNotForUs;
  packet.sourceMac = etherSource(at);
  const type = etherType(at);
  at += ETHERNET_HEADER_LEN;
  len -= ETHERNET_HEADER_LEN;
  if (type == ETHERTYPE_IPV4) return inputIp(packet, at, len, isGroup);
  return type == ETHERTYPE_ARP ? processArp(at, len) : Counter.DropEtherType;
}

/** RFC 1122 section 3.2.1: what a host checks of an IP header. */
function inputIp(packet: Packet, at: usize, len: u32, isGroup: bool): Counter {
  if (len == 0) return Counter.DropIpMalformed;
  if (ipVersion(at) != 4) return Counter.DropIpVersion;
  if (!checkIpv4Lengths(at, len)) return Counter.DropIpMalformed;
  if (!checkIpv4Checksum(at)) return Counter.DropIpChecksum;
  if (!isUp()) return Counter.DropIpNotReady;
  const destination = ipv4Destination(at);
  if (destination != theInterface().address) {
    return isBroadcast(destination) || isMulticastIpv4(destination)
      ? Counter.DropIpDestination
      : Counter.DropNotForUs;
  }
  // RFC 1122 section 3.3.6: a link-layer broadcast must be one of IP, too.
  if (isGroup) return Counter.DropIpDestination;
  const source = ipv4Source(at);
  if (!isForeignIpv4(source)) return Counter.DropIpSource;
  packet.remoteHigh = 0;
  packet.remoteLow = mapIpv4(source);
  packet.at = at;
  const headerLen = ipv4HeaderLen(at);
  packet.textAt = at + headerLen;
  packet.textLen = ipv4TotalLen(at) - headerLen;
  packet.protocol = ipv4Protocol(at);
  packet.service = ipv4Service(at);
  const fault = headerLen == IPV4_HEADER_LEN ? 0 : checkIpv4Options(at);
  if (fault == SOURCE_ROUTE) return Counter.DropIpSourceRoute;
  if (fault != 0) {
    return sendError(packet, ICMP_PARAMETER_PROBLEM, fault << 8, Counter.DropIpMalformed);
  }
  if (ipv4IsFragment(at)) {
    const counter = addFragment(packet);
    if (counter != Counter.IpReassembled) return counter;
  }
  return inputProtocol(packet);
}

function inputProtocol(packet: Packet): Counter {
  if (packet.protocol == PROTOCOL_TCP) return Counter.InTcp;
  if (packet.protocol == PROTOCOL_ICMP) return processIcmp(packet);
  if (packet.protocol == PROTOCOL_UDP) return inputUdp(packet);
  return refusePacket(packet, UNREACHABLE_PROTOCOL, Counter.DropIpProtocol);
}

/** UDP has no sockets here: a whole datagram is answered with "port unreachable". */
function inputUdp(packet: Packet): Counter {
  const at = packet.textAt;
  if (!checkUdpLengths(at, packet.textLen)) return Counter.DropUdpMalformed;
  const len = udpLenField(at);
  if (udpHasChecksum(at) && !isChecked()) {
    const pseudo = pseudoSum(packet, PROTOCOL_UDP, len);
    if (!isIntact(addOctets(pseudo, at, len))) return Counter.DropUdpChecksum;
  }
  return refusePacket(packet, UNREACHABLE_PORT, Counter.DropUdpPort);
}
