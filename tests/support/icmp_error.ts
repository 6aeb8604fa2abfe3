/** ICMP errors about segments of the stack under test, as a router sends them. */
import { OWN_ADDRESS } from "./lab.js";
import type { Remote } from "./remote.js";
import { ipPacket } from "./segment_line.js";
import { put16, put32, repairTransport } from "./wire.js";

export const ROUTER = "10.0.0.254";
export const UNREACHABLE = 3;
export const PORT_UNREACHABLE = 3;
export const FRAGMENTATION_NEEDED = 4;

/** Type, code, and the second word (the next hop's MTU, RFC 1191) of an error. */
export interface IcmpError {
  type: number;
  code: number;
  mtu?: number;
}

/** An error about the segment to the remote that has the relative number `seq`. */
export function icmpError(remote: Remote, seq: number, error: IcmpError): Uint8Array {
  const quoted = new Uint8Array(8);
  put16(quoted, 0, remote.ownPort);
  put16(quoted, 2, remote.port);
  put32(quoted, 4, ((remote.ownIsn ?? 0) + seq) >>> 0);
  const segment = ipPacket(6, { source: OWN_ADDRESS, destination: remote.address }, quoted);
  const { type, code, mtu = 0 } = error;
  const message = Uint8Array.of(type, code, 0, 0, 0, 0, mtu >> 8, mtu & 255, ...segment);
  const packet = ipPacket(1, { source: ROUTER, destination: OWN_ADDRESS }, message);
  repairTransport(packet, 0, packet.length);
  return packet;
}
