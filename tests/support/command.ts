/** The command `motetcp` as a user runs it: a process of its own, with its output and status. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "../..");
const MAIN = join(REPOSITORY, "host/cli/main.ts");
const DEFAULT_TIMEOUT_MS = 30_000;

export interface Outcome {
  /** Null when it was killed. */
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs it to its end with the given stdin, which then ends. */
export async function run(words: string[], stdin: string | Uint8Array = ""): Promise<Outcome> {
  const command = new Command(words);
  command.child.stdin!.on("error", () => {}); // it may end without reading
  command.child.stdin!.end(stdin);
  return command.ended();
}

/** A run that goes on. */
export class Command {
  readonly child: ChildProcess;
  private readonly stdoutChunks: Buffer[] = [];
  private stderrText = "";
  private readonly closed: Promise<unknown>;
  private wake: () => void = () => {};
  private hasClosed = false;

  constructor(words: string[]) {
    this.child = spawn(process.execPath, ["--import", "tsx", MAIN, ...words], {
      cwd: REPOSITORY, stdio: "pipe",
    });
    this.child.stdout!.on("data", (chunk: Buffer) => {
      this.stdoutChunks.push(chunk);
      this.wake();
    });
    this.child.stderr!.on("data", (chunk: Buffer) => {
      this.stderrText += chunk.toString();
      this.wake();
    });
    this.closed = once(this.child, "close").then(() => {
      this.hasClosed = true;
      this.wake();
    });
  }

  get stdout(): string {
    return Buffer.concat(this.stdoutChunks).toString();
  }

  get stderr(): string {
    return this.stderrText;
  }

  /** Waits until its stdout (or stderr) matches. */
  async says(
    pattern: RegExp, stream: "stdout" | "stderr" = "stdout",
  ): Promise<RegExpExecArray> {
    const deadline = Date.now() + DEFAULT_TIMEOUT_MS;
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      const restMs = deadline - Date.now();
      if (this.hasClosed || restMs <= 0) {
        const what = this.hasClosed ? "it has ended" : "in time";
        throw new Error(`no ${pattern} (${what}) in:\n${this.stdout}\n${this.stderr}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, restMs);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Its end; killed when that does not come. */
  async ended(timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Outcome> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), timeoutMs);
    await this.closed;
    clearTimeout(timer);
    const stdout = Buffer.concat(this.stdoutChunks);
    return { status: this.child.exitCode, stdout, stderr: this.stderrText };
  }

  /** Sends SIGINT, as Ctrl-C does, and waits for the end. */
  interrupt(): Promise<Outcome> {
    this.child.kill("SIGINT");
    return this.ended();
  }

  /** Ends it if the test did not. */
  async clear(): Promise<void> {
    if (!this.hasClosed) this.child.kill("SIGKILL");
    await this.closed;
  }
}
