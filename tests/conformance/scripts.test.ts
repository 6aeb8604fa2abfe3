/**
 * The scripts under this folder, in packetdrill's language (docs/drill.md), each a rule: on both
 * builds, at four pairs of initial sequence numbers, and with no packet that it does not mention.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runScript } from "../../host/drill/drill.js";
import { failuresText } from "../../host/drill/report.js";
import { idsOfFile } from "../table/evidence.js";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const scripts = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".pkt")).sort();

describe("scripts", () => {
  for (const path of scripts) {
    const text = readFileSync(join(FOLDER, path), "utf8");
    const ids = idsOfFile(path, text);
    it(`${path} [${ids.join(", ")}]`, async () => {
      assert.match(text, /^\/\/ [^]*\bRFC\b[^]*\n\/\/ proves: \S/, "says what it is about");
      const report = await runScript(text, { file: path });
      assert.ok(report.ok, failuresText(report));
      assert.deepEqual([report.warnings, report.runs.flatMap(({ notes }) => notes)], [[], []]);
    });
  }
});
