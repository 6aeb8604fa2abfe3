/**
 * A board in QEMU: its console as text, its line joined to whatever is at the other end. A child of
 * this process that does not outlive it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Firmware } from "./firmware.js";
import { requireTools } from "./toolchain.js";

/** Where the line ends that QEMU has on this machine. */
export type Wire =
  /** A TAP interface of the namespace that QEMU runs in. */
  | { kind: "tap"; device: string }
  /** A unix socket on which somebody listens for Ethernet in QEMU's framing. */
  | { kind: "stream"; path: string }
  /** SLIP on a pseudo-terminal that QEMU makes: `Emulator.terminal`. */
  | { kind: "terminal" };

/** What of a firmware concerns the emulator. */
export type Emulated = Pick<Firmware, "board" | "elf">;

export interface EmulatorOptions {
  wire: Wire;
  /** The network namespace to run in. */
  namespace?: string;
  /** Each line of the console, as it comes. */
  onLine?: (line: string) => void;
  /** More words for QEMU's command line. */
  words?: readonly string[];
}

export const EMULATOR = "qemu-system-arm";
const REDIRECTED = /^char device redirected to (\S+) \(label serial\d\)$/;
const READY = /^motetcp: \S+ ready,/;

export class Emulator {
  /** All lines of the console so far. */
  readonly lines: string[] = [];
  /** The path of the board's end of a serial line. */
  terminal = "";
  private readonly child: ChildProcess;
  private readonly onExit = (): void => void this.child.kill("SIGKILL");
  private errorText = "";
  private hasEnded = false;
  private wakers: (() => void)[] = [];

  private constructor(firmware: Emulated, options: EmulatorOptions) {
    const { namespace, wire, words: more = [] } = options;
    const inside = namespace === undefined ? [] : ["ip", "netns", "exec", namespace];
    const own = argumentsOf(firmware, wire);
    const [program, ...words] = [...inside, EMULATOR, ...own, ...more];
    this.child = spawn(program!, words, { stdio: ["ignore", "pipe", "pipe"] });
    process.once("exit", this.onExit);
    let rest = "";
    this.child.stdout!.setEncoding("latin1").on("data", (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop()!;
      for (const line of lines) this.take(line, options.onLine);
    });
    this.child.stderr!.on("data", (text: Buffer) => (this.errorText += text.toString()));
    this.child.once("error", (error) => (this.errorText += error.message));
    this.child.once("close", () => {
      this.hasEnded = true;
      this.wake();
    });
  }

  /** Switches a board on; resolves when it says that it is ready. */
  static async start(firmware: Emulated, options: EmulatorOptions): Promise<Emulator> {
    requireTools([EMULATOR]);
    if (firmware.board.qemu === undefined) throw new Error(`QEMU has no ${firmware.board.name}`);
    const emulator = new Emulator(firmware, options);
    try {
      await emulator.says(READY);
    } catch (error) {
      await emulator.stop();
      throw error;
    }
    return emulator;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Waits for a line of the console, from line `first` on. */
  async says(pattern: RegExp, { first = 0, timeoutMs = 20_000 } = {}): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const line = this.lines.slice(first).find((one) => pattern.test(one));
      if (line !== undefined) return line;
      const restMs = deadline - performance.now();
      if (restMs <= 0 || this.hasEnded) {
        const why = this.hasEnded ? "has ended" : "is silent";
        const said = [...this.lines.slice(-20), this.errorText].join("\n");
        throw new Error(`no ${pattern} on the console, the board ${why}:\n${said}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, restMs);
        this.wakers.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  /** Switches it off. */
  async stop(): Promise<void> {
    process.off("exit", this.onExit);
    if (this.hasEnded) return;
    const closed = once(this.child, "close");
    this.child.kill("SIGKILL");
    await closed;
  }

  /** Resolves when QEMU has ended by itself. */
  async ended(): Promise<void> {
    while (!this.hasEnded) await new Promise<void>((resolve) => this.wakers.push(resolve));
  }

  private take(line: string, onLine: EmulatorOptions["onLine"]): void {
    const terminal = REDIRECTED.exec(line);
    if (terminal !== null) {
      this.terminal = terminal[1]!;
      return;
    }
    this.lines.push(line);
    onLine?.(line);
    this.wake();
  }

  private wake(): void {
    const wakers = this.wakers;
    this.wakers = [];
    for (const waker of wakers) waker();
  }
}

function argumentsOf({ board, elf }: Emulated, wire: Wire): string[] {
  const { machine, nic, serials } = board.qemu!;
  const words = [...machine, "-kernel", elf, "-display", "none", "-monitor", "none"];
  for (const serial of serials) {
    const end = wire.kind === "terminal" ? "pty" : "null";
    words.push("-serial", serial === "console" ? "stdio" : end);
  }
  if (wire.kind === "terminal") return [...words, "-net", "none"];
  const netdev = wire.kind === "tap"
    ? `tap,id=line,ifname=${wire.device},script=no,downscript=no`
    : `stream,id=line,server=off,addr.type=unix,addr.path=${wire.path}`;
  return [...words, "-netdev", netdev, "-net", `nic,netdev=line,model=${nic},macaddr=${board.mac}`];
}
