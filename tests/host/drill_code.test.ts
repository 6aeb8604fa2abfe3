/** The code of `%{ ... }%`: assertions on the connection, with Python's operators. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runScript } from "../../host/drill/drill.js";
import { ACCEPTED, fails, passes } from "../support/drill_scripts.js";

describe("an expression", () => {
  const right = [
    "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "7 // 2 == 3 and 7 % 4 == 3 and -7 // 2 == -4",
    "2 ** 3 == 8",
    "1 < 2 < 3", "not 1 > 2", "1 > 2 or 2 > 1", "1 == 1 and not 1 == 2", "5 & 4 | 2 == 6",
    "1 << 4 == 16", "0x10 == 16", "-1 == 0 - 1", "2 in [1, 2]", "3 not in (1, 2)", "abs(-3) == 3",
    "max(1, 2) - min(3, 4) == -1", "(1 if 2 > 1 else 0) == 1", "'a' == \"a\"", "True", "not False",
    "None is None", "[1, 2] == [1, 2]", "int(7 / 2) == 3", "1 is not 2", "len('abc') == 3",
  ];
  for (const expression of right) {
    it(`holds: ${expression}`, () => passes(`%{ assert ${expression} }%`).then());
    it(`does not hold: not (${expression})`, () =>
      fails(`%{ assert not (${expression}) }%`, "assert").then());
  }
});

describe("an assertion", () => {
  it("knows the connection by Linux's names and by ours, and counters", async () => {
    await passes(`${ACCEPTED}
      +0 write(4, ..., 1500) = 1500
      +0 %{
        assert tcpi_state == TCP_ESTABLISHED
        assert state == "ESTABLISHED" and tcpi_unacked == 2, tcpi_unacked
        assert (tcpi_snd_cwnd == 10 and
                cwnd == 10000); assert tcpi_snd_mss == 1000
        assert tcpi_options & TCPI_OPT_SACK == 0 and tcpi_rto == rto * 1000
        assert TcpPassiveOpens == 1 and sendQueue == 1500 and tcpi_notsent_bytes == 0
      }%`);
    await passes(`%{ assert tcpi_state == TCP_CLOSE and state == "CLOSED" }%`);
  });

  it("tells the values of its names when it does not hold", async () => {
    const { summary, actual, line } = await fails(`${ACCEPTED}
      +0 %{ assert tcpi_unacked == 1 and cwnd > 0, "nothing is out" }%`, "assert");
    assert.equal(summary, "the assertion does not hold: nothing is out");
    assert.equal(actual, "tcpi_unacked is 0, cwnd is 10000");
    assert.equal(line, 10);
  });

  it("is left out, with a note, when Linux's field has no counterpart", async () => {
    await fails(`${ACCEPTED}+0 %{ assert tcpi_ca_state == 3; assert tcpi_unacked == 1 }%`, "ca_");
    assert.deepEqual(await passes(`${ACCEPTED}+0 %{ assert tcpi_ca_state == TCP_CA_Open }%`),
      ["line 9: tcpi_ca_state has no counterpart, assertion skipped"]);
  });
});

describe("code", () => {
  it("keeps variables, and prints", async () => {
    const traced: string[] = [];
    await passes("%{ a = 3; b = a * 2 }%\n+1 %{ assert b == 6\nprint('b', b)\nprint a }%",
      { trace: (line) => traced.push(line) });
    assert.deepEqual(traced.filter((line) => !line.includes("%{")), ["b 6", "3"]);
  });

  it("that is not understood is told with its place", async () => {
    const wrong: [string, RegExp][] = [
      ["%{ assert tcpi_stat == 1 }%", /^a\.pkt:1:11: unknown name "tcpi_stat"$/],
      ["+0\n%{\n  assert frobnicate(1) }%", /:3:10: unknown function "frobnicate"; there/],
      ["%{ for x in y: pass }%", /:1:4: expected assert, print or NAME = \.\.\., found "for"/],
      ["%{ assert 1 + }%", /expected a value, found the end/],
      ["%{ assert 'a' - 1 }%", /a is no number/],
    ];
    for (const [code, says] of wrong) {
      await assert.rejects(runScript(code, { file: "a.pkt" }), { message: says }, code);
    }
  });
});
