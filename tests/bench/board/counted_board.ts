/**
 * A board in QEMU whose firmware runs firmware/loop.c: one frame to it at a time, and for each what
 * it sent and which functions took how many instructions.
 */
import { once } from "node:events";
import {
  closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, statSync,
  writeFileSync,
} from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../../host/tools/board/description.js";
import { functionNames } from "../../../host/tools/board/natives.js";
import { type Emulated, Emulator } from "../../../host/tools/board/qemu.js";
import { run } from "../../../host/tools/board/toolchain.js";
import { get16, put16 } from "../../support/wire.js";

/** The product that boards run. */
export const MODULE = join(ROOT, "build/motetcp-board.wasm");
const PLUGIN = fileURLToPath(new URL("plugin", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../../build/bench", import.meta.url));
/** Octets of the length in front of a frame on QEMU's stream. */
const PREFIX_OCTETS = 4;
/** IEEE Std 802, "local experimental": see firmware/loop.c. */
const ETHERTYPE = 0x88b5;
const ETHERTYPE_AT = 12;
const ADVANCE_AT = 14;
const USED_AT = 14;
const SHORTEST_FRAME = 60;

/** What one frame, or one turn without any, has cost. */
export interface Turn {
  /** What was sent. */
  frames: Uint8Array[];
  instructions: number;
  /** Instructions by function. */
  functions: Map<string, number>;
}

export class CountedBoard {
  /** The most octets of the stack that have been in use, those of the loop itself among them. */
  stackUsed = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), "motetcp-count-"));
  private readonly server: Server;
  private socket!: Socket;
  private names: string[] = [];
  private emulator!: Emulator;
  private log = 0;
  private logAt = 0;
  private unread = Buffer.alloc(0);
  private frames: Uint8Array[] = [];
  private onDone: () => void = () => {};

  private constructor() {
    this.server = createServer((socket) => {
      this.socket = socket.on("data", (octets: Buffer) => this.take(octets));
      socket.on("error", () => {});
    });
  }

  static async start(firmware: Emulated): Promise<CountedBoard> {
    const board = new CountedBoard();
    try {
      await board.switchOn(firmware);
      return board;
    } catch (error) {
      await board.stop();
      throw error;
    }
  }

  private async switchOn(firmware: Emulated): Promise<void> {
    const [path, symbols, log] = ["line", "symbols", "log"].map((name) => join(this.folder, name));
    this.names = writeSymbols(firmware, symbols!);
    this.server.listen(path!);
    await once(this.server, "listening");
    const plugin = `${buildPlugin()},symbols=${symbols},out=${log}`;
    const connected = once(this.server, "connection");
    this.emulator = await Emulator.start(firmware, {
      wire: { kind: "stream", path: path! }, words: ["-plugin", plugin],
    });
    await connected;
    await this.emulator.says(/^bench: begins$/);
    this.log = openSync(log!, "r");
  }

  /** Hands it a frame, and resolves when it has taken its turn. */
  async exchange(frame: Uint8Array): Promise<Turn> {
    const length = Math.max(frame.length, SHORTEST_FRAME);
    const octets = new Uint8Array(PREFIX_OCTETS + length);
    put16(octets, 2, length);
    octets.set(frame, PREFIX_OCTETS);
    const done = new Promise<void>((resolve) => (this.onDone = resolve));
    this.socket.write(octets);
    await done;
    return { frames: this.frames.splice(0), ...this.readLog() };
  }

  /** Time passes; then it takes a turn without a frame. */
  async wait(us: number): Promise<Turn> {
    const frame = new Uint8Array(SHORTEST_FRAME).fill(0xff, 0, 6);
    frame[6] = 2;
    put16(frame, ETHERTYPE_AT, ETHERTYPE);
    new DataView(frame.buffer).setUint32(ADVANCE_AT, us, true);
    return this.exchange(frame);
  }

  async stop(): Promise<void> {
    await this.emulator?.stop();
    this.server.close();
    if (this.log !== 0) closeSync(this.log);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private take(octets: Buffer): void {
    this.unread = Buffer.concat([this.unread, octets]);
    while (this.unread.length >= PREFIX_OCTETS) {
      const end = PREFIX_OCTETS + this.unread.readUInt32BE(0);
      if (this.unread.length < end) return;
      const frame = new Uint8Array(this.unread.subarray(PREFIX_OCTETS, end));
      this.unread = this.unread.subarray(end);
      if (get16(frame, ETHERTYPE_AT) !== ETHERTYPE) this.frames.push(frame);
      else {
        this.stackUsed = new DataView(frame.buffer).getUint32(USED_AT, true);
        this.onDone();
      }
    }
  }

  /** The plugin has written its line before the board said that it was done. */
  private readLog(): Omit<Turn, "frames"> {
    const octets = Buffer.alloc(1 << 16);
    const length = readSync(this.log, octets, 0, octets.length, this.logAt);
    this.logAt += length;
    const lines = octets.toString("latin1", 0, length).trimEnd().split("\n");
    if (length === 0 || lines.length !== 1) throw new Error("the plugin has not counted one turn");
    const [total, ...words] = lines[0]!.split(" ");
    const functions = new Map(words.map((word) => {
      const [index, count] = word.split(":").map(Number) as [number, number];
      return [this.names[index]!, count] as const;
    }));
    return { instructions: Number(total), functions };
  }
}

/** What the core calls a function that wasm2c has numbered, as far as the build has told. */
export function coreName(symbol: string, names: readonly string[]): string {
  const index = /^w2c_module_f(\d+)\b/.exec(symbol)?.[1];
  return (index === undefined ? undefined : names[Number(index)]) ?? symbol;
}

/** Writes the firmware's functions for the plugin, and gives their names in that order. */
function writeSymbols({ board, elf }: Emulated, path: string): string[] {
  const lines = run(`${board.toolchain}-nm`, ["-n", "--defined-only", elf]).trim().split("\n");
  const functions = lines.map((line) => line.split(" ") as [string, string, string])
    .filter(([, kind]) => /[tTwW]/.test(kind));
  const text = functions.map(([address, , name]) => `${address} ${name}\n`).join("");
  writeFileSync(path, text);
  const names = functionNames(MODULE);
  return functions.map(([, , name]) => coreName(name, names));
}

/** Where the plugin is; made when its source has changed. */
function buildPlugin(): string {
  const [source, output] = [join(PLUGIN, "count.c"), join(FOLDER, "count.so")];
  if (existsSync(output) && statSync(output).mtimeMs > statSync(source).mtimeMs) return output;
  mkdirSync(FOLDER, { recursive: true });
  const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
  run("gcc", [...flags, "-o", output, source]);
  return output;
}
