/** Octets written down as hexadecimal text, as captures show them. */

/** Writes the octets of `text` ("45 00 00 1c ...") at `at`. Returns how many. */
export function put(at: usize, text: string): u32 {
  let len: u32 = 0;
  let high = -1;
  for (let index = 0; index < text.length; index++) {
    const digit = digitOf(text.charCodeAt(index));
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      store<u8>(at + len, <u8>(high * 16 + digit));
      high = -1;
      len++;
    }
  }
  assert(high < 0, "an odd number of hexadecimal digits");
  return len;
}

/** The `len` octets at `at` as such text. */
export function hex(at: usize, len: u32): string {
  let text = "";
  for (let index: u32 = 0; index < len; index++) {
    const octet = <u32>load<u8>(at + index);
    if (index > 0) text += " ";
    text += DIGITS.charAt(octet >> 4) + DIGITS.charAt(octet & 15);
  }
  return text;
}

const DIGITS = "0123456789abcdef";

function digitOf(code: i32): i32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x61 + 10;
  return -1;
}
