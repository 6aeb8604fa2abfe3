/**
 * What is held out of order in a receive ring: a short sorted table of ranges of sequence numbers,
 * none touching another, all beyond the next octet expected (`base`). Comparisons are by distance
 * from `base`, so the table does not care where the sequence space wraps.
 *
 *   base            from0     to0           from1  to1
 *     |...............#########...............######..........
 *
 * An entry is two u32 words: the first octet, and the one after the last.
 */

/** Octets of one range in the table. */
export const RANGE_LEN: u32 = 8;

/** What `insertRange` answers when the table is full. */
export const NO_ROOM: u32 = 0xffff;

/** The first octet of range `index`. */
export function rangeFrom(table: usize, index: u32): u32 {
  return load<u32>(table + (<usize>index << 3));
}

/** The octet after the last of range `index`. */
export function rangeTo(table: usize, index: u32): u32 {
  return load<u32>(table + (<usize>index << 3), 4);
}

/**
 * Adds the octets `from` to `to` (exclusive), joining what touches. Returns the new count;
 * `NO_ROOM`, with nothing changed, when a range of its own is needed and `capacity` is reached.
 */
export function insertRange(
  table: usize, count: u32, capacity: u32, base: u32, from: u32, to: u32,
): u32 {
  const first = firstTouched(table, count, base, from);
  let end = first;
  while (end < count && rangeFrom(table, end) - base <= to - base) end++;
  if (end == first) {
    if (count == capacity) return NO_ROOM;
    moveRanges(table, first, first + 1, count - first);
    setRange(table, first, from, to);
    return count + 1;
  }
  if (rangeFrom(table, first) - base < from - base) from = rangeFrom(table, first);
  if (rangeTo(table, end - 1) - base > to - base) to = rangeTo(table, end - 1);
  setRange(table, first, from, to);
  moveRanges(table, end, first + 1, count - end);
  return count - (end - first - 1);
}

/** Drops the first `taken` ranges. Returns the new count. */
export function dropRanges(table: usize, count: u32, taken: u32): u32 {
  moveRanges(table, taken, 0, count - taken);
  return count - taken;
}

/** The first range that ends at or after `from`; `count` for none. */
function firstTouched(table: usize, count: u32, base: u32, from: u32): u32 {
  let index: u32 = 0;
  while (index < count && rangeTo(table, index) - base < from - base) index++;
  return index;
}

function setRange(table: usize, index: u32, from: u32, to: u32): void {
  const at = table + (<usize>index << 3);
  store<u32>(at, from);
  store<u32>(at, to, 4);
}

function moveRanges(table: usize, fromIndex: u32, toIndex: u32, count: u32): void {
  memory.copy(table + (<usize>toIndex << 3), table + (<usize>fromIndex << 3), <usize>count << 3);
}
