/**
 * Aim: on a line that loses, duplicates, reorders and damages, both ways, everything still arrives
 * right to the octet, whichever side has to send again. Method: the faults of `motetcp serve`
 * itself on a TAP interface, Linux at the other end, a few seeds. The time goes in waiting for
 * retransmission timeouts, of Linux's too: so all transfers are under way at once.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { LinuxLine, lineMissing, makeFile } from "../support/linux_line.js";

const BYTES = 10_000_000;
const SEEDS = ["1", "2", "3"];
const FAULTS = [
  "--loss", "0.05", "--duplicate", "0.02", "--reorder", "0.05", "--corrupt", "0.02",
];
const TRANSFER_TIMEOUT_MS = 200_000;

const skip = lineMissing();

describe("motetcp serve on a bad line", { skip, concurrency: true, timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-interop-"));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file.bin");
  const expected = skip === false ? makeFile(file, BYTES) : undefined;

  for (const seed of SEEDS) {
    it(`10 MB each way, seed ${seed} [S17, S23]`, async (t) => {
      const line = new LinuxLine("tap");
      try {
        await line.serve(["--root", folder, ...FAULTS, "--seed", seed]);
        const timed = async (name: string, transfer: Promise<unknown>): Promise<void> => {
          const startMs = performance.now();
          assert.deepEqual(await transfer, expected);
          const seconds = (performance.now() - startMs) / 1000;
          t.diagnostic(`${name}: ${seconds.toFixed(0)} s`);
        };
        await Promise.all([
          timed("to Linux", line.download("/file.bin", TRANSFER_TIMEOUT_MS)),
          timed("from Linux", line.upload(file, TRANSFER_TIMEOUT_MS)),
        ]);
        // The faults were there.
        const { counters } = await line.netstat();
        for (const name of ["TcpRetransmissions", "DropTcpChecksum", "TcpOutOfOrderText"]) {
          assert.ok(counters[name]! > 50, `${name}: ${counters[name]}`);
        }
      } finally {
        await line.remove();
      }
    });
  }
});
