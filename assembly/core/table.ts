/**
 * The hash table: whatever is found by a pair (connections, half-open ones, TIME-WAITs), or by a
 * part of one: listeners by our port alone, neighbours by the address alone. As an arriving segment
 * never bears a port 0 or comes from the address 0, no two kinds can be taken for each other.
 */
import { HAS_PLACES } from "../config";
import { hashPair } from "./hash";
import { Pair } from "./pair";
import { tableKeysAt } from "./random";

/** What the table can hold. */
@unmanaged
export class Keyed extends Pair {
  /** The next in the same bucket; 0: none. */
  hashNext: usize;
}

@unmanaged
@final
class Table {
  buckets: usize;
  mask: u32;
  /** What was found or entered last, often asked for again; null: it has left. */
  found: Keyed | null;
}

/** Where `HAS_PLACES`. */
@unmanaged
@final
class Place {
  /** Where the pointer to what was found last is: a bucket, or `hashNext` of another that is in. */
  pointer: usize;
}

const table: Table = changetype<Table>(memory.data(offsetof<Table>(), 4));

/** Takes `count` (a power of two) cleared words at `buckets`. */
export function setTable(buckets: usize, count: u32): void {
  table.buckets = buckets;
  table.mask = count - 1;
  table.found = null;
  if (HAS_PLACES) place().pointer = buckets;
}

/** The entry with this pair, or null. */
export function findEntry(pair: Pair): Keyed | null {
  return findPair(pair.remoteHigh, pair.remoteLow, pair.ports);
}

/** The entry with the pair of these, or null. */
export function findPair(high: u64, low: u64, ports: u32): Keyed | null {
  const found = table.found;
  if (found != null && isOf(found, high, low, ports)) return found;
  let pointer = bucketFor(high, low, ports);
  let at = load<usize>(pointer);
  while (at != 0) {
    const entry = changetype<Keyed>(at);
    if (isOf(entry, high, low, ports)) {
      note(entry, pointer);
      return entry;
    }
    pointer = at + offsetof<Keyed>("hashNext");
    at = entry.hashNext;
  }
  return null;
}

/** Enters `entry` under the pair it bears, which must be free. */
export function enterEntry(entry: Keyed): void {
  const bucket = bucketOf(entry);
  entry.hashNext = load<usize>(bucket);
  store<usize>(bucket, changetype<usize>(entry));
  if (HAS_PLACES) note(entry, bucket);
}

/** Takes `entry` out. It must be in. */
export function leaveEntry(entry: Keyed): void {
  point(entry, entry.hashNext);
}

/** Puts `entry`, which bears its pair, in the place of `old`. */
export function replaceEntry(old: Keyed, entry: Keyed): void {
  entry.hashNext = old.hashNext;
  const pointer = point(old, changetype<usize>(entry));
  if (HAS_PLACES) note(entry, pointer);
}

/** Lets the pointer to `entry`, which leaves, point to `to` instead. Returns where it is. */
function point(entry: Keyed, to: usize): usize {
  // It may point to something else by now. But it is a bucket, or in an entry that is in the table.
  let pointer: usize = HAS_PLACES ? place().pointer : 0;
  if (!HAS_PLACES || load<usize>(pointer) != changetype<usize>(entry)) {
    pointer = findPointer(entry);
    // What was found last stays found, unless the pointer to it leaves with this entry.
    if (HAS_PLACES && place().pointer == changetype<usize>(entry) + offsetof<Keyed>("hashNext")) {
      place().pointer = pointer;
    }
  }
  store<usize>(pointer, to);
  if (table.found == entry) table.found = null;
  return pointer;
}

function findPointer(entry: Keyed): usize {
  let pointer = bucketOf(entry);
  while (load<usize>(pointer) != changetype<usize>(entry)) {
    pointer = load<usize>(pointer) + offsetof<Keyed>("hashNext");
  }
  return pointer;
}

/** Takes no memory where it is not called. */
function place(): Place {
  return changetype<Place>(memory.data(offsetof<Place>(), 4));
}

/** Notes what is likely to be asked for next. */
function note(entry: Keyed, pointer: usize): void {
  table.found = entry;
  if (HAS_PLACES) place().pointer = pointer;
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
