/** Ethernet frames with a TCP segment between two fixed hosts, for tests of who looks on. */
import {
  Bit, ETHERNET_HEADER, IP_HEADER, TCP_HEADER, put16, put32, repairIp, repairTransport,
} from "./wire.js";

export const CLIENT_PORT = 49152;
export const SERVER_PORT = 80;

export interface FrameFields {
  seq: number;
  ack?: number;
  /** Letters as in tcpdump: S, F, R, P; ACK comes with `ack`. */
  flags?: string;
  text?: string;
  window?: number;
  /** The urgent pointer; the flag comes with it. */
  urgent?: number;
  /** Raw octets of options, a multiple of 4. */
  options?: number[];
  sourcePort?: number;
}

/** A frame from the client (10.0.0.1) or from the server (10.0.0.2). */
export function tcpFrame(from: "client" | "server", fields: FrameFields): Uint8Array {
  const { seq, ack, flags = "", text = "", window = 65535, options = [] } = fields;
  const headerLen = TCP_HEADER + options.length;
  const frame = new Uint8Array(ETHERNET_HEADER + IP_HEADER + headerLen + text.length);
  const ip = ETHERNET_HEADER;
  const tcp = ip + IP_HEADER;
  put16(frame, 12, 0x0800);
  frame[ip] = 0x45;
  put16(frame, ip + 2, frame.length - ip);
  frame[ip + 8] = 64;
  frame[ip + 9] = 6;
  const hosts = from === "client" ? [1, 2] : [2, 1];
  frame.set([10, 0, 0, hosts[0]!, 10, 0, 0, hosts[1]!], ip + 12);
  const ports = [fields.sourcePort ?? CLIENT_PORT, SERVER_PORT];
  put16(frame, tcp, ports[from === "client" ? 0 : 1]!);
  put16(frame, tcp + 2, ports[from === "client" ? 1 : 0]!);
  put32(frame, tcp + 4, seq);
  put32(frame, tcp + 8, ack ?? 0);
  frame[tcp + 12] = (headerLen / 4) << 4;
  const bits = { S: Bit.Syn, F: Bit.Fin, R: Bit.Rst, P: Bit.Psh };
  for (const letter of flags) frame[tcp + 13]! |= bits[letter as keyof typeof bits];
  if (ack !== undefined) frame[tcp + 13]! |= Bit.Ack;
  put16(frame, tcp + 14, window);
  if (fields.urgent !== undefined) {
    frame[tcp + 13]! |= Bit.Urg;
    put16(frame, tcp + 18, fields.urgent);
  }
  frame.set(options, tcp + TCP_HEADER);
  frame.set(new TextEncoder().encode(text), tcp + headerLen);
  repairIp(frame, ip, frame.length);
  repairTransport(frame, ip, frame.length);
  return frame;
}
