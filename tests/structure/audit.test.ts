/**
 * The audit of the laws: both products pass it, and a small module that keeps every law fails
 * exactly the law that is broken in it, for each law once.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, before } from "node:test";
import binaryen from "binaryen";
import { auditCommand, formatReport } from "../../host/cli/audit.js";
import { ABI_EXPORTS } from "../../host/tools/abi_exports.js";
import { audit, type AuditReport } from "../../host/tools/audit.js";
import { build } from "../../host/tools/build.js";

/** What a fixture changes of the lawful module: WAT that is put in, or put in place of. */
interface Changes {
  /** More fields of the module. */
  fields?: string;
  /** Instead of the memory of one page that cannot grow. */
  memory?: string;
  /** The body of `transmit`, which returns an i32. */
  transmit?: string;
  /** Instead of the export list's name for `sleep`. */
  sleep?: string;
  /** What `memoryNeeded` returns. */
  needed?: number;
  heapBase?: number;
  /** Instead of the immutable global. */
  dataEnd?: string;
}

/** A module with all exports of the ABI that breaks no law, but for the changes. */
function fixture(changes: Changes): Uint8Array {
  const constants: Record<string, number> = {
    parametersPtr: 16, memoryNeeded: changes.needed ?? 20_000, arenaPtr: 1024, arenaSize: 30_000,
  };
  const functions = ABI_EXPORTS.filter((name) => name !== "memory" && !name.startsWith("__"))
    .map((name) => {
      const body = name === "transmit" && changes.transmit !== undefined
        ? changes.transmit
        : `(i32.const ${constants[name] ?? 0})`;
      const exported = name === "sleep" ? changes.sleep ?? name : name;
      return `(func $${name} (export "${exported}") (result i32) ${body})`;
    });
  // Imports must come first.
  const text = `(module
    ${changes.fields ?? ""}
    ${changes.memory ?? '(memory (export "memory") 1 1)'}
    (global (export "__heap_base") i32 (i32.const ${changes.heapBase ?? 44_000}))
    ${changes.dataEnd ?? '(global (export "__data_end") i32 (i32.const 44000))'}
    ${functions.join("\n    ")})`;
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

function broken(report: AuditReport): string[] {
  return report.findings.filter(({ verdict }) => verdict === "BROKEN").map(({ law }) => law);
}

function notesOf(report: AuditReport, law: string): string {
  return report.findings.find((one) => one.law === law)!.notes.join("\n");
}

async function auditFixture(changes: Changes): Promise<AuditReport> {
  return audit(fixture(changes), { board: true });
}

describe("audit of a small module", () => {
  it("finds nothing in one that keeps every law", async () => {
    assert.deepEqual(broken(await auditFixture({})), []);
  });

  const cases: { law: string; what: string; changes: Changes; says?: RegExp }[] = [
    {
      law: "imports", what: "an imported function", says: /env\.abort/,
      changes: { fields: '(import "env" "abort" (func $panic (param i32)))' },
    },
    {
      law: "imports", what: "an imported memory", says: /env\.memory/,
      changes: { memory: '(import "env" "memory" (memory 1 1)) (export "memory" (memory 0))' },
    },
    {
      law: "memory.grow", what: "memory.grow in an export", says: /1 in transmit/,
      changes: { transmit: "(memory.grow (i32.const 1))" },
    },
    {
      law: "start function", what: "a start function",
      changes: { fields: "(func $begin (i32.store (i32.const 8) (i32.const 1))) (start $begin)" },
    },
    {
      law: "mutable globals", what: "a mutable global",
      changes: { fields: "(global $state (mut i32) (i32.const 0))" },
    },
    {
      law: "indirect calls", what: "a table that nobody calls through",
      changes: { fields: "(table 1 1 funcref)" },
    },
    {
      law: "indirect calls", what: "call_indirect", says: /1 in transmit/,
      changes: {
        fields: `(type $t (func (result i32))) (table $table 1 1 funcref)
          (elem (i32.const 0) $sleep)`,
        transmit: "(call_indirect $table (type $t) (i32.const 0))",
      },
    },
    {
      law: "recursion", what: "a function that calls itself", says: /transmit -> transmit/,
      changes: { transmit: "(call $transmit)" },
    },
    {
      law: "recursion", what: "two functions that call each other through a third",
      says: /^\S.* -> \S.* -> \S.* -> \S.*/,
      changes: {
        fields: `(func $ping (result i32) (if (result i32) (i32.load (i32.const 8))
            (then (call $pong)) (else (i32.const 0))))
          (func $pong (result i32) (call $transmit))`,
        transmit: "(call $ping)",
      },
    },
    {
      law: "floats", what: "an f64 in the middle of a function of integers", says: /in transmit/,
      changes: { transmit: "(i32.trunc_sat_f64_s (f64.load (i32.const 8)))" },
    },
    {
      law: "floats", what: "an f32 parameter",
      changes: { fields: "(func $half (param f32) (result i32) (i32.const 1))" },
    },
    {
      law: "floats", what: "a float global",
      changes: { fields: "(global $pi f32 (f32.const 3.14))" },
    },
    {
      law: "instructions", what: "an atomic load", says: /atomic/,
      changes: { transmit: "(i32.atomic.load (i32.const 8))" },
    },
    {
      law: "SIMD", what: "a vector in the board's module", says: /in transmit/,
      changes: { transmit: "(v128.any_true (v128.load (i32.const 16)))" },
    },
    {
      law: "exports", what: "an export under another name",
      says: /missing: sleep\nnot in the ABI: nap/,
      changes: { sleep: "nap" },
    },
    {
      law: "exports", what: "a __data_end that is no number before the module runs",
      says: /no immutable global of type i32: __data_end/,
      changes: { dataEnd: '(func (export "__data_end") (result i32) (i32.const 44000))' },
    },
    {
      law: "size", what: "a module of 40 KiB or more",
      changes: { fields: `(data (i32.const 1024) "${"motetcp!".repeat(5 * 1024)}")` },
    },
    {
      law: "memory", what: "memory that may grow",
      changes: { memory: '(memory (export "memory") 1)' },
    },
    {
      law: "memory", what: "a second page",
      changes: { memory: '(memory (export "memory") 2 2)' },
    },
    {
      law: "default budget", what: "46 KiB or more of reservations",
      changes: { heapBase: 46 * 1024 },
    },
    {
      law: "default budget", what: "a default budget that does not fit its arena",
      changes: { needed: 30_008 },
    },
    {
      law: "default budget", what: "a default budget that is refused", says: /refuses/,
      changes: { needed: 0 },
    },
  ];
  for (const { law, what, changes, says } of cases) {
    it(`finds ${what} under "${law}" and nothing else`, async () => {
      const report = await auditFixture(changes);
      assert.deepEqual(broken(report), [law]);
      assert.equal(report.ok, false);
      if (says !== undefined) assert.match(notesOf(report, law), says);
    });
  }

  it("lets firmware export more, and be larger, but nothing less", async () => {
    const data = `(data (i32.const 1024) "${"motetcp!".repeat(5 * 1024)}")`;
    const more = '(func (export "step") (result i32) (i32.const 0))';
    const judge = (changes: Changes) => audit(fixture(changes), { board: true, firmware: true });
    const report = await judge({ fields: data + more });
    assert.deepEqual(broken(report), []);
    assert.match(notesOf(report, "exports"), /the application's: step/);
    assert.deepEqual(broken(await judge({ fields: more, sleep: "nap" })), ["exports"]);
    assert.deepEqual(broken(await auditFixture({ fields: more })), ["exports"]);
  });

  it("finds float vector operations although no scalar float is near", async () => {
    const sum = "(f32x4.add (v128.load (i32.const 16)) (v128.load (i32.const 32)))";
    const report = await auditFixture({ transmit: `(i32x4.extract_lane 0 ${sum})` });
    assert.deepEqual(broken(report), ["floats", "SIMD"]);
  });

  it("does not take integer vector operations for float ones", async () => {
    const sum = "(i32x4.add (i32x4.splat (i32.const 1)) (v128.load (i32.const 32)))";
    const report = await auditFixture({ transmit: `(i32x4.extract_lane 0 ${sum})` });
    assert.deepEqual(broken(report), ["SIMD"]);
  });

  it("names the deepest path and adds up its frames", async () => {
    const report = await auditFixture({
      fields: `(func $inner (param i32 i32) (result i32) (local i64) (local.get 0))
        (func $outer (param i32) (result i32) (call $inner (local.get 0) (i32.const 1)))`,
      transmit: "(call $outer (i32.const 5))",
    });
    const { figure, notes } = report.findings.find(({ law }) => law === "deepest stack")!;
    // transmit 0, outer 1 parameter, inner 2 parameters and 1 local, 8 octets each.
    assert.equal(figure, "3 frames, 32 octets");
    assert.match(notes[0]!, /^transmit > \S.* > \S/);
  });

  it("refuses what is not a Wasm module", async () => {
    await assert.rejects(audit(new Uint8Array([1, 2, 3])), /not a valid Wasm module/);
  });
});

describe("audit of the products", () => {
  before(() => build());
  for (const name of ["motetcp", "motetcp-board"]) {
    it(`finds no broken law in ${name}.wasm`, async () => {
      const bytes = readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url));
      const report = await audit(bytes, { board: name.includes("board") });
      assert.ok(report.ok, formatReport(name, report));
    });
  }

  it("ends the command with 0, 1 for a broken law, 2 for a file it cannot read", async (t) => {
    t.mock.method(console, "log", () => {});
    t.mock.method(console, "error", () => {});
    const node = new URL("../../build/motetcp.wasm", import.meta.url).pathname;
    assert.equal(await auditCommand([]), 0);
    assert.equal(await auditCommand([node]), 0);
    assert.equal(await auditCommand(["--board", node]), 1);
    assert.equal(await auditCommand(["/nowhere.wasm"]), 2);
  });
});
