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
  /** Options of the compiler that say which processor it is. */
  cpu: string[];
  /** `NAME=VALUE`, for all files. */
  defines?: string[];
  /** The C files that only this board has. */
  sources: string[];
  /** The linker's. */
  script: string;
  /** The product that it runs unless it is told otherwise. */
  module: string;
  /** What it can be reached by; the first is the default. */
  links: BoardLink[];
  /** Octets of both memories, and where flash begins. */
  flash: number;
  ram: number;
  flash_address: number;
  ram_address?: number;
  address: string;
  gateway: string;
  mac: string;
  /** How QEMU is told of it; absent: QEMU does not know it. */
  qemu?: { machine: string[]; nic?: string; serials: ("console" | "slip")[] };
  /** What runs it otherwise. */
  emulator?: string;
  /** What becomes of the ELF after linking. */
  bootStage?: string;
  uf2Family?: string;
  /** Lines that say how a real one is flashed; %FILE% is the file. */
  flashing: string[];
}

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
  for (const word of ["cpu", "sources", "script", "module", "links", "address"] as const) {
    if (board[word] === undefined) throw new Error(`${file} does not say "${word}"`);
  }
  return board;
}
