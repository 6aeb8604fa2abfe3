/**
 * The ready queue: who has, or may have, something to say. `transmit` serves it in turn; who still
 * has more goes to its end. A connection whose neighbour is unknown waits on the neighbour instead.
 */
import { Link, append, clearLink, isLone } from "../core/list";

const ready: Link = changetype<Link>(memory.data(offsetof<Link>(), 4));

/** Empties the queue. */
export function clearReady(): void {
  clearLink(ready);
}

export function readyQueue(): Link {
  return ready;
}

/** Puts `link` in the queue unless it waits somewhere already. */
export function makeReady(link: Link): void {
  if (isLone(link)) append(ready, link);
}
