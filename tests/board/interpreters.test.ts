/**
 * The shim over interpreters: `host/board/interpreters` compiles, by what wasm3 and WAMR declare,
 * and drives a module as the C that wasm2c makes of it is driven. Neither interpreter is to be had
 * from Debian or npm: in their places are doubles of their calls, which run that C.
 */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ABI_EXPORTS } from "../../host/tools/abi_exports.js";
import { ROOT, SOURCES } from "../../host/tools/board/description.js";
import { MODULE_NAME, rewrite } from "../../host/tools/board/rewrite.js";
import { run, toolsMissing, wasm2c } from "../../host/tools/board/toolchain.js";
import { build } from "../../host/tools/build.js";

const COMPILER = "gcc";
const FIXTURES = join(ROOT, "tests/board/fixtures/interpreters");
const INTERPRETERS = join(SOURCES, "interpreters");
const MODULE = join(ROOT, "build/motetcp-board.wasm");
const STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror"];

/** The exports as the C of the module declares them: name, number of parameters, results. */
function declared(header: string): { name: string; parameters: number; results: number }[] {
  return [...header.matchAll(/^(u32|void) module_(\w+)\((.*)\);$/gm)]
    .filter(([, , name]) => name !== "instantiate")
    .map(([, type, name, list]) => ({
      name: name!,
      parameters: list === "void" ? 0 : list!.split(",").length,
      results: type === "void" ? 0 : 1,
    }));
}

describe("the list of exports for interpreters", () => {
  const text = readFileSync(join(INTERPRETERS, "motetcp_module.h"), "utf8");
  const listed = [...text.matchAll(/\b(GIVES|DOES)\((\w+), (\d)\)/g)]
    .map(([, kind, name, count]) => ({
      name: name!, parameters: Number(count), results: kind === "GIVES" ? 1 : 0,
    }));

  it("has all the calls of the door", () => {
    const calls = ABI_EXPORTS.filter((name) => name !== "memory" && !name.startsWith("__"));
    assert.deepEqual(listed.map(({ name }) => name).sort(), [...calls].sort());
  });
});

describe("the shim over an interpreter", { skip: toolsMissing([COMPILER]) }, () => {
  const folder = mkdtempSync(join(tmpdir(), "motetcp-interpreters-"));
  let common: string[];
  let expected: string;

  before(async () => {
    await build();
    wasm2c(MODULE, MODULE_NAME, join(folder, "wasm2c.c"));
    const made = rewrite(readFileSync(join(folder, "wasm2c.c"), "utf8"), "the test");
    writeFileSync(join(folder, "motetcp_module.c"), made.source);
    writeFileSync(join(folder, "motetcp_module.h"), made.header);
    writeReal(made.source, made.header);
    writeFileSync(join(folder, "module_octets.c"), octetsAsC(readFileSync(MODULE)));
    const limit = Math.ceil(made.memorySize / 256) * 256;
    common = [`-DMOTETCP_MEMORY_LIMIT=${limit}u`, "-DMOTETCP_TRAP_BY_CALL", `-I${SOURCES}`];
    expected = runDirectly();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The module again, by other names: what the doubles run. */
  function writeReal(source: string, header: string): void {
    const rename = (text: string): string =>
      text.replace(/\bmodule_/g, "real_module_").replaceAll("motetcp_module.h", "real_module.h");
    writeFileSync(join(folder, "real_module.c"), rename(source));
    const guarded = rename(header).replaceAll("MOTETCP_MODULE_H", "REAL_MODULE_H");
    writeFileSync(join(folder, "real_module.h"), guarded);
    const table = declared(header).map(({ name, parameters, results }) =>
      `${results === 1 ? "GIVES" : "DOES"}(${name}, ${parameters})`);
    writeFileSync(join(folder, "exports_table.h"), `${table.join("\n")}\n`);
  }

  function compile(output: string, includes: string[], sources: string[]): string {
    const words = [...common, ...includes.map((one) => `-I${one}`), "-o", join(folder, output)];
    run(COMPILER, ["-O1", "-w", ...words, ...sources]);
    return run(join(folder, output), []);
  }

  /** What the shim does over the C of the module itself: no interpreter. */
  function runDirectly(): string {
    const memory = join(folder, "memory.c");
    const double = readFileSync(join(FIXTURES, "double.c"), "utf8");
    const [, functions] = /^(u8 motetcp_memory[^]*?)#define WORDS_0/m.exec(double)!;
    writeFileSync(memory, `#include "motetcp_module.h"\n#include <string.h>\n${functions}`);
    return compile("direct", [folder, join(SOURCES, "runtime")], [
      memory, join(folder, "motetcp_module.c"), join(SOURCES, "motetcp.c"),
      join(FIXTURES, "driver.c"),
    ]);
  }

  it("has something to compare with: a connection, and frames", () => {
    assert.match(expected, /^init 0\nconfigure 0\nlisten 1\nlisten -5\nconnect stands\nwrite 5$/m);
    assert.match(expected, /^status 3$/m);
    assert.match(expected, /^frames 1 \d+$/m);
    const due = [...expected.matchAll(/^due (\d), then (\d)$/gm)]
      .map(([, is, then]) => is! + then!);
    assert.deepEqual(due, ["10", "10", "00", "10", "10"], "what motetcp_is_due says");
  });

  for (const name of ["wasm3", "wamr"]) {
    const includes = [INTERPRETERS, join(INTERPRETERS, "declarations")];

    it(`compiles for ${name}, by its declarations`, () => {
      for (const more of [[], ["-DMOTETCP_MEMORY_LIMIT=47104"]]) {
        run(COMPILER, [
          ...STRICT, "-fsyntax-only", ...more, ...includes.map((one) => `-I${one}`),
          join(INTERPRETERS, `${name}.c`),
        ]);
      }
    });

    it(`does by ${name}'s calls what it does by the module's own`, () => {
      // Each file finds the motetcp_module.h of its side.
      copyFileSync(join(FIXTURES, "double.h"), join(folder, "double.h"));
      const object = (source: string, ...paths: string[]): string => {
        const output = join(folder, `${name}_${source.replace(/^.*\//, "")}.o`);
        const words = [...common, ...paths.map((one) => `-I${one}`)];
        run(COMPILER, ["-O1", "-w", "-c", source, "-o", output, ...words]);
        return output;
      };
      const runtime = join(SOURCES, "runtime");
      const objects = [
        object(join(folder, "real_module.c"), folder, runtime),
        object(join(FIXTURES, "double.c"), folder, runtime),
        object(join(FIXTURES, `double_${name}.c`), includes[1]!, folder, runtime),
        object(join(INTERPRETERS, `${name}.c`), ...includes),
        object(join(SOURCES, "motetcp.c"), ...includes),
        object(join(FIXTURES, "driver.c"), SOURCES),
        object(join(folder, "module_octets.c")),
      ];
      run(COMPILER, ["-o", join(folder, name), ...objects]);
      assert.equal(run(join(folder, name), []), expected);
    });
  }
});

/** As docs/interpreters.md makes it with `xxd -i`. */
function octetsAsC(octets: Uint8Array): string {
  return `#include <stdint.h>\nconst uint8_t motetcp_wasm[] = {${[...octets].join(",")}};\n` +
    `const uint32_t motetcp_wasm_length = sizeof(motetcp_wasm);\n`;
}
