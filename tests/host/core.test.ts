/** The host's picture of the core agrees with the build, and a wrong module is told at once. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { CORE_EXPORTS, Core, compileModule, compileModuleSync } from "../../host/core.js";

const BUILDS = ["node", "board"] as const;
const FILES = { node: "build/motetcp", board: "build/motetcp-board" };

/** `name(parameters)` of every function that a generated .d.ts declares. */
function declared(text: string): string[] {
  const functions = [...text.matchAll(/export function (\w+)\(([^)]*)\): (\w+)/g)];
  return functions.map(([, name, parameters, result]) => {
    const count = parameters === "" ? 0 : parameters!.split(",").length;
    return `${name}/${count}: ${result}`;
  }).sort();
}

/** The same of the interface in host/core.ts. */
function expected(): string[] {
  const text = readFileSync("host/core.ts", "utf8");
  const body = /interface CoreExports \{(.*?)\n\}/s.exec(text)![1]!;
  const functions = body.replaceAll(/^  (\w+)\(/gm, "export function $1(").replaceAll(";", "");
  return declared(functions);
}

describe("the interface to the core", () => {
  for (const name of BUILDS) {
    it(`is what the ${name} build declares, name by name`, () => {
      assert.deepEqual(expected(), declared(readFileSync(`${FILES[name]}.d.ts`, "utf8")));
    });

    it(`lists what the ${name} build exports, and nothing else`, async () => {
      const module = await compileModule(name);
      const names = WebAssembly.Module.exports(module).map((entry) => entry.name);
      assert.deepEqual([...CORE_EXPORTS].sort(), names.sort());
    });
  }
});

describe("a module", () => {
  it("may be given as octets, compiled, as URL or as a response", async () => {
    const octets = readFileSync(`${FILES.node}.wasm`);
    const url = pathToFileURL(`${FILES.node}.wasm`);
    const sources = [octets, await WebAssembly.compile(octets), url, new Response(octets)];
    for (const source of sources) {
      const core = new Core(await compileModule(source));
      assert.ok(core.exports.parametersPtr() > 0);
    }
  });

  it("is compiled once when it is a packaged one", () => {
    assert.equal(compileModuleSync("node"), compileModuleSync("node"));
  });

  it("that is none of ours is told by name", () => {
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    assert.throws(() => new Core(empty), /not a MoteTCP module.*memory, .*transmit/);
  });

  it("that is missing is told with the way to get it", () => {
    const url = pathToFileURL("build/nothing-here.wasm");
    assert.throws(() => compileModuleSync(url), /nothing-here.wasm: run "npm run build" first/);
  });
});
