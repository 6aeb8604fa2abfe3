/** Two questions about who calls whom: is there a way back, and which way is the deepest. */

/** A function of the graph. Calls of names that are not in the graph (imports) lead nowhere. */
export interface Caller {
  name: string;
  frameOctets: number;
  calls: string[];
}

export interface DeepestStack {
  /** Functions on the path with the most octets; of equal ones, on the longest. */
  frames: number;
  /** Octets of all frames on that path. */
  frameOctets: number;
  /** Their names, the outermost first. */
  path: string[];
}

/** The names along a cycle of calls, or undefined when there is none. */
export function findCycle(functions: Caller[]): string[] | undefined {
  const byName = new Map(functions.map((one) => [one.name, one]));
  const done = new Set<string>();
  for (const { name } of functions) {
    const cycle = walk(name, byName, done);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Depth first from `start`, with the way there at hand. */
function walk(
  start: string, byName: Map<string, Caller>, done: Set<string>,
): string[] | undefined {
  const way: { name: string; next: number }[] = [{ name: start, next: 0 }];
  while (way.length > 0) {
    const top = way[way.length - 1]!;
    const callee = done.has(top.name) ? undefined : byName.get(top.name)?.calls[top.next++];
    if (callee === undefined) {
      done.add(top.name);
      way.pop();
      continue;
    }
    const at = way.findIndex(({ name }) => name === callee);
    if (at >= 0) return way.slice(at).map(({ name }) => name);
    if (!done.has(callee)) way.push({ name: callee, next: 0 });
  }
  return undefined;
}

/** The path with the most octets of frames. The graph must have no cycle. */
export function deepestStack(functions: Caller[]): DeepestStack {
  const byName = new Map(functions.map((one) => [one.name, one]));
  const known = new Map<string, DeepestStack>();
  let deepest: DeepestStack = { frames: 0, frameOctets: 0, path: [] };
  for (const { name } of functions) deepest = deeper(deepest, below(name, byName, known));
  return deepest;
}

function below(
  name: string, byName: Map<string, Caller>, known: Map<string, DeepestStack>,
): DeepestStack {
  const before = known.get(name);
  if (before !== undefined) return before;
  let rest: DeepestStack = { frames: 0, frameOctets: 0, path: [] };
  const one = byName.get(name);
  for (const callee of one?.calls ?? []) rest = deeper(rest, below(callee, byName, known));
  const whole = {
    frames: rest.frames + 1,
    frameOctets: rest.frameOctets + (one?.frameOctets ?? 0),
    path: [name, ...rest.path],
  };
  known.set(name, whole);
  return whole;
}

function deeper(a: DeepestStack, b: DeepestStack): DeepestStack {
  if (b.frameOctets !== a.frameOctets) return b.frameOctets > a.frameOctets ? b : a;
  return b.frames > a.frames ? b : a;
}
