/**
 * Which calls to inline: those that save most calls for each octet that the module grows by. Sizes
 * are estimated from the text form; what the optimizer makes of inlined code is not foreseen.
 */
import { CALL, edgeOf, type ModuleText, type Step } from "../../../host/tools/hot_calls.js";

/** What inlining saves: the call, and to fetch each argument from a local. */
const CALL_LEN = 2;
const ARGUMENT_LEN = 2;
/** Calls that a step must save: a step for less is not worth its line. */
const LEAST_GAIN = 0.1;

/** A function in the order callers before callees. */
interface Node {
  name: string;
  len: number;
  /** What a call of it takes. */
  callLen: number;
  callers: { index: number; edge: string; sites: number }[];
}

interface Move extends Step {
  edges: string[];
  /** Calls saved for each octet. */
  worth: number;
}

export class CallGraph {
  private readonly nodes: Node[] = [];
  private readonly chosen = new Set<string>();
  private total: number;

  constructor({ functions }: ModuleText, private readonly calls: ReadonlyMap<string, number>) {
    const sites = new Map<string, number>();
    const callers = new Map<string, Set<string>>();
    for (const [caller, text] of functions) {
      for (const [, callee] of text.matchAll(CALL)) {
        const edge = edgeOf(caller, callee!);
        sites.set(edge, (sites.get(edge) ?? 0) + 1);
        callers.set(callee!, (callers.get(callee!) ?? new Set()).add(caller));
      }
    }
    const indexes = new Map<string, number>();
    const visit = (name: string): void => {
      if (indexes.has(name)) return;
      const above = [...callers.get(name) ?? []];
      for (const caller of above) visit(caller);
      indexes.set(name, this.nodes.length);
      this.nodes.push({
        name, len: lengthOf(functions.get(name)!), callLen: callLenOf(functions.get(name)!),
        callers: above.map((caller) => {
          const edge = edgeOf(caller, name);
          return { index: indexes.get(caller)!, edge, sites: sites.get(edge)! };
        }),
      });
    };
    for (const name of functions.keys()) visit(name);
    this.total = this.totalLen();
  }

  /** Steps, the best first, that make the module larger by about `most` octets. */
  choose(most: number): Step[] {
    const limit = this.total + most;
    const moves = this.candidates();
    const steps: Step[] = [];
    for (let move = takeBest(moves); move !== undefined; move = takeBest(moves)) {
      // What it is worth changes with what has been chosen before: look again.
      const now = this.weigh(move.edges);
      if (now === undefined) continue;
      if (moves.some(({ worth }) => worth > now.worth)) {
        moves.push(now);
      } else if (this.total + now.octets <= limit) {
        for (const edge of now.edges) this.chosen.add(edge);
        this.total += now.octets;
        steps.push(now);
      }
    }
    return steps;
  }

  /** Each hot call; all calls of a function, which is then not needed; all of its hot calls. */
  private candidates(): Move[] {
    const sets = this.nodes.flatMap(({ callers }) => {
      const all = callers.map(({ edge }) => edge);
      const hot = all.filter((edge) => this.gainOf(edge) >= LEAST_GAIN);
      return hot.length === 0 ? [] : [all, hot, ...hot.map((edge) => [edge])];
    });
    return sets.flatMap((edges) => this.weigh(edges) ?? []);
  }

  private weigh(edges: readonly string[]): Move | undefined {
    const left = edges.filter((edge) => !this.chosen.has(edge));
    if (left.length === 0) return undefined;
    for (const edge of left) this.chosen.add(edge);
    const octets = Math.round(this.totalLen() - this.total);
    for (const edge of left) this.chosen.delete(edge);
    const gain = left.reduce((sum, edge) => sum + this.gainOf(edge), 0);
    const [, callee] = left[0]!.split(" ");
    return {
      octets, callee: callee!, callers: left.map((edge) => edge.split(" ")[0]!), edges: left,
      worth: octets <= 0 ? Infinity : gain / octets,
    };
  }

  private gainOf(edge: string): number {
    return this.calls.get(edge) ?? 0;
  }

  /** Octets of all functions and copies: one for each chosen call in each copy of its caller. */
  private totalLen(): number {
    const copies: number[] = [];
    let total = 0;
    for (const { len, callLen, callers } of this.nodes) {
      let count = 0;
      let isLeft = callers.length === 0;
      for (const { index, edge, sites } of callers) {
        if (!this.chosen.has(edge)) {
          isLeft = true;
          continue;
        }
        count += sites * copies[index]!;
        total -= callLen * sites * copies[index]!;
      }
      if (isLeft) count++;
      copies.push(count);
      total += len * count;
    }
    return total;
  }
}

function takeBest(moves: Move[]): Move | undefined {
  let best = 0;
  moves.forEach(({ worth }, index) => {
    if (worth > moves[best]!.worth) best = index;
  });
  return moves.splice(best, 1)[0];
}

function callLenOf(text: string): number {
  const parameters = text.split("\n")[0]!.split("(param").length - 1;
  return CALL_LEN + ARGUMENT_LEN * parameters;
}

/** Octets of a function's code, about: by the instructions of its text form. */
function lengthOf(text: string): number {
  return [...text.matchAll(/^\s+\((\S+)(.*)$/gm)].reduce((sum, [, name, rest]) => {
    return sum + instructionLen(name!.replace(/\)+$/, ""), rest!);
  }, 0);
}

function instructionLen(name: string, rest: string): number {
  if (["func", "then", "result", "param"].includes(name)) return 0;
  if (name === "local" || name === "else") return 1;
  if (name === "block" || name === "loop" || name === "if") return 3;
  if (name.endsWith(".const")) {
    const value = Math.abs(Number(/-?\d+/.exec(rest)?.[0] ?? 0));
    return value < 64 ? 2 : value < 8192 ? 3 : 4;
  }
  if (/\.(load|store)/.test(name)) return 3;
  return /^(local\.|call|br)/.test(name) ? 2 : 1;
}
