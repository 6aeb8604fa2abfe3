/**
 * Challenge ACKs (RFC 5961): the answer to what may be an attacker's guess, limited in number
 * (section 7), so that nobody can make us shout, nor two ends shout at each other.
 *
 * A connection has a limit of its own, so that what befalls one is not seen at another; the limit
 * over all of them is above what a few can use up, and another one each second. Who counts the
 * answers on a connection of his learns nothing of the others (CVE-2016-5696).
 */
import { Counter } from "../abi/counter";
import { nowMs } from "../core/clock";
import { count } from "../core/counters";
import { Limiter, beginSecond, clearLimiter, isOver, takeOne } from "../core/limiter";
import { random64 } from "../core/random";
import { Tcb } from "./tcb";

/** Of one connection in a while, as in the example of section 7: 10 in about 5 seconds. */
const MOST_OF_ONE: u8 = 10;
/** A while is 2^12 ms. */
const WHILE_SHIFT: u32 = 12;

@unmanaged
@final
class Challenges extends Limiter {
  /** How many in a second, on average. */
  most: u32;
}

const challenges: Challenges = changetype<Challenges>(memory.data(offsetof<Challenges>(), 4));

/** About `most` of all connections in a second from now on. */
export function setChallenges(most: u32): void {
  clearLimiter(challenges);
  challenges.most = most;
}

/** Whether one more may be sent now, by whomever; counted either way. */
export function mayChallenge(): bool {
  if (isOver(challenges)) {
    const most = challenges.most;
    beginSecond(challenges, (most + 1) / 2 + <u32>random64() % most);
  }
  return counted(takeOne(challenges));
}

/** Whether the connection may send one more now; counted either way. */
export function mayChallengeOn(tcb: Tcb): bool {
  const now = <u16>(nowMs() >> WHILE_SHIFT);
  if (tcb.challengedIn != now) {
    tcb.challengedIn = now;
    tcb.challenges = 0;
  }
  if (tcb.challenges == MOST_OF_ONE) return counted(false);
  tcb.challenges++;
  return mayChallenge();
}

function counted(may: bool): bool {
  count(may ? Counter.TcpChallengeAcks : Counter.TcpChallengesLimited);
  return may;
}
