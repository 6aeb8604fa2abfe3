/**
 * A reporter for `node --test`: what became of each test, a line of JSON each. tests/run.ts has it
 * write to build/results, where evidence.ts reads it.
 */
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import type { TestResult } from "./evidence.js";

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const isLeftOut = data.skip !== undefined || data.todo !== undefined;
    const result: TestResult = {
      title: data.name,
      outcome: isLeftOut ? "skipped" : type === "test:pass" ? "passed" : "failed",
      file: relative(process.cwd(), data.file ?? ""),
    };
    yield `${JSON.stringify(result)}\n`;
  }
}
