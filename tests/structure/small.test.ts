/**
 * The smallest build (assembly/config.ts: IS_SMALL): it compiles, and recovers losses by NewReno
 * and SACK; RACK-TLP, PRR, F-RTO and CUBIC are not in it. Method: a copy of the tree where it takes
 * the Node build's place, and what is told of that build goes as it says.
 */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Workshop } from "../mutants/workshop.js";

const PATIENCE_MS = 300_000;
/** Of recovery: what counting does as time does (RFC 6675, RFC 5681). */
const RECOVERY = [
  "sack_third", "sack_third_at_once", "sack_holes", "sack_below", "timeout_keeps_sacked",
  "one_reduction", "limited_transmit", "eifel_genuine",
];

describe("the smallest build", () => {
  const workshop = new Workshop(["--use", "CFG_SMALL=1"]);
  after(() => workshop.clear());

  it("loses nothing of what has no part in RACK-TLP, PRR, F-RTO and CUBIC", async () => {
    const scripts = RECOVERY.map((name) => `conformance/recovery/${name}.pkt`);
    const { noticed } = await workshop.examine(
      [...scripts, "conformance/retransmission", "conformance/ecn", "conformance/close"],
      () => PATIENCE_MS,
    );
    assert.equal(noticed, undefined);
  });
});
