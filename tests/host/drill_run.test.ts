/** `runScript`: scripts that are right pass, and those that are wrong do not. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runScript } from "../../host/drill/drill.js";

const OPEN = `
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 1000 <mss 1000>
+0  > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 1000
+0  accept(3, ..., ...) = 4
`;

describe("a script", () => {
  it("passes on both builds at four pairs of initial sequence numbers", async () => {
    const report = await runScript(`${OPEN}
      +0  < P. 1:101(100) ack 1 win 1000
      +.04 > . 1:1(0) ack 101
      +0  read(4, ..., 1000) = 100
      +0  write(4, ..., 500) = 500
      +0  > P. 1:501(500) ack 101
      +.1 < . 101:101(0) ack 501 win 1000
      +0  close(4) = 0
      +0  > F. 501:501(0) ack 101
      +0  < F. 101:101(0) ack 502 win 1000
      +0  > . 502:502(0) ack 102`);
    assert.deepEqual(report.runs.map(({ failure }) => failure), Array(8).fill(undefined));
    assert.equal(report.ok, true);
  });

  it("fails when a number, a flag, a length, a time or a result is wrong", async () => {
    const right = ["> P. 1:501(500) ack 1", "+0", "= 500"] as const;
    const wrong: [string, string, string][] = [
      ["> P. 2:502(500) ack 1", right[1], right[2]],
      ["> P. 1:501(500) ack 2", right[1], right[2]],
      ["> . 1:501(500) ack 1", right[1], right[2]],
      ["> P. 1:500(499) ack 1", right[1], right[2]],
      ["> P. 1:501(500) ack 1 win 1", right[1], right[2]],
      ["> P. 1:501(500) ack 1 <mss 1460>", right[1], right[2]],
      [right[0], "+.1", right[2]],
      [right[0], right[1], "= 499"],
    ];
    const script = (packet: string, time: string, result: string): string =>
      `${OPEN}+0 write(4, ..., 500) ${result}\n${time} ${packet}\n`;
    assert.equal((await runScript(script(...right))).ok, true);
    for (const parts of wrong) {
      const report = await runScript(script(...parts));
      assert.deepEqual(report.runs.map(({ ok }) => ok), Array(8).fill(false), parts.join(" "));
    }
  });
});
