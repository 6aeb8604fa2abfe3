/**
 * Aim: what a board runs is the module, whatever wasm2c writes: C that is not understood line by
 * line is not built. Method: the products and a small module are translated; then single lines of
 * wasm2c's text are changed, and the rewriting must refuse each by showing the line.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ROOT } from "../../host/tools/board/description.js";
import { nativesOf } from "../../host/tools/board/natives.js";
import { MODULE_NAME, rewrite } from "../../host/tools/board/rewrite.js";
import { run, wasm2c } from "../../host/tools/board/toolchain.js";

const SMALL = `(module
  (memory (export "memory") 1 1)
  (data (i32.const 8) "seven b")
  (global (export "__heap_base") i32 (i32.const 64))
  (global (export "__data_end") i32 (i32.const 16))
  (func $add (param i32 i64) (result i64)
    (i64.add (i64.extend_i32_s (i32.load16_s offset=4 (local.get 0))) (local.get 1)))
  (func (export "sum") (param i32) (result i32)
    (i32.store offset=12 (local.get 0) (i32.div_u (local.get 0) (i32.const 3)))
    (i32.wrap_i64 (call $add (local.get 0) (i64.const 5))))
  (func (export "move") (memory.copy (i32.const 0) (i32.const 8) (i32.const 7))))`;

const folder = mkdtempSync(join(tmpdir(), "motetcp-rewrite-"));
after(() => rmSync(folder, { recursive: true }));

/** What wasm2c writes for a module. */
function translated(module: string): string {
  const file = join(folder, "module.c");
  wasm2c(module, MODULE_NAME, file);
  return readFileSync(file, "utf8");
}

function assembled(text: string): string {
  writeFileSync(join(folder, "small.wat"), text);
  const module = join(folder, "small.wasm");
  const script = join(ROOT, "node_modules/wabt/bin/wat2wasm");
  run(process.execPath, [script, join(folder, "small.wat"), "-o", module]);
  return translated(module);
}

describe("the module as C for boards", () => {
  it("the product: every access bears its offset, nothing of instance and memory is left", () => {
    const text = translated(join(ROOT, "build/motetcp-board.wasm"));
    const { source, header, memorySize } = rewrite(text, "the product");
    assert.ok(memorySize > 40_000 && memorySize < 0x10000, `${memorySize}`);
    assert.doesNotMatch(source, /instance|w2c_memory|_default32|\(u64\)\(var_i\d\) [+,]/);
    const count = (pattern: RegExp, where: string): number => where.match(pattern)?.length ?? 0;
    const accesses = count(/_(?:load|store)\w*_default32\(&instance/g, text);
    assert.ok(accesses > 1000);
    assert.equal(count(/_(?:load|store)\w*\(var_\w+, \d+u(?:, var_\w+)?\);/g, source), accesses);
    assert.match(header, /^u32 module_listen\(u32 var_p0, u32 var_p1\);$/m);
  });

  it("a small module, to the letter", () => {
    const { source, memorySize } = rewrite(assembled(SMALL), "small");
    assert.equal(memorySize, 64);
    for (const line of [
      "  LOAD_DATA(8, data_0, 7);",
      "var_i0 = i32_load16_s(var_i0, 4u);",
      "i32_store(var_i0, 12u, var_i1);",
      "var_i1 = DIV_U(var_i1, var_i2);",
      "memory_copy(var_i0, var_i1, var_i2);",
      "u32 module_sum(u32 var_p0) { return w2c_module_sum_0(var_p0); }",
    ]) assert.ok(source.includes(`\n${line}\n`), `${line} is not in\n${source}`);
  });

  it("calls native code in place of the functions that it is told of, if they are alike", () => {
    const text = assembled(SMALL);
    const native = { name: "memory_add", parameters: ["u32", "u64"] };
    const { source } = rewrite(text, "small", new Map([[0, native]]));
    assert.match(source, /f0.u32 var_p0, u64 var_p1. .\nreturn memory_add.var_p0, var_p1.;\n.\n/);
    assert.doesNotMatch(source, /i32_load16_s/);
    const other = { ...native, parameters: ["u32", "u32"] };
    assert.throws(() => rewrite(text, "small", new Map([[0, other]])), /cannot stand for/);
  });

  it("the product's sums are the processor's", () => {
    const natives = [...nativesOf(join(ROOT, "build/motetcp-board.wasm")).values()];
    const names = natives.map(({ name }) => name).sort();
    assert.deepEqual(names, ["memory_copy_and_sum", "memory_sum"]);
  });

  it("refuses what it does not know, and shows it", () => {
    const text = assembled(SMALL);
    const refused: [RegExp | string, string, RegExp][] = [
      ["FUNC_EPILOGUE;", "var_i0 = magic(var_i0);", /not understood: var_i0 = magic/],
      ["i32_store_default32(", "i32_store_default33(", /not understood: i32_store_default33/],
      ["&instance->w2c_memory, &instance->w2c_memory,", "&instance->other, &x,", /not understood/],
      ["(instance->w2c_memory, 8u", "(instance->w2c_memory, 60u", /outside/],
      ["  wasm_rt_allocate_memory(&instance->w2c_memory, 1", "  hook(1", /wrote {3}hook\(1/],
      [/^static u64 w2c_module_f0\(w2c_module\*, u32, u64\);$/m, "", /2 functions are announced/],
      ["instance->w2c_0x5F_heap_base", "instance->w2c_counter", /has a global, counter/],
      [/\n}\s*$/, "\n}\nint x;\n", /not understood: int x;/],
    ];
    for (const [from, to, message] of refused) {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text, `${from} is not in the text`);
      assert.throws(() => rewrite(changed, "small"), message);
    }
  });

  it("refuses a module with a memory without an end", () => {
    const without = SMALL.replace('(export "__heap_base") ', "");
    assert.throws(() => rewrite(assembled(without), "small"), /global|__heap_base/);
  });
});
