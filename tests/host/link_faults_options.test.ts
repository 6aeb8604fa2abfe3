/**
 * Aim: fault options are read, and nonsense is refused with words that help. Method: each option,
 * right and wrong.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withFaults } from "../../host/link/faults.js";
import { parseFaultOptions, parseNarrowOptions } from "../../host/link/faults_options.js";
import { DoubleLink } from "../support/link_double.js";

describe("parseNarrowOptions", () => {
  it("reads a path that reports, or a black hole, and says undefined for none", () => {
    assert.equal(parseNarrowOptions({ loss: "0.1" }), undefined);
    assert.equal(parseFaultOptions({ "path-mtu": "1280" }), undefined);
    assert.deepEqual(parseNarrowOptions({ "path-mtu": "1280" }),
      { pathMtu: 1280, isSilent: false });
    assert.deepEqual(parseNarrowOptions({ "black-hole": "576" }), { pathMtu: 576, isSilent: true });
  });

  it("says what is wrong with a value, and that one excludes the other", () => {
    for (const value of ["67", "65536", "1280.5", "", "x"]) {
      assert.throws(() => parseNarrowOptions({ "path-mtu": value }),
        /--path-mtu takes octets from 68 to 65535, such as 1280, not/);
      assert.throws(() => parseNarrowOptions({ "black-hole": value }), /--black-hole takes octets/);
    }
    assert.throws(() => parseNarrowOptions({ "path-mtu": "576", "black-hole": "576" }),
      /do not go together/);
  });
});

describe("parseFaultOptions", () => {
  it("reads all options, and says undefined for none", () => {
    assert.equal(parseFaultOptions({}), undefined);
    assert.deepEqual(
      parseFaultOptions({
        loss: "0.05", duplicate: ".02", reorder: "1", corrupt: "0", delay: "12.5", seed: "99",
      }),
      { loss: 0.05, duplicate: 0.02, reorder: 1, corrupt: 0, delayMs: 12.5, seed: 99 },
    );
  });

  it("says what is wrong with a value and what would be right", () => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ loss: "1.5" }, /--loss takes a probability from 0 to 1, such as 0\.05, not "1\.5"/],
      [{ loss: "5%" }, /for 5% write 0\.05/],
      [{ duplicate: "-0.1" }, /--duplicate takes a probability/],
      [{ reorder: "" }, /--reorder takes a probability .* not ""/],
      [{ corrupt: "0x1" }, /--corrupt takes a probability/],
      [{ corrupt: "NaN" }, /--corrupt takes a probability/],
      [{ delay: "-1" }, /--delay takes milliseconds from 0 to 60000/],
      [{ delay: "20ms" }, /--delay takes milliseconds/],
      [{ delay: "60001" }, /--delay takes milliseconds/],
      [{ seed: "1.5" }, /--seed takes an integer from 0/],
      [{ seed: "9007199254740993" }, /--seed takes an integer/],
    ];
    for (const [values, message] of cases) {
      assert.throws(() => parseFaultOptions(values), { name: "RangeError", message });
    }
  });

  it("withFaults itself refuses nonsense too", () => {
    const inner = new DoubleLink();
    for (const options of [{ loss: 2 }, { corrupt: NaN }, { delayMs: -1 }, { queuePackets: 0 }]) {
      assert.throws(() => withFaults(inner, options), RangeError);
    }
    assert.throws(() => withFaults(inner, { seed: 1.5 }), /a seed is an integer/);
  });
});
