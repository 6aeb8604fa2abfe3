/**
 * Aim: a link specification gives the link it names, or a message that says what would be right;
 * and nothing of Node gets into a browser bundle. Method: all forms; a bundle by esbuild.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openLink } from "../../host/link/open.js";
import { WireEnd } from "../../host/link/wire.js";

describe("openLink", () => {
  it("gives the link that the specification names, not yet open", async () => {
    const expected: [string, string, string][] = [
      ["wire", "wire", "ethernet"],
      ["tap:mote0", "tap:mote0", "ethernet"],
      ["tun:mote0", "tun:mote0", "ip"],
      ["serial:/dev/ttyS9", "serial:/dev/ttyS9@115200", "serial"],
      ["serial:/dev/ttyS9@9600", "serial:/dev/ttyS9@9600", "serial"],
      ["serial:/dev/odd@name@9600", "serial:/dev/odd@name@9600", "serial"],
      ["stream:/tmp/x.sock", "stream:/tmp/x.sock", "ethernet"],
      ["stream:listen:/tmp/x.sock", "stream:listen:/tmp/x.sock", "ethernet"],
      ["stream:./listen:x", "stream:./listen:x", "ethernet"],
    ];
    for (const [spec, name, kind] of expected) {
      const link = await openLink(spec);
      assert.deepEqual([link.name, link.kind, link.mtu], [name, kind, 1500]);
      await link.close(); // never opened: no harm
    }
  });

  it("wire: the other end is its peer", async () => {
    const link = await openLink("wire");
    assert.ok(link instanceof WireEnd);
    assert.ok(link.peer instanceof WireEnd);
  });

  it("says what is wrong with a specification and what would be right", async () => {
    const cases: [string, RegExp][] = [
      ["", /there is no link ""; LINK is one of\n  wire/],
      ["eth0", /there is no link "eth0"/],
      ["TAP:x", /there is no link "TAP:x"/],
      ["constructor:x", /there is no link "constructor:x"/],
      ["wire:x", /"wire:x": a wire has no name/],
      ["tap", /"tap": the name of the interface is missing; write for example tap:mote0/],
      ["tap:", /the name of the interface is missing/],
      ["tun:", /the name of the interface is missing/],
      ["tap:sixteencharacter", /cannot be the name of an interface; it has 1 to 15 characters/],
      ["tap:a/b", /cannot be the name of an interface/],
      ["tun:mote%d", /cannot be the name of an interface/],
      ["tun:a b", /cannot be the name of an interface/],
      ["serial:", /the path of the device is missing/],
      ["serial:@9600", /the path of the device is missing/],
      ["serial:/dev/ttyS0@fast", /"fast" is no number of bits per second/],
      ["serial:/dev/ttyS0@", /"" is no number of bits per second/],
      ["serial:/dev/ttyS0@0", /"0" is no number of bits per second/],
      ["stream:", /the path of the socket is missing/],
      ["stream:listen:", /the path of the socket is missing/],
    ];
    for (const [spec, message] of cases) {
      await assert.rejects(openLink(spec), { name: "RangeError", message }, spec);
    }
  });
});

describe("in a browser bundle", () => {
  it("open, wire, faults, slip and random need nothing of Node", async () => {
    const { build } = await import("esbuild");
    const host = join(import.meta.dirname, "../../host/link");
    const names = ["open", "wire", "faults", "faults_options", "slip", "random", "clock", "link",
      "narrow"];
    const lines = names.map((name) => `export * from "./${name}.js";`);
    const result = await build({
      stdin: { contents: lines.join("\n"), resolveDir: host, loader: "ts" },
      bundle: true,
      platform: "browser",
      format: "esm",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const inputs = Object.keys(result.metafile.inputs).join();
    assert.match(inputs, /wire\.ts/);
    assert.doesNotMatch(inputs, /tap|serial|stream|node_modules/);
    assert.doesNotMatch(result.outputFiles[0]!.text, /from "node:|require\(/);
  });
});
