/** Inbound packets of a script as octets: segments, datagrams, ICMP with what it quotes. */
import type { Flow } from "./flow.js";
import {
  type IpFields, Protocol, type TcpFields, emitIcmp, emitIpv4, emitTcp, emitUdp, fragments,
} from "./packet.js";
import type {
  IcmpAction, IpNotes, PacketAction, Quoted, SegmentAction, UdpAction,
} from "./script.js";
import { patternOctets } from "./socket.js";

const DEFAULT_TTL = 255;
const ECN_CODES = { noecn: 0, ect1: 1, ect0: 2, ect01: 2, ce: 3 };
const UNREACHABLE = 3;
const FRAG_NEEDED = 4;
/** Where checksums are: of the IP header, and of a TCP header behind it. */
const IP_CHECKSUM_AT = 10;
const TCP_CHECKSUM_AT = 20 + 16;
/** What routers send back: the IP header, and 8 octets behind it (RFC 792). */
const QUOTED_OCTETS = 20 + 8;

/** The packet, or its fragments. Throws RangeError when the options are too long. */
export function buildPacket(action: PacketAction, flow: Flow, localIp: string): Uint8Array[] {
  const { ip: notes } = action;
  const ip = ipFields(flow, notes, localIp);
  const packet = action.kind === "segment" ? buildSegment(flow, ip, action)
    : action.kind === "icmp" ? buildIcmp(flow, ip, action) : buildUdp(flow, ip, action);
  if (notes.badChecksum === "ip") packet[IP_CHECKSUM_AT]! ^= 0x55;
  if (notes.badChecksum === "tcp") packet[TCP_CHECKSUM_AT]! ^= 0x55;
  return notes.fragment === undefined ? [packet] : fragments(packet, notes.fragment);
}

function ipFields({ ends }: Flow, notes: IpNotes, localIp: string): IpFields {
  const ecn = notes.ecn === undefined ? 0 : ECN_CODES[notes.ecn];
  return {
    source: notes.source ?? ends.remoteIp, destination: notes.destination ?? localIp,
    tos: (notes.tos ?? 0) | ecn, ttl: notes.ttl ?? DEFAULT_TTL,
    dontFragment: notes.dontFragment ?? notes.fragment === undefined,
  };
}

function buildSegment(flow: Flow, ip: IpFields, { segment }: SegmentAction): Uint8Array {
  const { flags, length, window = 0, urgent = 0 } = segment;
  // The SYN takes the first number.
  const first = segment.seq + (flags.includes("S") ? 1 : 0);
  const { localPort, remotePort } = flow.ends;
  return emitIpv4(ip, Protocol.Tcp, emitTcp(ip, {
    ...flow.toWire(segment), sourcePort: remotePort, destinationPort: localPort, flags, window,
    urgent, text: patternOctets(first, length),
  }));
}

function buildUdp({ ends }: Flow, ip: IpFields, { length }: UdpAction): Uint8Array {
  const datagram = emitUdp(ip, [ends.remotePort, ends.localPort], patternOctets(1, length));
  return emitIpv4(ip, Protocol.Udp, datagram);
}

function buildIcmp(flow: Flow, ip: IpFields, action: IcmpAction): Uint8Array {
  const { type, code, quoted, mtu = 0, echoLength = 0 } = action;
  const isTooBig = type === UNREACHABLE && code === FRAG_NEEDED;
  const data = quoted === undefined
    ? patternOctets(1, echoLength) : quote(flow, ip.destination, quoted);
  return emitIpv4(ip, Protocol.Icmp, emitIcmp({ type, code, rest: isTooBig ? mtu : 0, data }));
}

/** The beginning of a segment of ours, as a router saw it. */
function quote(flow: Flow, localIp: string, { seq, length }: Quoted): Uint8Array {
  const ip: IpFields = {
    source: localIp, destination: flow.ends.remoteIp, tos: 0, ttl: 64, dontFragment: true,
  };
  const tcp: TcpFields = {
    sourcePort: flow.ends.localPort, destinationPort: flow.ends.remotePort,
    seq: flow.liveLocal(seq), ack: 0, flags: ".", window: 0, urgent: 0, options: [],
    text: new Uint8Array(length),
  };
  return emitIpv4(ip, Protocol.Tcp, emitTcp(ip, tcp)).subarray(0, QUOTED_OCTETS);
}
