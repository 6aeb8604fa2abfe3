/**
 * A fixed set of seeds of the random simulation (`npm run sim` runs others): no failure, and
 * between them everything that a stack has a counter for in a conversation of two has happened.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CounterName } from "../../host/names.js";
import { addCounters, runSeed } from "./run.js";

const SEEDS = 2000;

/** What must have happened somewhere among the seeds. */
const HAPPENED: CounterName[] = [
  "InTcp", "InArp", "DropIpChecksum", "DropTcpChecksum", "DropTcpNoConnection", "DropTcpListen",
  "DropTcpHalfOpen", "DropTcpTimeWait", "DropTcpNoSlot", "TcpOutOfWindow", "TcpBadAck",
  "TcpOutOfOrderText", "TcpTextBeyondRanges", "TcpResetReceived", "TcpChallengeAcks",
  "TcpActiveOpens", "TcpPassiveOpens", "TcpRetransmissionTimeouts", "TcpFastRetransmits",
  "TcpWindowProbes", "TcpKeepAlives", "TcpResetsSent", "TcpTimeouts", "TcpSynAckRetransmissions",
  "TcpHalfOpenExpired", "TcpTimeWaitEvicted", "TcpConnectionsRefused",
  "RepliesDropped", "RepliesUnresolved", "NeighboursFailed", "TcpSegmentSizeLowered",
  "TcpSegmentSizeRaised",
];

describe("random runs of the simulated network", () => {
  it(`hold all invariants with seeds 1 to ${SEEDS}`, () => {
    const total = new Map<CounterName, number>();
    const failed: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      try {
        addCounters(total, runSeed(seed));
      } catch (error) {
        failed.push((error as Error).message);
      }
    }
    assert.deepEqual(failed, []);
    const missing = HAPPENED.filter((name) => (total.get(name) ?? 0) === 0);
    assert.deepEqual(missing, [], "these never happened: the seeds do not try enough");
  });

  it("go the same way again", () => {
    for (const seed of [3, 14, 159, 265]) {
      const runs = [runSeed(seed), runSeed(seed)].map(({ pair }) =>
        [pair.steps, pair.clock.now(), ...pair.stations.map(({ stack }) => stack.counters())]);
      assert.deepEqual(runs[0], runs[1]);
    }
  });
});
