/**
 * What a board is: the folder `host/board/boards/NAME` with a `board.json`. docs/boards.md says
 * what its words mean.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../../cli/suggest.js";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
/** Paths in a `board.json` start here. */
export const SOURCES = join(ROOT, "host/board");

export type BoardLink = "ethernet" | "slip";

export interface BoardDescription {
  name: string;
  /** For people. */
  title: string;
  /** What the compiler's name begins with, and its options that say which processor it is. */
  toolchain: string;
  cpu: string[];
  /** `NAME=VALUE`, for all files. */
  defines?: string[];
  /** The C files that only this board has. */
  sources: string[];
  /** The linker's. */
  script: string;
  /** It has flash enough for -O2, which takes some 15 % more than -Os and is as much faster. */
  fast?: boolean;
  /** The product that it runs unless it is told otherwise. */
  module: string;
  /** What it can be reached by; the first is the default. */
  links: BoardLink[];
  /** Octets of both memories, and where flash begins. */
  flash: number;
  ram: number;
  flashAddress: number;
  address: string;
  gateway: string;
  mac: string;
  /** How QEMU is told of it; absent: QEMU does not know it. */
  qemu?: { machine: string[]; nic?: string; serials: ("console" | "slip")[] };
  /** What runs it otherwise. */
  runner?: "rp2040js";
  /** What becomes of the ELF after linking. */
  bootStage?: "rp2040";
  /** A number as text; absent: the board takes no .uf2. */
  uf2Family?: string;
  /** Lines that say how a real one is flashed; %FILE% is the file. */
  flashing: string[];
}

const REQUIRED = [
  "name", "toolchain", "cpu", "sources", "script", "module", "links", "flashAddress", "address",
  "gateway", "mac", "flashing",
] as const;

/** All boards there are. */
export function boardNames(): string[] {
  return readdirSync(join(SOURCES, "boards"))
    .filter((name) => existsSync(join(SOURCES, "boards", name, "board.json")))
    .sort();
}

/** A board by its name. Throws with the names that there are. */
export function readBoard(name: string): BoardDescription {
  const names = boardNames();
  if (!names.includes(name)) {
    const meant = nearest(name, names);
    const advice = meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`;
    throw new Error(`there is no board "${name}"; ${advice}`);
  }
  const file = join(SOURCES, "boards", name, "board.json");
  const board = JSON.parse(readFileSync(file, "utf8")) as BoardDescription;
  for (const word of REQUIRED) {
    if (board[word] === undefined) throw new Error(`${file} does not say "${word}"`);
  }
  return board;
}
