/**
 * Inlining by profile. hot_calls.txt names the calls that the benchmark makes most often for each
 * octet that inlining them costs: a line for each step, the best first, as `npm run hot-calls` has
 * written it:
 *
 *     OCTETS CALLEE CALLER ...
 *
 * OCTETS is an estimate of what the module grows by. Binaryen's inliner asks how large a function
 * is, not how hot the call; but what is called from one place it always inlines. So a hot call gets
 * a copy of its callee for itself.
 */

/** The text form of a module, by functions. Names bear the `$` of the text form. */
export interface ModuleText {
  /** What is not a function; the last line closes the module. */
  others: string[];
  functions: Map<string, string>;
}

export interface Step {
  octets: number;
  callee: string;
  callers: string[];
}

/** Where a function calls another. */
export const CALL = /\(call (\$[^\s)]+)/g;

/** Splits what binaryen writes: a function begins and ends on a line indented by one. */
export function splitText(text: string): ModuleText {
  const others: string[] = [];
  const functions = new Map<string, string>();
  let lines: string[] | undefined;
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith(" (func ")) lines = [];
    if (lines === undefined) {
      others.push(line);
      continue;
    }
    lines.push(line);
    if (line !== " )") continue;
    functions.set(/\$\S+/.exec(lines[0]!)![0], lines.join("\n"));
    lines = undefined;
  }
  return { others, functions };
}

/** The text with a copy of the callee for each hot call. */
export function withCopies({ others, functions }: ModuleText, steps: readonly Step[]): string {
  const hot = new Set(steps.flatMap(({ callee, callers }) =>
    callers.map((caller) => edgeOf(caller, callee))));
  const out = others.slice(0, -1);
  let copies = 0;
  const put = (name: string, as: string): void => {
    const wanted: [string, string][] = [];
    const text = functions.get(name)!.replace(name, () => as).replace(CALL, (call, callee) => {
      if (!hot.has(edgeOf(name, callee))) return call;
      const copy = `${callee}#${copies++}`;
      wanted.push([callee, copy]);
      return `(call ${copy}`;
    });
    out.push(text);
    for (const [callee, copy] of wanted) put(callee, copy);
  };
  for (const name of functions.keys()) put(name, name);
  return [...out, others.at(-1)!].join("\n");
}

/** A call from one function to another. */
export function edgeOf(caller: string, callee: string): string {
  return `${caller} ${callee}`;
}

export function parseSteps(text: string): Step[] {
  return text.trim().split("\n").map((line) => {
    const [octets, callee, ...callers] = line.split(" ");
    return { octets: Number(octets), callee: longName(callee!), callers: callers.map(longName) };
  });
}

export function formatSteps(steps: readonly Step[]): string {
  return steps.map(({ octets, callee, callers }) =>
    `${[octets, ...[callee, ...callers].map(shortName)].join(" ")}\n`).join("");
}

function longName(name: string): string {
  return name.startsWith("~") ? `$${name}` : `$assembly/${name}`;
}

function shortName(name: string): string {
  return name.replace(/^\$(assembly\/)?/, "");
}
