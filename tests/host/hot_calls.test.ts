/** Inlining by profile: hot calls get copies of their callees, as many as fit. */
import assert from "node:assert/strict";
import { it } from "node:test";
import binaryen from "binaryen";
import { formatSteps, parseSteps, splitText, withCopies } from "../../host/tools/hot_calls.js";
import { optimizeBoard } from "../../host/tools/optimize.js";

const add = (name: string, calls: string): string => ` (func $assembly/${name} (param $0 i32)
  (i32.store (i32.const 8) (i32.rotl (i32.load (i32.const 8)) (local.get $0)))
  (i32.store (i32.const 4) (i32.mul (i32.load (i32.const 8)) (i32.const 77777)))
  ${calls}
 )`;
const MODULE = `(module
 (memory $0 1)
 (export "hot" (func $assembly/a/hot))
 (export "cold" (func $assembly/a/cold))
${add("a/leaf", "")}
${add("a/middle", "(call $assembly/a/leaf (local.get $0))")}
${add("a/hot", "(call $assembly/a/middle (local.get $0)) (call $assembly/a/leaf (local.get $0))")}
${add("a/cold", "(call $assembly/a/middle (local.get $0))")}
)`;
const LIST = "20 a/middle a/hot\n20 a/leaf a/middle\n20 a/leaf a/gone\n";

function bytesOf(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  assert.ok(module.validate());
  binaryen.setDebugInfo(true); // names
  return module.emitBinary();
}

it("a hot call has a copy for itself, and in that what is hot there; a cold one has not", () => {
  const text = withCopies(splitText(MODULE), parseSteps(LIST));
  bytesOf(text);
  const { functions } = splitText(text);
  const callsOf = (name: string): string[] =>
    [...functions.get(`$assembly/a/${name}`)!.matchAll(/\(call \$assembly\/a\/(\w+)(#?)/g)]
      .map(([, callee, copy]) => callee! + copy!);
  assert.deepEqual(callsOf("hot"), ["middle#", "leaf"]);
  assert.deepEqual(callsOf("cold"), ["middle"]);
  assert.deepEqual(callsOf("middle"), ["leaf#"]);
  assert.equal([...functions.keys()].filter((name) => name.includes("leaf#")).length, 2);
});

it("a list is read as it was written", () => {
  assert.equal(formatSteps(parseSteps(LIST)), LIST);
});

it("as much is inlined as fits, and without room nothing", () => {
  const compiled = bytesOf(MODULE);
  const steps = parseSteps(LIST);
  const lengthWith = (most: number): number => optimizeBoard(compiled, steps, most).length;
  assert.ok(lengthWith(Infinity) > lengthWith(0));
  assert.equal(lengthWith(0), optimizeBoard(compiled, [], Infinity).length);
});
