/**
 * The package as somebody else gets it: packed, installed into an empty project from the tarball,
 * without optional dependencies and without this repository's tools; there the README's first
 * example runs, its types are understood, the command answers, a browser bundle can be made, and
 * firmware with the stack in it compiles and runs.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import ts from "typescript";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const EXAMPLE = join(ROOT, "tests/package/example.mjs");
/** An installation copies files, and may have to fetch one small dependency. */
const TIMEOUT_MS = 240_000;

let project: string;

/** Runs a program to its end. Fails with all that it said when its status is not `expected`. */
function run(command: string, argv: string[], cwd: string, expected = 0): string {
  // What this process was started with must not leak in: no tsx, no settings of npm's.
  const env = Object.fromEntries(Object.entries(process.env)
    .filter(([name]) => !/^(npm_(?!config_(registry|cache|userconfig))|NODE_OPTIONS)/i.test(name)));
  // A tool of the repository brings an npm of its own, years old.
  env["PATH"] = (env["PATH"] ?? "").split(delimiter)
    .filter((folder) => !folder.includes("node_modules")).join(delimiter);
  const result = spawnSync(command, argv, { cwd, env, encoding: "utf8", timeout: TIMEOUT_MS });
  const said = `${result.stdout}\n${result.stderr}\n${result.error ?? ""}`;
  assert.equal(result.status, expected, `${command} ${argv.join(" ")}:\n${said}`);
  return said;
}

/** The first block of JavaScript in README.md. */
function firstExample(): string {
  const readme = join(ROOT, "README.md");
  const text = existsSync(readme) ? readFileSync(readme, "utf8") : "";
  const block = /^```(?:js|javascript|mjs)\n([^]*?)^```$/m.exec(text);
  return block?.[1] ?? readFileSync(EXAMPLE, "utf8");
}

describe("the package", () => {
  before(() => {
    project = mkdtempSync(join(tmpdir(), "motetcp-package-"));
    const packed = run("npm", ["pack", "--json", "--pack-destination", project], ROOT);
    const tarball = /"filename": "([^"]+\.tgz)"/.exec(packed)?.[1];
    assert.ok(tarball !== undefined, packed);
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    const quick = ["--omit=optional", "--prefer-offline", "--no-audit", "--no-fund"];
    run("npm", ["install", ...quick, `./${tarball}`], project);
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  it("runs the first example", () => {
    writeFileSync(join(project, "example.mjs"), firstExample());
    const said = run(process.execPath, ["example.mjs"], project);
    assert.notEqual(said.trim(), "", "the example must show something");
  });

  it("holds nothing but what runs, and the library: no host sources, no tests, no tools", () => {
    const installed = join(project, "node_modules/motetcp");
    const found = ["host", "tests", "asconfig.json", "build/dist/host/tools/build.js"]
      .filter((name) => existsSync(join(installed, name)));
    assert.deepEqual(found, []);
    const modules = ["build/dist/motetcp.wasm", "build/dist/motetcp-board.wasm"];
    for (const name of ["LICENSE", ...modules, "assembly/index.ts"]) {
      assert.ok(existsSync(join(installed, name)), `${name} is missing`);
    }
  });

  it("does not bring the tools it was made with", () => {
    for (const name of ["tsx", "typescript", "assemblyscript", "binaryen", "koffi", "serialport"]) {
      assert.equal(existsSync(join(project, "node_modules", name)), false, `${name} came along`);
    }
  });

  it("has types that a strict project understands", () => {
    const file = join(project, "types.ts");
    writeFileSync(file, `
      import {
        Stack, connect, createServer, runScript, type DrillReport, type Socket,
      } from "motetcp";
      export const report: Promise<DrillReport> = runScript("0 < . 1:1(0) ack 1");
      export const stack: Promise<Stack> = Stack.create({ module: "board" });
      export const server = createServer((socket: Socket) => { socket.end("hello"); });
      export const socket: Socket = connect({ host: "10.0.0.1", port: 80 });
      // @ts-expect-error: a port is a number
      export const wrong = connect({ host: "10.0.0.1", port: true });
    `);
    const program = ts.createProgram([file], {
      strict: true, noEmit: true, target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
      typeRoots: [join(ROOT, "node_modules/@types")], types: ["node"],
    });
    const messages = ts.getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    assert.deepEqual(messages, []);
  });

  it("has the command, which says its version and its help", () => {
    const command = join(project, "node_modules/.bin/motetcp");
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    assert.match(run(command, ["--version"], project), new RegExp(version.replaceAll(".", "\\.")));
    assert.match(run(command, ["--help"], project), /serve[^]*connect[^]*ping[^]*audit/);
  });

  it("drills the script of docs/drill.md on both builds", () => {
    const page = readFileSync(join(ROOT, "docs/drill.md"), "utf8");
    writeFileSync(join(project, "example.pkt"), /```\n([^]*?)```/.exec(page)![1]!);
    const command = join(project, "node_modules/.bin/motetcp");
    assert.match(run(command, ["drill", "example.pkt"], project), /^example\.pkt: ok, 8 runs$/m);
  });

  it("compiles and runs the first example of docs/library.md", () => {
    const page = readFileSync(join(ROOT, "docs/library.md"), "utf8");
    const block = (kind: string) => new RegExp("```" + kind + "\\n([^]*?)```").exec(page)![1]!;
    writeFileSync(join(project, "firmware.ts"), block("ts"));
    writeFileSync(join(project, "asconfig.json"), block("json"));
    writeFileSync(join(project, "run.mjs"), block("js"));
    const compiler = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
    const argv = [compiler, "--target", "board", "--outFile", "firmware-board.wasm"];
    run(process.execPath, argv, project);
    assert.equal(run(process.execPath, ["run.mjs"], project).trim(), "there and back");
  });

  it("says what to install for an audit, which reads modules with another package", () => {
    const command = join(project, "node_modules/.bin/motetcp");
    assert.match(run(command, ["audit"], project, 2), /npm install binaryen/);
  });

  it("can be bundled for a browser: of Node it asks only for streams and events", async () => {
    const entry = join(project, "browser.js");
    writeFileSync(entry, 'import { Stack, connect } from "motetcp"; console.log(Stack, connect);');
    const result = await bundle({
      entryPoints: [entry], bundle: true, format: "esm", platform: "browser", write: false,
      logLevel: "silent", external: ["node:stream", "node:events"],
    });
    assert.deepEqual(result.errors, []);
    assert.ok(result.outputFiles[0]!.text.includes("node:stream"));
  });
});
