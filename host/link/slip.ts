/**
 * SLIP on the host's side (RFC 1055): for whoever has to look into a serial line, which are the
 * faults, the capture and the bridges of tests. The stack has a codec of its own in the core.
 * Browser-safe.
 */

/** The characters of RFC 1055: end of packet, escape, and what follows an escape. */
const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

/** Octets of the longest encoding of a packet: every octet escaped, an END on both sides. */
export function slipEncodedMax(packetLen: number): number {
  return 2 * packetLen + 2;
}

/**
 * Writes the encoding of `packet` to `out`, which has room for `slipEncodedMax` octets; returns
 * its length. It begins with an END too, as RFC 1055 advises, so that noise before it is not
 * taken for a part of it.
 */
export function slipEncode(packet: Uint8Array, out: Uint8Array): number {
  let at = 0;
  out[at++] = END;
  for (let index = 0; index < packet.length; index++) {
    const octet = packet[index]!;
    if (octet === END) {
      out[at++] = ESC;
      out[at++] = ESC_END;
    } else if (octet === ESC) {
      out[at++] = ESC;
      out[at++] = ESC_ESC;
    } else {
      out[at++] = octet;
    }
  }
  out[at++] = END;
  return at;
}

/** An encoder with its own buffer: what `encode` returns is good until the next `encode`. */
export class SlipEncoder {
  private buffer = new Uint8Array(0);

  encode(packet: Uint8Array): Uint8Array {
    const needed = slipEncodedMax(packet.length);
    if (this.buffer.length < needed) this.buffer = new Uint8Array(Math.max(needed, 4096));
    return this.buffer.subarray(0, slipEncode(packet, this.buffer));
  }
}

/** Takes the octets of a line in pieces of any length and finds the packets. */
export class SlipDecoder {
  private readonly packet: Uint8Array;
  private packetLen = 0;
  private escaped = false;
  private overflowed = false;

  /** Packets dropped because they were longer than the limit. */
  tooLongCount = 0;
  /** Escapes followed by an octet that RFC 1055 does not know. */
  malformedCount = 0;

  /** `packetLenMax`: octets of the longest packet; longer ones are dropped and counted. */
  constructor(packetLenMax = 65535) {
    this.packet = new Uint8Array(packetLenMax);
  }

  /**
   * Decodes `octets`, calls `onPacket` for each packet that ends in them. The packet is borrowed:
   * good until `onPacket` returns. Empty packets, as between two ENDs, are none.
   */
  push(octets: Uint8Array, onPacket: (packet: Uint8Array) => void): void {
    for (let index = 0; index < octets.length; index++) {
      const octet = octets[index]!;
      if (octet === END) this.finish(onPacket);
      else if (this.escaped) this.unescape(octet);
      else if (octet === ESC) this.escaped = true;
      else this.append(octet);
    }
  }

  private unescape(octet: number): void {
    this.escaped = false;
    if (octet === ESC_END) return this.append(END);
    if (octet === ESC_ESC) return this.append(ESC);
    // RFC 1055: a protocol violation; the best bet is to leave the octet alone. If it was damage,
    // the checksum of the packet tells.
    this.malformedCount++;
    this.append(octet);
  }

  private append(octet: number): void {
    if (this.packetLen < this.packet.length) this.packet[this.packetLen++] = octet;
    else this.overflowed = true;
  }

  private finish(onPacket: (packet: Uint8Array) => void): void {
    const length = this.packetLen;
    const complete = !this.overflowed;
    if (!complete) this.tooLongCount++;
    this.packetLen = 0;
    this.overflowed = false;
    this.escaped = false;
    if (complete && length > 0) onPacket(this.packet.subarray(0, length));
  }
}
