/**
 * Handshakes and closes by a forged peer, in small tables, on both builds; and that the short ways
 * of tcp/usual.ts and its kin are taken unseen there.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { compileLong } from "../support/long.js";
import { runSeeds } from "./watched.js";

const SEEDS = 900;
/** What chance must have met in so many: else the driver has lost its way. */
const MET = [
  "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
  "CLOSING", "LAST-ACK", "TIME-WAIT", "CLOSED",
  "finished", "reset", "refused", "timed out", "unreachable",
  "DropTcpMalformed", "DropTcpNoConnection", "DropTcpListen", "DropTcpHalfOpen", "DropTcpTimeWait",
  "DropTcpBacklog", "DropTcpNoSlot", "TcpOutOfWindow", "TcpBadAck", "TcpDuplicateText",
  "TcpOutOfOrderText", "TcpChallengeAcks", "TcpChallengesLimited", "TcpTimestampOld",
  "TcpTimestampMissing", "TcpWindowProbes", "TcpTimeouts", "TcpSynAckRetransmissions",
  "TcpHalfOpenExpired", "TcpCookiesSent", "TcpCookiesAccepted", "TcpTimeWaitEvicted",
  "TcpConnectionsRefused", "NeighboursFailed",
];

describe("handshakes and closes by a forged peer", () => {
  let long: WebAssembly.Module;

  before(async () => {
    long = await compileLong();
  });

  it(`hold in ${SEEDS} runs, and go the same way without the short ways`, async () => {
    const met = await runSeeds({ first: 1, count: SEEDS, long });
    assert.deepEqual(MET.filter((name) => !met.has(name)), [], "what was never met");
  });
});
