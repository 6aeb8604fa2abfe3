/**
 * A board in QEMU for tests, with Linux at the other end of its line, in a namespace of the test's
 * own: `BoardLine.start` makes the firmware, the namespace and its device, and switches it on.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BoardDescription, readBoard } from "../../host/tools/board/description.js";
import {
  type Firmware, type FirmwareOptions, makeFirmware,
} from "../../host/tools/board/firmware.js";
import { DEVICE, makeDevice } from "../../host/tools/board/namespace.js";
import { EMULATOR, Emulator, type Wire } from "../../host/tools/board/qemu.js";
import { compilerTools, toolsMissing } from "../../host/tools/board/toolchain.js";
import { Namespace, type Program, namespaceMissing } from "./namespace.js";

/** Why a board cannot be made and run with Linux at the other end; false: it can. For `skip`. */
export function boardMissing(name: string, ...tools: string[]): string | false {
  return toolsMissing([...compilerTools(readBoard(name)), EMULATOR]) || namespaceMissing(...tools);
}

export interface BoardLineOptions extends FirmwareOptions {
  board: string;
  /** Options of `join.ts`; without them an Ethernet board is at the TAP interface itself. */
  faults?: string[];
  /** Somebody who can be told to flood the board: `BoardLine.attacker`. */
  hasAttacker?: boolean;
}

export class BoardLine {
  readonly space = new Namespace();
  readonly folder = mkdtempSync(join(tmpdir(), "motetcp-board-"));
  firmware!: Firmware;
  emulator!: Emulator;
  /** `board_flood.ts`. */
  attacker: Program | undefined;

  private constructor(private readonly options: BoardLineOptions) {}

  static async start(options: BoardLineOptions): Promise<BoardLine> {
    const line = new BoardLine(options);
    try {
      line.firmware = await makeFirmware(readBoard(options.board), options);
      await line.switchOn();
      return line;
    } catch (error) {
      await line.remove();
      throw error;
    }
  }

  get board(): BoardDescription {
    return this.firmware.board;
  }

  /** The board's address, without its prefix. */
  get address(): string {
    return this.firmware.address.split("/")[0]!;
  }

  private async switchOn(): Promise<void> {
    const { space, firmware } = this;
    const isJoined = this.options.faults !== undefined || this.options.hasAttacker === true;
    const isSlip = firmware.link === "slip";
    const prefix = firmware.address.split("/")[1]!;
    makeDevice(space.name, isSlip ? "tun" : "tap", `${this.board.gateway}/${prefix}`);
    if (isSlip) {
      await this.startEmulator({ kind: "terminal" });
      await this.join(`serial:${this.emulator.terminal}`, `tun:${DEVICE}`);
    } else if (isJoined) {
      const path = join(this.folder, "line");
      await this.join(`stream:listen:${path}`, `tap:${DEVICE}`);
      await this.startEmulator({ kind: "stream", path });
    } else {
      await this.startEmulator({ kind: "tap", device: DEVICE });
    }
  }

  private async startEmulator(wire: Wire): Promise<void> {
    this.emulator = await Emulator.start(this.firmware, { wire, namespace: this.space.name });
  }

  private async join(line: string, device: string): Promise<void> {
    const { faults = [], hasAttacker } = this.options;
    const words = hasAttacker ? [this.address, this.board.mac, ...faults] : faults;
    const script = hasAttacker ? "tests/support/board_flood.ts" : "host/tools/board/join.ts";
    const program = this.startScript(script, line, device, ...words);
    if (await program.line() !== "ready") throw new Error("the line is not joined");
    if (hasAttacker) this.attacker = program;
  }

  /** Starts a script of the repository at Linux's end. */
  startScript(script: string, ...words: string[]): Program {
    return this.space.startScript(script, ...words);
  }

  /** `curl` at Linux's end; what it got. Fails when curl does. */
  async curl(path: string, timeoutMs = 20_000): Promise<string> {
    const limits = ["--silent", "--show-error", "--fail", "--max-time", `${timeoutMs / 1000}`];
    const command = ["curl", ...limits, `http://${this.address}${path}`];
    const { status, stdout, stderr } = await this.space.execute(command, {
      timeoutMs: timeoutMs + 1000,
    });
    if (status !== 0) throw new Error(`curl ${path} ended with ${status}: ${stderr}`);
    return stdout.toString();
  }

  /** Somebody at Linux's end who obeys the lines of `board_client.ts`. */
  client(): Client {
    return new Client(this.startScript("tests/support/board_client.ts", this.address));
  }

  /** A counter of the board's, as its page tells it; what never happened is not there. */
  async counter(name: string): Promise<number> {
    const page = await this.curl("/");
    return Number(new RegExp(`^${name} +(\\d+)$`, "m").exec(page)?.[1] ?? 0);
  }

  async remove(): Promise<void> {
    await this.emulator?.stop();
    await this.space.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Client {
  constructor(private readonly program: Program) {}

  /** Says a line of `board_client.ts`; its answer. */
  async ask(line: string, timeoutMs = 60_000): Promise<string> {
    this.program.tell(line);
    return this.program.line(timeoutMs);
  }
}
