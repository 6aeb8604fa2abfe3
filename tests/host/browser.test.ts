/**
 * The package as a browser gets it: bundled, without `process`, `Buffer`, `setImmediate` or files.
 * Streams and events come from the bundler's copies; here Node's own stand in for those.
 */
import assert from "node:assert/strict";
import * as events from "node:events";
import { readFileSync } from "node:fs";
import * as stream from "node:stream";
import { describe, it } from "node:test";
import * as vm from "node:vm";
import { type Plugin, build } from "esbuild";

/** Makes `node:stream` and `node:events` of the bundle what the page brings along. */
const standIns: Plugin = {
  name: "stand-ins",
  setup(builder) {
    builder.onResolve({ filter: /^node:(stream|events)$/ }, ({ path }) => ({
      path, namespace: "stand-in",
    }));
    builder.onLoad({ filter: /.*/, namespace: "stand-in" }, ({ path }) => ({
      contents: `module.exports = globalThis.standIns["${path}"];`,
    }));
  },
};

/** Bundles a script that imports the package. */
async function bundled(script: string): Promise<string> {
  const bundle = await build({
    stdin: { contents: script, resolveDir: "host", loader: "ts" },
    bundle: true, format: "iife", globalName: "page", platform: "browser", write: false,
    plugins: [standIns], logLevel: "silent",
  });
  return bundle.outputFiles[0]!.text;
}

/** Runs it as a page would, and gives its `result`. */
async function runInPage(script: string): Promise<unknown> {
  const page = vm.createContext({
    crypto, performance, setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask,
    MessageChannel, TextDecoder, TextEncoder, URL, console,
    standIns: { "node:stream": stream, "node:events": events },
    moduleOctets: readFileSync("build/motetcp.wasm"),
  });
  vm.runInContext(await bundled(script), page);
  return vm.runInContext("page.result", page);
}

describe("in a browser", () => {
  it("a stack runs, its module given as octets", async () => {
    const state = await runInPage(`
      import { Stack } from "./index.js";
      export const result = (async () => {
        const stack = await Stack.create({ module: new Uint8Array(moduleOctets) });
        stack.configure({ address: "10.0.0.1/24" });
        return stack.status(stack.connect({ address: "10.0.0.2", port: 80 })).state;
      })();`);
    assert.equal(state, "SYN-SENT");
  });

  it("sockets and servers run over a wire in memory", async () => {
    const text = await runInPage(`
      import { createNetwork, createWire } from "./index.js";
      export const result = (async () => {
        const [left, right] = createWire();
        const module = new Uint8Array(moduleOctets);
        const a = await createNetwork({ module, link: left, address: "10.0.0.1/24" });
        const b = await createNetwork({ module, link: right, address: "10.0.0.2/24" });
        b.createServer((socket) => socket.pipe(socket)).listen(7);
        const socket = a.connect(7, "10.0.0.2");
        socket.end("there and back");
        let text = "";
        socket.on("data", (data) => (text += new TextDecoder().decode(data)));
        await new Promise((resolve) => socket.on("close", resolve));
        await Promise.all([a.close(), b.close()]);
        return text;
      })();`);
    assert.equal(text, "there and back");
  });

  it("nothing of the links to devices is in the bundle", async () => {
    const text = await bundled('export { openLink, createNetwork } from "./index.js";');
    const found = ["koffi", "serialport", "/dev/net/tun"].filter((word) => text.includes(word));
    assert.deepEqual(found, []);
    await assert.rejects(bundled('export { TapLink } from "./link/tap.js";'), /node:/);
  });
});
