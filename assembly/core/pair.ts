/**
 * A pair of addresses and ports, as far as it can differ: the other side's address, and both ports.
 * It is what connections are found by, and what replies are sent to.
 */
import { Link } from "./list";

@unmanaged
export class Pair extends Link {
  /** The other side's address: 16 octets as two words. */
  remoteHigh: u64;
  remoteLow: u64;
  /** Its port and ours, as they stand in an arriving header; 0 where there are no ports. */
  ports: u32;
}

const given: Pair = changetype<Pair>(memory.data(offsetof<Pair>(), 8));

/** The pair of these: to look something up by. It is the same place each time. */
export function pairOf(high: u64, low: u64, ports: u32): Pair {
  given.remoteHigh = high;
  given.remoteLow = low;
  given.ports = ports;
  return given;
}

/** Gives `to` the pair of `from`. */
export function copyPair(to: Pair, from: Pair): void {
  to.remoteHigh = from.remoteHigh;
  to.remoteLow = from.remoteLow;
  to.ports = from.ports;
}
