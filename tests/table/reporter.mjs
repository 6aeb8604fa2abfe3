/**
 * A reporter for `node --test`: what became of each test, a line of JSON each, of the form that
 * evidence.ts reads. tests/run.ts has it write to build/results. Not TypeScript: Node 20 loads
 * reporters without the hooks of tsx.
 */
import { relative } from "node:path";

/** @param {AsyncIterable<import("node:test/reporters").TestEvent>} events */
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const isLeftOut = data.skip !== undefined || data.todo !== undefined;
    const outcome = isLeftOut ? "skipped" : type === "test:pass" ? "passed" : "failed";
    const file = relative(process.cwd(), data.file ?? "");
    yield `${JSON.stringify({ title: data.name, outcome, file })}\n`;
  }
}
