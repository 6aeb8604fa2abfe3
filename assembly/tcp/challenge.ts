/**
 * Challenge ACKs (RFC 5961): the answer to what may be an attacker's guess. Their number is limited
 * over all connections (section 7), so that they cannot be used to make us shout.
 */
import { Counter } from "../abi/counter";
import { count } from "../core/counters";
import { Limiter, clearLimiter, mayDo } from "../core/limiter";

/** Challenge ACKs in any second at the most. */
const CHALLENGES_PER_SECOND: u32 = 100;

const limiter: Limiter = changetype<Limiter>(memory.data(offsetof<Limiter>(), 4));

/** Starts counting. */
export function clearChallenges(): void {
  clearLimiter(limiter);
}

/** Whether one more may be sent now; counted either way. */
export function mayChallenge(): bool {
  const may = mayDo(limiter, CHALLENGES_PER_SECOND);
  count(may ? Counter.TcpChallengeAcks : Counter.TcpChallengesLimited);
  return may;
}
