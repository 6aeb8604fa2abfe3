/** The table of connections, half-open ones and TIME-WAITs: a keyed hash over the address pair. */
import { hashPair } from "../core/hash";
import { tableKeysAt } from "../core/random";
import { Entry } from "./entry";

@unmanaged
@final
class Demux {
  buckets: usize;
  mask: u32;
}

const demux: Demux = changetype<Demux>(memory.data(offsetof<Demux>(), 4));

/** Takes `count` (a power of two) cleared words at `buckets`. */
export function setDemux(buckets: usize, count: u32): void {
  demux.buckets = buckets;
  demux.mask = count - 1;
}

/** The entry of a pair: the peer's address, and the ports as in an arriving header; or null. */
export function findEntry(high: u64, low: u64, ports: u32): Entry | null {
  let at = load<usize>(bucketOf(high, low, ports));
  while (at != 0) {
    const entry = changetype<Entry>(at);
    if (entry.ports == ports && entry.remoteLow == low && entry.remoteHigh == high) return entry;
    at = entry.hashNext;
  }
  return null;
}

/** Enters `entry` under the pair it bears. The pair must be free. */
export function enterEntry(entry: Entry): void {
  const bucket = bucketOf(entry.remoteHigh, entry.remoteLow, entry.ports);
  entry.hashNext = load<usize>(bucket);
  store<usize>(bucket, changetype<usize>(entry));
}

/** Takes `entry` out. It must be in. */
export function leaveEntry(entry: Entry): void {
  let pointer = bucketOf(entry.remoteHigh, entry.remoteLow, entry.ports);
  while (load<usize>(pointer) != changetype<usize>(entry)) {
    pointer = load<usize>(pointer) + offsetof<Entry>("hashNext");
  }
  store<usize>(pointer, entry.hashNext);
  entry.hashNext = 0;
}

/** Gives `to` the pair of `from`. */
export function copyPair(to: Entry, from: Entry): void {
  to.remoteHigh = from.remoteHigh;
  to.remoteLow = from.remoteLow;
  to.ports = from.ports;
}

function bucketOf(high: u64, low: u64, ports: u32): usize {
  const hash = hashPair(tableKeysAt(), high, low, ports);
  return demux.buckets + (<usize>(hash & demux.mask) << 2);
}
