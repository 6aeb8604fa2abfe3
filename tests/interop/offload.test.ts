/**
 * Aim: with the kernel finishing checksums and cutting segments, and without, the same octets come
 * through, both ways; and it is seen that it does, or does not. Method: as in serve_tap.test.ts, on
 * an interface that outlives the command: one run must not be met by what the last one left.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LinuxLine, type Received, lineMissing, makeFile } from "../support/linux_line.js";

const LARGE = 100_000_000;
const FULL_FRAME = 1514;

for (const kind of ["tap", "tun"] as const) {
  describe(`${kind} with offload and without`, { skip: lineMissing(), timeout: 180_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "motetcp-interop-"));
    const large = join(folder, "large.bin");
    let line: LinuxLine;
    let expected: Received;

    before(() => {
      line = new LinuxLine(kind);
      expected = makeFile(large, LARGE);
    });

    after(async () => {
      await line.remove();
      rmSync(folder, { recursive: true });
    });

    /** Octets of an average frame in and out, after 100 MB each way. */
    async function transfer(words: string[], says: RegExp): Promise<[number, number]> {
      const server = await line.serve(["--root", folder, ...words]);
      await server.says(says);
      assert.deepEqual(await line.upload(large), expected);
      const up = (await line.netstat()).counters;
      assert.deepEqual(await line.download("/large.bin"), expected);
      const down = (await line.netstat()).counters;
      server.signal("SIGTERM");
      assert.equal((await server.ended()).status, 0);
      const since = (name: string): number => down[name]! - up[name]!;
      return [up["OctetsIn"]! / up["FramesIn"]!, since("OctetsOut") / since("FramesOut")];
    }

    it("passes 100 MB each way, many segments at once [S23]", async () => {
      const [in_, out] = await transfer([], /on \w+:mote0 with offload; /);
      assert.ok(in_ > 2 * FULL_FRAME && out > 2 * FULL_FRAME, `frames of ${in_}, ${out} octets`);
    });

    it("passes 100 MB each way, segment by segment, with --no-offload [S23]", async () => {
      const [in_, out] = await transfer(["--no-offload"], /on \w+:mote0; /);
      assert.ok(in_ <= FULL_FRAME && out <= FULL_FRAME, `frames of ${in_}, ${out} octets`);
    });
  });
}
