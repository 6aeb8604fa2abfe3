/**
 * A program under way, of any kind: what goes in, what it prints, how it ends, how long it took.
 * Whoever starts one calls `clear` in the end, whatever happened.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export const REPOSITORY = join(import.meta.dirname, "../..");
const DEFAULT_TIMEOUT_MS = 30_000;

export interface Outcome {
  /** Null when it was killed. */
  status: number | null;
  stdout: Buffer;
  stderr: string;
  /** From its start to its end. */
  ms: number;
}

export class Running {
  readonly child: ChildProcess;
  private readonly startMs = performance.now();
  private endMs = 0;
  private readonly stdoutChunks: Buffer[] = [];
  private stderrText = "";
  private readonly closed: Promise<void>;
  private wake: () => void = () => {};

  constructor(private readonly argv: string[]) {
    const [command, ...words] = argv;
    this.child = spawn(command!, words, { cwd: REPOSITORY, stdio: "pipe" });
    this.child.stdin!.on("error", () => {}); // it may end without reading
    this.child.stdout!.on("data", (chunk: Buffer) => {
      this.stdoutChunks.push(chunk);
      this.wake();
    });
    this.child.stderr!.on("data", (chunk: Buffer) => {
      this.stderrText += chunk.toString();
      this.wake();
    });
    this.closed = once(this.child, "close").then(() => {
      this.endMs = performance.now();
      this.wake();
    });
  }

  get stdout(): string {
    return Buffer.concat(this.stdoutChunks).toString();
  }

  get stderr(): string {
    return this.stderrText;
  }

  get pid(): number {
    return this.child.pid!;
  }

  private get hasEnded(): boolean {
    return this.endMs > 0;
  }

  /** To its stdin, which stays open. */
  write(octets: string | Uint8Array): void {
    this.child.stdin!.write(octets);
  }

  /** To its stdin, which then ends. */
  end(octets: string | Uint8Array = ""): void {
    this.child.stdin!.end(octets);
  }

  /** Waits until its stdout (or stderr) matches. */
  async says(
    pattern: RegExp,
    stream: "stdout" | "stderr" = "stdout",
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      const restMs = deadline - Date.now();
      if (this.hasEnded || restMs <= 0) {
        const what = this.hasEnded ? "it has ended" : "in time";
        throw new Error(`no ${pattern} (${what}) from ${this.argv.join(" ")}:\n${this.told}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, restMs);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  private get told(): string {
    return `${this.stdout}\n${this.stderr}`;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Its end; killed when that does not come. */
  async ended(timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Outcome> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), timeoutMs);
    await this.closed;
    clearTimeout(timer);
    return {
      status: this.child.exitCode,
      stdout: Buffer.concat(this.stdoutChunks),
      stderr: this.stderrText,
      ms: this.endMs - this.startMs,
    };
  }

  /** Ends it if the test did not. */
  async clear(): Promise<void> {
    if (!this.hasEnded) this.child.kill("SIGKILL");
    await this.closed;
  }
}
