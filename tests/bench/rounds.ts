/** Subjects measured in turn (ABAB...), each in a process of its own; medians of their rounds. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { median } from "./loss/median.js";
import type { Workload } from "./subjects/subject.js";

const MAIN = fileURLToPath(new URL("subjects/main.ts", import.meta.url));

export interface Command {
  /** What the table calls it. */
  subject: string;
  /** The program of a native peer; without it, the words for subjects/main.ts. */
  program?: string;
  words?: string[];
}

export interface Task {
  workload: Workload;
  /** W1: 1, nothing is copied by the application; 0, it is. W2: connections. */
  argument: number;
}

/** What one subject took, by segment, transaction or connection. */
export interface Result {
  subject: string;
  /** Nanoseconds of CPU time: the median of the rounds, and all of them. */
  ns: number;
  rounds: number[];
  frames: number;
  /** How often W1 stood still until time was moved on. */
  stalls: number;
  /** Why there is no figure. */
  missing?: string;
}

/**
 * How two stand to each other: the median of the ratios of neighbouring rounds. The load of the
 * machine changes from second to second, and both have had the same.
 */
export function ratioOf(result: Result | undefined, base: Result | undefined): number {
  const all = (result?.rounds ?? []).flatMap((ns, round) => {
    const other = base?.rounds[round];
    return other === undefined ? [] : [ns / other];
  });
  return median(all);
}

export interface Effort {
  rounds: number;
  /** Milliseconds of a round, about. */
  roundMs: number;
  /** The Node that runs what is no program by itself. */
  node: string;
}

interface Answer {
  ns: number;
  count: number;
  frames: number;
  stalls: number;
}

/** Runs one task on all subjects. */
export async function measure(
  task: Task, commands: Command[], { rounds, roundMs, node }: Effort,
): Promise<Result[]> {
  const results: Result[] = commands.map(({ subject }) =>
    ({ subject, ns: NaN, rounds: [], frames: 0, stalls: 0 }));
  const processes = commands.map((command) => new SubjectProcess(command, node));
  const counts = commands.map(() => 0);
  const each = async (turn: (index: number) => Promise<void>): Promise<void> => {
    for (let index = 0; index < commands.length; index++) {
      if (results[index]!.missing !== undefined) continue;
      await turn(index).catch((error: Error) => void (results[index]!.missing = error.message));
    }
  };
  await each(async (index) => {
    counts[index] = await warmUp(processes[index]!, task, roundMs);
  });
  for (let round = 0; round < rounds; round++) {
    await each(async (index) => {
      const { ns, count, frames, stalls } = await processes[index]!.ask(task, counts[index]!);
      const result = results[index]!;
      result.rounds.push(ns / count);
      result.frames = frames / count;
      result.stalls += stalls;
    });
  }
  for (const process of processes) process.end();
  for (const result of results) result.ns = median(result.rounds);
  return results;
}

/** Runs until the engine has compiled what it will. Returns how many make a round. */
async function warmUp(process: SubjectProcess, task: Task, roundMs: number): Promise<number> {
  let count = task.workload === "w2" ? Math.max(task.argument, 1000) : 1000;
  for (let spentMs = 0; ; ) {
    const { ns } = await process.ask(task, count);
    spentMs += ns / 1e6;
    const perMs = count / (ns / 1e6);
    count = Math.max(task.workload === "w2" ? task.argument : 1, Math.round(perMs * roundMs));
    if (spentMs > 2 * roundMs) return count;
  }
}

class SubjectProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private errors = "";

  constructor({ program, words = [] }: Command, node: string) {
    this.child = program === undefined
      ? spawn(node, ["--import", "tsx", MAIN, ...words])
      : spawn(program, words);
    this.child.stderr.on("data", (chunk) => (this.errors += String(chunk)));
    this.child.stdin.on("error", () => {}); // it has ended; `ask` tells why
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async ask({ workload, argument }: Task, count: number): Promise<Answer> {
    this.child.stdin.write(`${workload} ${argument} ${count}\n`);
    const { value, done } = await this.lines.next();
    if (done === true) {
      const reason = /^(?:\w*Error: )?.*\S.*$/m.exec(this.errors.replace(/^.*node:.*$/gm, ""));
      throw new Error(reason?.[0] ?? "ended without a word");
    }
    const [ns, did, frames, stalls] = value.split(" ").map(Number);
    return { ns: ns!, count: did!, frames: frames!, stalls: stalls! };
  }

  end(): void {
    this.child.stdin.end();
    this.child.kill();
  }
}
