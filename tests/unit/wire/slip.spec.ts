/** SLIP: what is encoded comes back, and what a noisy line makes of it does no harm. */
import {
  SlipDecoder, SlipStep, clearSlip, decodeSlip, SLIP_LONGEST, encodeSlip, encodeSlipEnd,
} from "../../../assembly/wire/slip";
import { below, fillRandom, isFilled, seed } from "../support/numbers";
import { hex, put } from "../support/octets";

const SIZE: u32 = 300;
const packet: usize = memory.data(SIZE, 8);
const line: usize = memory.data(2 * SIZE + 2, 8);
const decoded: usize = memory.data(SIZE + 8, 8);
const decoder: SlipDecoder = changetype<SlipDecoder>(memory.data(offsetof<SlipDecoder>(), 4));

function encode(len: u32): u32 {
  let at = line;
  for (let index: u32 = 0; index < len; index++) at += encodeSlip(at, load<u8>(packet + index));
  at += encodeSlipEnd(at);
  return <u32>(at - line);
}

/** Decodes `len` octets of the line. The last step that was not `More`, or `More`. */
function decode(len: u32, size: u32): SlipStep {
  let last: SlipStep = SlipStep.More;
  for (let index: u32 = 0; index < len; index++) {
    const step = decodeSlip(decoder, load<u8>(line + index), decoded, size);
    if (step != SlipStep.More) last = step;
  }
  return last;
}

describe("encodeSlip", () => {
  it("escapes END and ESC as RFC 1055 says, and nothing else", () => {
    put(packet, "c0 db dc dd 00 ff");
    expect<u32>(encode(6)).toBe(9);
    expect<string>(hex(line, 9)).toBe("db dc db dd dc dd 00 ff c0");
  });

  it("takes no more octets than SLIP_LONGEST says", () => {
    for (let octet: u32 = 0; octet < 256; octet++) {
      expect<bool>(encodeSlip(line, octet) <= SLIP_LONGEST).toBe(true);
    }
  });
});

describe("decodeSlip", () => {
  beforeEach(() => clearSlip(decoder));

  it("gives back any packet", () => {
    for (let run: u32 = 0; run < 200; run++) {
      seed(run);
      const len = below(SIZE) + 1;
      fillRandom(packet, len);
      // Many of the octets that need an escape.
      for (let index: u32 = 0; index < len; index++) {
        if (below(3) == 0) store<u8>(packet + index, below(2) == 0 ? 0xc0 : 0xdb);
      }
      clearSlip(decoder);
      expect<i32>(decode(encode(len), SIZE)).toBe(SlipStep.Packet);
      expect<u32>(decoder.len).toBe(len);
      expect<i32>(memory.compare(decoded, packet, len)).toBe(0);
    }
  });

  it("takes ENDs in a row for nothing", () => {
    put(line, "c0 c0 c0");
    expect<i32>(decode(3, SIZE)).toBe(SlipStep.More);
  });

  it("spoils a packet that is longer than its buffer, and writes nothing beyond", () => {
    memory.fill(packet, 0x11, SIZE);
    memory.fill(decoded, 0xee, SIZE + 8);
    expect<i32>(decode(encode(101), 100)).toBe(SlipStep.Spoilt);
    expect<bool>(isFilled(decoded + 100, 8, 0xee)).toBe(true);
    clearSlip(decoder);
    expect<i32>(decode(encode(100), 100)).toBe(SlipStep.Packet);
  });

  it("spoils a packet with an escape of anything but END and ESC", () => {
    put(line, "01 db 02 03 c0");
    expect<i32>(decode(5, SIZE)).toBe(SlipStep.Spoilt);
  });

  it("spoils a packet that ends in the middle of an escape, or escapes twice", () => {
    put(line, "01 db c0");
    expect<i32>(decode(3, SIZE)).toBe(SlipStep.Spoilt);
    clearSlip(decoder);
    put(line, "01 db db dc c0");
    expect<i32>(decode(5, SIZE)).toBe(SlipStep.Spoilt);
  });

  it("takes the packet after a spoilt one", () => {
    put(line, "01 db 02 c0");
    expect<i32>(decode(4, SIZE)).toBe(SlipStep.Spoilt);
    clearSlip(decoder);
    put(line, "61 62 c0");
    expect<i32>(decode(3, SIZE)).toBe(SlipStep.Packet);
    expect<u32>(decoder.len).toBe(2);
  });

  it("stays in its buffer whatever the line brings", () => {
    for (let run: u32 = 0; run < 100; run++) {
      seed(run);
      fillRandom(line, 2 * SIZE);
      memory.fill(decoded, 0xee, SIZE + 8);
      const size = below(40);
      clearSlip(decoder);
      for (let index: u32 = 0; index < 2 * SIZE; index++) {
        const octet = below(4) == 0 ? <u32>0xdb : <u32>load<u8>(line + index);
        if (decodeSlip(decoder, octet, decoded, size) != SlipStep.More) clearSlip(decoder);
        if (decoder.len > size) throw new Error("the decoder left its buffer");
      }
      expect<bool>(isFilled(decoded + size, 8, 0xee)).toBe(true);
    }
  });
});
