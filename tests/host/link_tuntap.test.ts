/**
 * Aim: TAP and TUN carry frames between us and Linux, fast, without CPU when idle, end cleanly, and
 * say what is wrong. Method: in a network namespace of the test's own, a host made by hand
 * (`link_echo.ts`) that Linux's ping talks to. Without root the messages only.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { TapLink } from "../../host/link/tap.js";
import { TunLink } from "../../host/link/tun.js";
import { namespaceMissing, Namespace, packageMissing, type Program } from "../support/namespace.js";

const ECHO = "tests/support/link_echo.ts";

interface Counts {
  frames: number;
  batches: number;
  arps: number;
  echoes: number;
  refused: number;
  lost: number;
}

for (const kind of ["tap", "tun"] as const) {
  describe(`${kind} and Linux`, { skip: namespaceMissing("ping") }, () => {
    let space: Namespace;
    let echo: Program;

    before(async () => {
      space = new Namespace();
      echo = space.startScript(ECHO, `${kind}:mote0`);
      assert.equal(await echo.line(), "ready");
      space.ip("link", "set", "mote0", "addrgenmode", "none");
      space.ip("addr", "add", "10.0.0.1/24", "dev", "mote0");
      space.ip("link", "set", "mote0", "up");
    });

    after(() => space.remove());

    async function counts(): Promise<Counts> {
      return JSON.parse(await echo.ask("counts")) as Counts;
    }

    function ping(...words: string[]): string {
      const { status, text } = space.run(["ping", "-n", "-q", ...words, "10.0.0.2"]);
      assert.equal(status, 0, text);
      return text;
    }

    it("Linux pings us, with packets of all sizes, in far less than a millisecond", async () => {
      for (const size of ["0", "56", "1400", "1472"]) {
        assert.match(ping("-c", "20", "-i", "0.01", "-s", size), / 0% packet loss/);
      }
      const times = /= ([\d.]+)\/([\d.]+)\//.exec(ping("-c", "50", "-i", "0.01"));
      // The best of 50, since the machine may be busy with other tests.
      assert.ok(Number(times?.[1]) < 1, `fastest ${times?.[1]} ms`);
      const { arps, echoes } = await counts();
      assert.equal(echoes, 4 * 20 + 50);
      assert.equal(arps > 0, kind === "tap");
    });

    it("takes what Linux sends in bulk, in batches", async () => {
      const before = await counts();
      const count = 20_000;
      const text = ping("-f", "-c", String(count), "-s", "1400", "-l", "100");
      assert.match(text, / 0% packet loss/);
      const { echoes, batches } = await counts();
      assert.equal(echoes - before.echoes, count);
      const batchCount = batches - before.batches;
      assert.ok(batchCount > 0 && batchCount < count, `${batchCount} batches`);
    });

    it("sends in bulk what Linux then has received", async () => {
      const before = received(space);
      assert.equal(await echo.ask("flood 10000"), "flooded");
      assert.equal(received(space) - before, 10_000);
    });

    it("uses next to no CPU when idle", async () => {
      const cpuMs = Number(await echo.ask("cpu 1000"));
      assert.ok(cpuMs < 50, `${cpuMs} ms of CPU in a second`);
    });

    it("loses and counts what is sent while the interface is down", async () => {
      space.ip("link", "set", "mote0", "down");
      assert.equal(await echo.ask("flood 10"), "flooded");
      const { lost, refused } = await counts();
      assert.deepEqual([lost, refused], [10, 0]);
      space.ip("link", "set", "mote0", "up");
      assert.match(ping("-c", "1"), / 0% packet loss/);
    });

    it("says that the interface is in use, or of another kind", async () => {
      const second = space.startScript(ECHO, `${kind}:mote0`);
      const inUse = "error KIND:mote0: another program uses the interface mote0";
      assert.equal(await second.line(), inUse.replace("KIND", kind));
      assert.equal(await second.exit(), 1);
      const wrong = space.startScript(ECHO, `${kind}:lo`);
      assert.match(await wrong.line(), /the interface lo exists, but is no (tap|tun) interface/);
    });

    it("reports that the interface was removed", async () => {
      space.ip("tuntap", "add", "dev", "brief0", "mode", kind);
      const program = space.startScript(ECHO, `${kind}:brief0`);
      assert.equal(await program.line(), "ready");
      space.ip("link", "del", "brief0");
      assert.equal(await program.line(), `error ${kind}:brief0: the interface brief0 was removed`);
    });

    it("close releases the interface and lets the process end; so does process.exit", async () => {
      const program = space.startScript(ECHO, `${kind}:brief1`);
      assert.equal(await program.line(), "ready");
      assert.equal(await program.ask("close"), "closed");
      assert.equal(await program.exit(), 0);
      const again = space.startScript(ECHO, `${kind}:brief1`);
      assert.equal(await again.line(), "ready");
      again.tell("exit");
      assert.equal(await again.exit(), 3);
    });
  });
}

/** Packets that Linux has received from us. */
function received(space: Namespace): number {
  const { text } = space.run(["cat", "/sys/class/net/mote0/statistics/rx_packets"]);
  return Number(text);
}

