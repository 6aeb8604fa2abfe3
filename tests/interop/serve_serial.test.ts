/**
 * Aim: `motetcp serve` on a serial line with SLIP serves Linux as over Ethernet. Method: a pty pair
 * by socat; on the Linux side a program bridges SLIP to a TUN interface (`slip_tun.ts`), since
 * Linux's own SLIP is not in every kernel.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  DEVICE, LINUX, LinuxLine, OURS, lineMissing, makeFile, succeeded,
} from "../support/linux_line.js";
import { packageMissing } from "../support/namespace.js";

const BYTES = 1_000_000;

const skip = packageMissing("serialport") || lineMissing("ping", "socat");

describe("motetcp serve on a serial line, to Linux", { skip, timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-interop-"));
  const [ours, theirs] = [join(folder, "ours"), join(folder, "theirs")];
  let line: LinuxLine;

  before(async () => {
    line = new LinuxLine("none");
    line.space.start(["socat", ...[ours, theirs].map((path) => `pty,raw,echo=0,link=${path}`)]);
    for (let tries = 0; !existsSync(ours) || !existsSync(theirs); tries++) {
      assert.ok(tries < 500, "socat makes no ptys");
      await new Promise((done) => setTimeout(done, 10));
    }
    await line.serve(["--root", folder], `serial:${ours}@921600`);
    const bridge = "tests/support/slip_tun.ts";
    const program = line.space.startScript(bridge, `${theirs}@921600`, DEVICE, `${LINUX}/24`);
    assert.equal(await program.line(), "ready");
  });

  after(async () => {
    await line.remove();
    rmSync(folder, { recursive: true });
  });

  it("answers ping, with octets that SLIP escapes, too", async () => {
    for (const words of [["-s", "56"], ["-s", "1400", "-p", "c0dbdcdd"]]) {
      const command = ["ping", "-n", "-q", "-c", "5", "-i", "0.2", "-W", "2", ...words, OURS];
      assert.match(succeeded(await line.space.execute(command)), / 0% packet loss/);
    }
  });

  it("a file of 1 MB down and up", async () => {
    const file = join(folder, "file.bin");
    const expected = makeFile(file, BYTES);
    assert.deepEqual(await line.download("/file.bin"), expected);
    assert.deepEqual(await line.upload(file), expected);
  });

  it("two down and two up at once", async () => {
    const file = join(folder, "file.bin");
    const expected = makeFile(file, BYTES);
    const transfers = await Promise.all([
      line.download("/file.bin"), line.upload(file), line.download("/file.bin"), line.upload(file),
    ]);
    for (const received of transfers) assert.deepEqual(received, expected);
  });
});
