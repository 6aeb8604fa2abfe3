/** The command `motetcp` as a user runs it: a process of its own, with its output and status. */
import { join } from "node:path";
import { type Outcome, REPOSITORY, Running } from "./running.js";

const MAIN = join(REPOSITORY, "host/cli/main.ts");

/** The words that run it, to put before those of its own. */
export const MOTETCP = [process.execPath, "--import", "tsx", MAIN];

/** Runs it to its end with the given stdin, which then ends. */
export async function run(words: string[], stdin: string | Uint8Array = ""): Promise<Outcome> {
  const command = new Command(words);
  command.end(stdin);
  return command.ended();
}

/** A run that goes on. */
export class Command extends Running {
  constructor(words: string[]) {
    super([...MOTETCP, ...words]);
  }

  /** Sends SIGINT, as Ctrl-C does, and waits for the end. */
  interrupt(): Promise<Outcome> {
    this.signal("SIGINT");
    return this.ended();
  }
}
