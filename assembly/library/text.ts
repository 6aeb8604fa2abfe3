/** Text and numbers put into memory, for messages that are then written in one. */

/** Digits of the largest number. */
const MOST_DIGITS: u32 = 10;

/** Puts the octet of character `index` of a text at `to`. */
export function putCharacter(to: usize, text: string, index: i32): void {
  store<u8>(to, load<u8>(changetype<usize>(text) + (<usize>index << 1)));
}

/** Puts a text at `to`, an octet a character (ASCII). Returns where it ends. */
export function putText(to: usize, text: string): usize {
  for (let index = 0; index < text.length; index++) putCharacter(to + index, text, index);
  return to + text.length;
}

/** Puts a number at `to`, in up to 11 characters. Returns where it ends. */
export function putNumber(to: usize, value: i32): usize {
  if (value < 0) store<u8>(to++, 0x2d);
  const size = value < 0 ? <u32>-value : <u32>value;
  let length: usize = 1;
  for (let rest = size / 10; rest != 0 && length < MOST_DIGITS; rest /= 10) length++;
  let rest = size;
  for (let at = to + length; at > to; rest /= 10) store<u8>(--at, <u8>(0x30 + rest % 10));
  return to + length;
}
