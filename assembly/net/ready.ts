/**
 * Who has, or may have, something to say: deficit round robin, and sparse senders first (the idea
 * of RFC 8290). In each round everybody may send about one full frame. Who comes with octets left
 * of it goes before those who wait for the next round, so that a few octets never wait behind bulk;
 * who has used it up waits, so that a crowd with few octets each does not hold bulk back for ever.
 *
 *   sparse    octets left: at once, in the order in which they came
 *   current   those whose turn comes in this round
 *   next      no octets left: `current` of the next round, which begins when both others are empty
 *
 * A connection whose neighbour is unknown waits on the neighbour instead.
 */
import { IS_BOARD } from "../config";
import { setFramesWait } from "../core/descriptor";
import {
  Link, append, clearLink, holdsOnly, isLone, prepend, splice, takeFirst,
} from "../core/list";

@unmanaged
@final
class Ready {
  sparse: Link;
  sparsePrevious: Link;
  current: Link;
  currentPrevious: Link;
  next: Link;
  nextPrevious: Link;
  round: u8;
  /** 1: replies, messages of ICMP or connections to be reset may wait, too. */
  others: u8;
}

const ready: Ready = changetype<Ready>(memory.data(offsetof<Ready>(), 4));

/** Empties the queues. Whoever is new has had no turn in the round. */
export function clearReady(): void {
  clearLink(sparseQueue());
  clearLink(currentQueue());
  clearLink(nextQueue());
  ready.round = 1;
  ready.others = 0;
  setFramesWait(0);
}

/** Whether anybody is ready. */
export function hasReady(): bool {
  return !isLone(sparseQueue()) || !isLone(nextQueue()) || !isLone(currentQueue());
}

/** Takes out whose turn it is, or null: nobody is ready. */
export function takeReady(): Link | null {
  if (!isLone(sparseQueue())) return takeFirst(sparseQueue());
  if (isLone(currentQueue())) {
    if (isLone(nextQueue())) return null;
    splice(currentQueue(), nextQueue());
    ready.round++;
  }
  return takeFirst(currentQueue());
}

/** Whether nobody but `link`, which does not come before others, waits. */
export function isOnlyReady(link: Link): bool {
  if (ready.others != 0 || !isLone(sparseQueue())) return false;
  return isLone(currentQueue()) ? holdsOnly(nextQueue(), link)
    : isLone(nextQueue()) && holdsOnly(currentQueue(), link);
}

/** A round passes in which the only one that is ready has its turn: what `takeReady` would do. */
export function passRound(): void {
  ready.round++;
}

/** A number for the round; it comes round itself. */
export function currentRound(): u8 {
  return ready.round;
}

/** Queues `link`, which is in no list. */
export function makeReady(link: Link, isSparse: bool): void {
  append(isSparse ? sparseQueue() : nextQueue(), link);
  setFramesWait(1);
}

/** Queues all of a list: each at once. */
export function makeAllReady(list: Link): void {
  splice(sparseQueue(), list);
  setFramesWait(1);
}

/** Others than connections with something to say wait. */
export function makeOthersReady(): void {
  if (!IS_BOARD) ready.others = 1;
  setFramesWait(1);
}

/** Whether such may wait: only then is it worth a look. Boards always look: it is less code. */
export function mayHaveOthers(): bool {
  return IS_BOARD || ready.others != 0;
}

/** None of them waits. */
export function clearOthers(): void {
  if (!IS_BOARD) ready.others = 0;
}

/** Queues `link`, which is in no list, and whose turn goes on: whoever is sparse comes before. */
export function goOn(link: Link): void {
  prepend(currentQueue(), link);
}

function sparseQueue(): Link {
  return changetype<Link>(ready);
}

function currentQueue(): Link {
  return changetype<Link>(changetype<usize>(ready) + offsetof<Ready>("current"));
}

function nextQueue(): Link {
  return changetype<Link>(changetype<usize>(ready) + offsetof<Ready>("next"));
}
