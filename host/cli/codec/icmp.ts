/** ICMP (RFC 792), as much of it as `ping` needs: echo, and errors about our echo. */
import { checksum, sum16 } from "./checksum.js";

export const enum IcmpType {
  EchoReply = 0,
  Unreachable = 3,
  EchoRequest = 8,
  TimeExceeded = 11,
}

const HEADER_OCTETS = 8;

export interface IcmpMessage {
  type: number;
  code: number;
  /** Of an echo; of an error they mean nothing. */
  identifier: number;
  sequence: number;
  /** What is echoed; of an error, the beginning of the packet that it is about. */
  data: Uint8Array;
}

/** The message's fields; null when it is too short or damaged. */
export function parseIcmp(octets: Uint8Array): IcmpMessage | null {
  if (octets.length < HEADER_OCTETS || sum16(octets) !== 0xffff) return null;
  return {
    type: octets[0]!,
    code: octets[1]!,
    identifier: (octets[4]! << 8) | octets[5]!,
    sequence: (octets[6]! << 8) | octets[7]!,
    data: octets.subarray(HEADER_OCTETS),
  };
}

export function emitIcmp({ type, code, identifier, sequence, data }: IcmpMessage): Uint8Array {
  const octets = new Uint8Array(HEADER_OCTETS + data.length);
  const view = new DataView(octets.buffer);
  octets[0] = type;
  octets[1] = code;
  view.setUint16(4, identifier);
  view.setUint16(6, sequence);
  octets.set(data, HEADER_OCTETS);
  view.setUint16(2, checksum(octets));
  return octets;
}
