/**
 * All that a stack is told, and all that it answers, as lines that can be kept in a file: told
 * again, the same stack must answer the same.
 */
import type { Stack } from "../../host/stack.js";

/** One call: its name, its arguments and what came of it, each as JSON. */
export type Line = string;

type Method = (...words: unknown[]) => unknown;

/** The same stack, whose calls are written down in `lines`. */
export function recorded(stack: Stack, lines: Line[]): Stack {
  return new Proxy(stack, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function" || typeof name !== "string") return member;
      return (...words: unknown[]) => {
        const [outcome, end] = attempt(target, name, words);
        lines.push(lineOf(name, words, outcome));
        return end();
      };
    },
  });
}

/** Tells a stack all of that again. Returns the first line at which it answers otherwise, or -1. */
export function replay(stack: Stack, lines: Line[]): number {
  return lines.findIndex((line) => {
    const [name, words] = JSON.parse(line, revive) as [string, unknown[]];
    const [outcome] = attempt(stack, name, words);
    return lineOf(name, words, outcome) !== line;
  });
}

/** What came of a call, and a function that ends as the call did. */
function attempt(stack: Stack, name: string, words: unknown[]): [unknown, () => unknown] {
  try {
    const result = (stack[name as keyof Stack] as Method).apply(stack, words);
    return [result, () => result];
  } catch (error) {
    const fail = (): never => {
      throw error;
    };
    return [(error as Error).message, fail];
  }
}

function lineOf(name: string, words: unknown[], outcome: unknown): Line {
  // Octets before JSON sees them: a Buffer has ideas of its own of how it is written.
  return JSON.stringify([name, words.map(kept), kept(outcome) ?? null]);
}

function kept(value: unknown): unknown {
  return value instanceof Uint8Array ? { octets: Buffer.from(value).toString("base64") } : value;
}

function revive(_: string, value: unknown): unknown {
  const octets = (value as { octets?: unknown } | null)?.octets;
  return typeof octets === "string" ? new Uint8Array(Buffer.from(octets, "base64")) : value;
}
