/**
 * A network namespace of a test's own, and programs inside it that talk to the test line by line.
 * Everything that a test starts ends with it.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Outcome, REPOSITORY, Running } from "./running.js";

let namespaceCount = 0;

/** Why a test cannot use an optional package here; false: it can. For `skip`. */
export function packageMissing(name: string): string | false {
  try {
    import.meta.resolve(name);
    return false;
  } catch {
    return `needs the optional package ${name}`;
  }
}

/** Why a test with a namespace and a device cannot run here; false: it can. For `skip`. */
export function namespaceMissing(...tools: string[]): string | false {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root (to make a network namespace)";
  if (!existsSync("/dev/net/tun")) return "needs /dev/net/tun";
  for (const tool of ["ip", ...tools]) {
    if (spawnSync("which", [tool]).status !== 0) return `needs ${tool}`;
  }
  // Root in a container may lack the right.
  if (spawnSync("unshare", ["--net", "--mount", "true"]).status !== 0) {
    return "needs the right to make namespaces";
  }
  return packageMissing("koffi");
}

export class Namespace {
  readonly name = `motetcp-${process.pid}-${namespaceCount++}`;
  private readonly programs: { kill(): Promise<void> }[] = [];
  /** In case the test dies before `remove`. */
  private readonly onExit = (): void => this.tearDown();

  constructor() {
    if (namespaceCount === 1) exitOnSignals();
    execFileSync("ip", ["netns", "add", this.name]);
    process.once("exit", this.onExit);
    this.ip("link", "set", "lo", "up");
  }

  /** `ip ...` inside. */
  ip(...words: string[]): void {
    execFileSync("ip", ["-n", this.name, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  }

  /** Runs a program inside to its end; its output, status null if it took too long. */
  run(command: string[], timeoutMs = 20_000): { status: number | null; text: string } {
    const { status, stdout, stderr } = spawnSync(
      "ip",
      ["netns", "exec", this.name, ...command],
      { encoding: "utf8", timeout: timeoutMs, cwd: REPOSITORY },
    );
    return { status, text: stdout + stderr };
  }

  /** Starts a script of the repository inside, under tsx. */
  startScript(script: string, ...words: string[]): Program {
    const node = [process.execPath, "--import", "tsx", join(REPOSITORY, script)];
    return this.startProgram([...node, ...words]);
  }

  /** Starts a program that obeys lines inside. */
  startProgram(command: string[]): Program {
    const program = new Program(["ip", "netns", "exec", this.name, ...command]);
    this.programs.push(program);
    return program;
  }

  /** Starts any program inside. */
  start(command: string[]): Running {
    const running = new Running(["ip", "netns", "exec", this.name, ...command]);
    this.programs.push({ kill: () => running.clear() });
    return running;
  }

  /** Runs any program inside to its end, while others run; killed if it takes too long. */
  execute(command: string[], options: ExecuteOptions = {}): Promise<Outcome> {
    const running = this.start(command);
    running.end(options.stdin);
    return running.ended(options.timeoutMs ?? 20_000);
  }

  /** Ends all programs, removes the namespace and with it its interfaces. */
  async remove(): Promise<void> {
    // The last first: what was started later may depend on what was there before.
    for (const program of this.programs.reverse()) await program.kill();
    this.tearDown();
    process.off("exit", this.onExit);
  }

  /** What still runs in the namespace was started by us or by what we started. */
  private tearDown(): void {
    const { stdout } = spawnSync("ip", ["netns", "pids", this.name], { encoding: "utf8" });
    for (const pid of stdout.split("\n").filter((line) => line !== "")) {
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // it has ended meanwhile
      }
    }
    spawnSync("ip", ["netns", "del", this.name], { stdio: "ignore" });
  }
}

export interface ExecuteOptions {
  stdin?: string | Uint8Array;
  /** 20,000 by default. */
  timeoutMs?: number;
}

/** A signal ends the process by way of its 'exit' event, so that namespaces go with it. */
function exitOnSignals(): void {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => process.exit(1));
  }
}

/** A program under way, which prints lines and obeys lines. */
export class Program {
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private wake: () => void = () => {};
  private readonly ended: Promise<number | null>;
  private hasEnded = false;

  constructor([command, ...words]: string[]) {
    this.child = spawn(command!, words, {
      cwd: REPOSITORY,
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface({ input: this.child.stdout! }).on("line", (line) => {
      this.lines.push(line);
      this.wake();
    });
    this.ended = new Promise((done) => {
      this.child.on("close", (status) => {
        this.hasEnded = true;
        this.wake();
        done(status);
      });
    });
  }

  /** The next line that it prints. */
  async line(timeoutMs = 10_000): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    while (this.lines.length === 0) {
      const restMs = deadline - Date.now();
      if (restMs <= 0) throw new Error(`no line from ${this.child.spawnargs.at(-1)} in time`);
      if (this.hasEnded) throw new Error(`${this.child.spawnargs.at(-1)} has ended`);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, restMs);
        this.wake = () => (clearTimeout(timer), done());
      });
    }
    return this.lines.shift()!;
  }

  /** Sends a line, gives the next line that comes. */
  async ask(command: string): Promise<string> {
    this.child.stdin!.write(`${command}\n`);
    return this.line();
  }

  tell(command: string): void {
    this.child.stdin!.write(`${command}\n`);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Its exit status once it has ended; undefined if it has not in that time. */
  async exit(timeoutMs = 5000): Promise<number | null | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((done) => {
      timer = setTimeout(() => done(undefined), timeoutMs);
    });
    const status = await Promise.race([this.ended, timeout]);
    clearTimeout(timer);
    return status;
  }

  async kill(): Promise<void> {
    if (!this.hasEnded) this.child.kill("SIGKILL");
    await this.ended;
  }
}