describe("TapLink and TunLink", () => {
  it("refuse what cannot be a name, and take the MTU that is asked for", () => {
    assert.throws(() => new TapLink({ interface: "" }), /it has 1 to 15 characters/);
    assert.throws(() => new TunLink({ interface: "x".repeat(16) }), /it has 1 to 15 characters/);
    assert.equal(new TapLink({ interface: "mote0", mtu: 1280 }).mtu, 1280);
    assert.equal(new TunLink({ interface: "mote0" }).mtu, 1500);
    assert.equal(new TunLink({ interface: "lo" }).mtu, 65536);
  });

  it("take nothing before open, and may be closed then", async () => {
    const link = new TapLink({ interface: "mote0" });
    assert.equal(link.send(new Uint8Array(60)), false);
    await link.close();
  });

  const notLinux = process.platform !== "linux" && "needs Linux";
  const noKoffi = notLinux || packageMissing("koffi");
  it("say what to do without permission", { skip: noKoffi }, () => {
    const text = openAs(`process.setuid?.(process.getuid?.() === 0 ? 65534 : process.getuid());`);
    assert.match(
      text,
      /^tap:motetcp-none: (no permission for|\/dev\/net\/tun does not exist|there is no interface)/,
    );
    assert.match(text, /as root|sudo modprobe tun/);
  });

  it("say what to do without koffi", { skip: notLinux }, () => {
    const hide = `import { register } from "node:module";
      register("data:text/javascript," + encodeURIComponent(\`
        export async function resolve(specifier, context, next) {
          if (specifier === "koffi") throw new Error("Cannot find package 'koffi'");
          return next(specifier, context);
        }\`));`;
    assert.match(openAs(hide), /need the npm package koffi, .*: npm install koffi$/);
  });

  it("say that other systems have no such devices", () => {
    const text = openAs(`Object.defineProperty(process, "platform", { value: "darwin" });`);
    assert.match(text, /^TUN and TAP devices exist on Linux only, not on darwin; use stream:PATH/);
  });

  it("say that the device file is missing", { skip: namespaceMissing("unshare") }, () => {
    const script = openScript("");
    const { stdout, stderr } = spawnSync(
      "unshare",
      ["--mount", "sh", "-c", 'mount -t tmpfs none /dev/net && exec "$0" "$@"', ...script],
      { encoding: "utf8", cwd: join(import.meta.dirname, "../..") },
    );
    assert.match(stdout + stderr, /\/dev\/net\/tun does not exist; load the driver/);
  });
});

/** The message with which opening a TAP link fails in a process that has been prepared so. */
function openAs(prepare: string): string {
  const [command, ...words] = openScript(prepare);
  const options = { encoding: "utf8", cwd: join(import.meta.dirname, "../..") } as const;
  return execFileSync(command!, words, options).trim();
}

function openScript(prepare: string): string[] {
  // What tsx and koffi need is loaded before a process gives up its rights.
  const body = `
    const { TapLink } = await import("./host/link/tap.ts");
    ${prepare.startsWith("process.set") ? 'await import("koffi");' : ""}
    ${prepare.startsWith("import") ? "" : prepare}
    const link = new TapLink({ interface: "motetcp-none" });
    await link.open().then(() => console.log("opened"), (error) => console.log(error.message));
    await link.close();`;
  const code = prepare.startsWith("import") ? prepare + body : body;
  return [process.execPath, "--import", "tsx", "--input-type=module", "-e", code];
}
