/**
 * Challenge ACKs (RFC 5961): the answer to what may be an attacker's guess. Their number is limited
 * over all connections (section 7), so that they cannot be used to make us shout.
 */
import { Counter } from "../abi/counter";
import { inMs, isDue, nowMs } from "../core/clock";
import { count } from "../core/counters";

/** Challenge ACKs in any second at the most. */
const CHALLENGES_PER_SECOND: u32 = 100;

@unmanaged
@final
class Challenges {
  endsAtMs: u32;
  sent: u32;
}

const challenges: Challenges = changetype<Challenges>(memory.data(offsetof<Challenges>(), 4));

/** Starts counting. */
export function clearChallenges(): void {
  challenges.endsAtMs = nowMs();
  challenges.sent = 0;
}

/** Whether one more may be sent now; counted either way. */
export function mayChallenge(): bool {
  if (isDue(challenges.endsAtMs)) {
    challenges.endsAtMs = inMs(1000);
    challenges.sent = 0;
  }
  if (challenges.sent == CHALLENGES_PER_SECOND) {
    count(Counter.TcpChallengesLimited);
    return false;
  }
  challenges.sent++;
  count(Counter.TcpChallengeAcks);
  return true;
}
