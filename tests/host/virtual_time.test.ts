/** The examples of docs/virtual-time.md run as they stand, and print what the page says. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Stack } from "../../host/stack.js";

const page = readFileSync("docs/virtual-time.md", "utf8");

/** The blocks of the page: JavaScript, and what it prints. */
function blocks(language: string): string[] {
  return [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text!);
}

/** What a script prints that imports this source in place of the package. */
function printed(script: string): string {
  const source = script.replace('from "motetcp"', 'from "./host/index.js"');
  const argv = ["--import", "tsx", "--input-type=module", "--eval", source];
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

describe("docs/virtual-time.md", () => {
  const [stacks, sockets] = blocks("js");

  it("has an example of stacks that prints what the page shows", () => {
    assert.equal(printed(stacks!), blocks("")[0]);
  });

  it("has an example of sockets that carries octets there and back", () => {
    assert.equal(printed(sockets!), "there and back\n");
  });

  it("names every call of Stack, and none that there is not", () => {
    const reference = page.slice(page.indexOf("## Reference"), page.indexOf("## Sockets and"));
    const inner = ["constructor", "locate", "writeAddress", "decode"];
    const lower = Object.getPrototypeOf(Stack.prototype) as object;
    const own = [lower, Stack.prototype].flatMap((half) => Object.getOwnPropertyNames(half))
      .filter((name) => !inner.includes(name));
    const missing = own.filter((name) => !new RegExp(`\`${name}\\b`).test(reference));
    assert.deepEqual(missing, []);
    const matches = reference.matchAll(/`(?:await )?(?:Stack\.)?(\w+)\(/g);
    const calls = [...matches].map(([, name]) => name!);
    const there = [...own, ...Object.getOwnPropertyNames(Stack)];
    assert.deepEqual(calls.filter((name) => !there.includes(name)), []);
  });
});
