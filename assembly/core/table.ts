/**
 * The hash table: whatever is found by a pair (connections, half-open ones, TIME-WAITs), or by a
 * part of one: listeners by our port alone, neighbours by the address alone. As an arriving segment
 * never bears a port 0 or comes from the address 0, no two kinds can be taken for each other.
 */
import { hashPair } from "./hash";
import { Pair } from "./pair";
import { tableKeysAt } from "./random";

/** What the table can hold. */
@unmanaged
export class Keyed extends Pair {
  /** The next in the same bucket. */
  hashNext: usize;
}

@unmanaged
@final
class Table {
  buckets: usize;
  mask: u32;
  /** What was found last, often asked for again; null: it has left. */
  found: Keyed | null;
}

const table: Table = changetype<Table>(memory.data(offsetof<Table>(), 4));

/** Takes `count` (a power of two) cleared words at `buckets`. */
export function setTable(buckets: usize, count: u32): void {
  table.buckets = buckets;
  table.mask = count - 1;
  table.found = null;
}

/** The entry with this pair, or null. */
export function findEntry(pair: Pair): Keyed | null {
  return findPair(pair.remoteHigh, pair.remoteLow, pair.ports);
}

/** The entry with the pair of these, or null. */
export function findPair(high: u64, low: u64, ports: u32): Keyed | null {
  const found = table.found;
  if (found != null && isOf(found, high, low, ports)) return found;
  let at = load<usize>(bucketFor(high, low, ports));
  while (at != 0) {
    const entry = changetype<Keyed>(at);
    if (isOf(entry, high, low, ports)) {
      table.found = entry;
      return entry;
    }
    at = entry.hashNext;
  }
  return null;
}

/** Enters `entry` under the pair it bears, which must be free. */
export function enterEntry(entry: Keyed): void {
  const bucket = bucketOf(entry);
  entry.hashNext = load<usize>(bucket);
  store<usize>(bucket, changetype<usize>(entry));
}

/** Takes `entry` out. It must be in. */
export function leaveEntry(entry: Keyed): void {
  point(entry, entry.hashNext);
}

/** Puts `entry`, which bears its pair, in the place of `old`. */
export function replaceEntry(old: Keyed, entry: Keyed): void {
  entry.hashNext = old.hashNext;
  point(old, changetype<usize>(entry));
}

/** Lets the pointer to `entry` point to `to` instead. */
function point(entry: Keyed, to: usize): void {
  let pointer = bucketOf(entry);
  while (load<usize>(pointer) != changetype<usize>(entry)) {
    pointer = load<usize>(pointer) + offsetof<Keyed>("hashNext");
  }
  store<usize>(pointer, to);
  if (table.found == entry) table.found = null;
}

function isOf(pair: Pair, high: u64, low: u64, ports: u32): bool {
  return pair.ports == ports && pair.remoteLow == low && pair.remoteHigh == high;
}

function bucketOf(pair: Pair): usize {
  return bucketFor(pair.remoteHigh, pair.remoteLow, pair.ports);
}

function bucketFor(high: u64, low: u64, ports: u32): usize {
  const hash = hashPair(tableKeysAt(), high, low, ports);
  return table.buckets + (<usize>(hash & table.mask) << 2);
}
