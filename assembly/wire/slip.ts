/**
 * SLIP (RFC 1055): IP packets on a serial line, ended by END, with END and ESC inside written as
 * two octets. A decoder and an encoder, each a state that the caller keeps, so that a packet may
 * come and go in pieces of any size.
 */

const END: u32 = 0xc0;
const ESC: u32 = 0xdb;
const ESC_END: u32 = 0xdc;
const ESC_ESC: u32 = 0xdd;

/** Where a decoder stands in its packet. */
@unmanaged
@final
export class SlipDecoder {
  /** Octets decoded so far. */
  len: u32;
  /** 1 after ESC. */
  escaped: u8;
  /** 1 when the packet is spoilt: too long, or ESC before neither of its two codes. */
  spoilt: u8;
}

/** What one octet made of the packet. */
export const enum SlipStep {
  More = 0,
  /** A packet is complete: `len` octets. */
  Packet = 1,
  /** A packet ended that must be thrown away. */
  Spoilt = 2,
}

/** Takes one octet of the line; decoded ones go to `to`, which holds `size`. */
export function decodeSlip(decoder: SlipDecoder, octet: u32, to: usize, size: u32): SlipStep {
  if (octet == END) return endPacket(decoder);
  if (octet == ESC) {
    // ESC ESC is a violation; the packet's checksums would catch it, but so may we.
    if (decoder.escaped) decoder.spoilt = 1;
    decoder.escaped = 1;
    return SlipStep.More;
  }
  if (decoder.escaped) {
    decoder.escaped = 0;
    if (octet == ESC_END) octet = END;
    else if (octet == ESC_ESC) octet = ESC;
    else decoder.spoilt = 1;
  }
  if (decoder.len >= size) decoder.spoilt = 1;
  else store<u8>(to + decoder.len++, octet);
  return SlipStep.More;
}

/** The decoder is ready for the next packet; its `len` is of use until the next octet. */
export function clearSlip(decoder: SlipDecoder): void {
  decoder.len = 0;
  decoder.escaped = 0;
  decoder.spoilt = 0;
}

/** Octets that one octet takes on the line at the most. */
export const SLIP_LONGEST: u32 = 2;

/** Writes `octet` as the line carries it. Returns the octets written. */
export function encodeSlip(at: usize, octet: u32): u32 {
  if (octet != END && octet != ESC) {
    store<u8>(at, octet);
    return 1;
  }
  store<u8>(at, ESC);
  store<u8>(at, octet == END ? ESC_END : ESC_ESC, 1);
  return 2;
}

/** Writes the mark between packets: 1 octet. */
export function encodeSlipEnd(at: usize): u32 {
  store<u8>(at, END);
  return 1;
}

function endPacket(decoder: SlipDecoder): SlipStep {
  if (decoder.spoilt || decoder.escaped) return SlipStep.Spoilt;
  // Two ENDs in a row are an empty packet: senders begin with END to flush noise.
  return decoder.len == 0 ? SlipStep.More : SlipStep.Packet;
}
