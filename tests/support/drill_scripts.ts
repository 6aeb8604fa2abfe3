/** Beginnings of scripts that tests of `motetcp drill` go on from, and judging the result. */
import assert from "node:assert/strict";
import { type DrillFailure, type DrillOptions, runScript } from "../../host/drill/drill.js";

/** A connection that the remote side opens: descriptor 4, at 0.1 s. */
export const ACCEPTED = `
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  bind(3, ..., ...) = 0
+0  listen(3, 2) = 0
+0  < S 0:0(0) win 10000 <mss 1000>
+0  > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 10000
+0  accept(3, ..., ...) = 4
`;

/** One that we open: descriptor 3, at 0.1 s. */
export const CONNECTED = `
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
0...0.1 connect(3, ..., ...) = 0
0   > S 0:0(0) <...>
0.1 < S. 0:0(0) ack 1 win 10000 <mss 1000>
+0  > . 1:1(0) ack 1
`;

/** One build at one pair of numbers: what a test of the tool needs, unless it is about them. */
const ONCE: DrillOptions = { builds: ["node"], isns: [{ local: 0xfffffff0, remote: 0x7fffffff }] };

/** The script must go through. Returns its notes. */
export async function passes(script: string, options: DrillOptions = {}): Promise<string[]> {
  const report = await runScript(script, { ...ONCE, ...options });
  assert.deepEqual(report.runs.map(({ failure }) => failure), report.runs.map(() => undefined));
  assert.equal(report.ok, true);
  return report.runs.flatMap(({ notes }) => notes);
}

/** The script must fail in every run, at the line that contains `event`. Returns the failure. */
export async function fails(
  script: string, event: string, options: DrillOptions = {},
): Promise<DrillFailure> {
  const report = await runScript(script, { ...ONCE, ...options });
  assert.equal(report.ok, false, `passed with ${event}`);
  for (const { failure } of report.runs) {
    const line = script.split("\n")[failure!.line - 1] ?? "";
    assert.ok(line.includes(event), `failed at "${line}" (${failure!.summary}), not at "${event}"`);
  }
  return report.runs[0]!.failure!;
}

/**
 * `right` in its place lets the script pass, each of `wrong` makes it fail right there.
 */
export async function tells(
  before: string, right: string, wrong: readonly string[], after = "", options: DrillOptions = {},
): Promise<void> {
  await passes(`${before}\n${right}\n${after}`, options);
  for (const event of wrong) await fails(`${before}\n${event}\n${after}`, event, options);
}
