/** The firmwares that are counted: our stack and lwIP, on one board, with its driver. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type BoardDescription, SOURCES, readBoard,
} from "../../../host/tools/board/description.js";
import { makeFirmware } from "../../../host/tools/board/firmware.js";
import { type Emulated, EMULATOR } from "../../../host/tools/board/qemu.js";
import { compilerTools, run, toolsMissing } from "../../../host/tools/board/toolchain.js";
import { CORE, GLUE, fetchSource } from "../peers/lwip_build.js";

/** It has room for both stacks; the reference board has not for lwIP with these windows. */
const BOARD = "mps2-an385";
const HERE = fileURLToPath(new URL(".", import.meta.url));
const FOLDER = fileURLToPath(new URL("../../../build/bench/board", import.meta.url));

export type Optimization = "-Os" | "-O2";

export interface Subject {
  name: string;
  make: () => Promise<Emulated>;
}

/** All that are compared; the first is the one that has to be good. */
export const SUBJECTS: Subject[] = [
  ...[false, true].flatMap((pure) => (["-O2", "-Os"] as const).map((optimization) => ({
    name: `MoteTCP ${optimization}${pure ? ", pure" : ""}`,
    make: () => makeMote(optimization, pure),
  }))),
  ...(["own", "ours"] as const).flatMap((sums) => (["-Os", "-O2"] as const).map((optimization) => ({
    name: `lwIP ${optimization}${sums === "ours" ? ", our sums" : ""}`,
    make: async () => makeLwip(optimization, sums),
  }))),
];

/** Why nothing can be counted here; false: it can. */
export function boardBenchMissing(): string | false {
  return toolsMissing([...compilerTools(readBoard(BOARD)), EMULATOR, "gcc"]);
}

/** The applications that are served in both, and the loop. `pure`: without native sums. */
async function makeMote(optimization: Optimization, pure: boolean): Promise<Emulated> {
  const folder = "../../../tests/bench/board/firmware";
  const ours = ["mote", "loop", "source"].map((name) => `${folder}/${name}`);
  return makeFirmware(readBoard(BOARD), {
    fast: optimization === "-O2", pure, apps: [...ours, "echo", "discard"],
  });
}

/** `sums`: lwIP's fastest in C, or those of our runtime. */
function makeLwip(optimization: Optimization, sums: "own" | "ours"): Emulated {
  const board = readBoard(BOARD);
  const source = fetchSource();
  mkdirSync(FOLDER, { recursive: true });
  const elf = join(FOLDER, `lwip${optimization}-${sums}.elf`);
  const files = [
    ...CORE.map((name) => join(source, `${name}.c`)),
    ...["lwip/main.c", "firmware/loop.c"].map((name) => join(HERE, name)),
    ...(sums === "ours" ? [join(HERE, "lwip/sums.c")] : []),
    ...["memory", "sum", "console", "trap"].map((name) => join(SOURCES, `runtime/${name}.c`)),
    ...board.sources.map((name) => join(SOURCES, name)),
  ];
  const folders = [
    join(HERE, "lwip"), HERE, GLUE, join(GLUE, "freestanding"), join(source, "include"),
    SOURCES, join(SOURCES, "runtime"),
  ];
  run(`${board.toolchain}-gcc`, [
    ...flagsOf(board), optimization, ...(sums === "own" ? ["-DOWN_CHECKSUM"] : []),
    ...folders.map((folder) => `-I${folder}`),
    "-nostdlib", "-nostartfiles", "-Wl,--gc-sections", `-L${SOURCES}`,
    "-T", join(SOURCES, board.script), ...files, "-lgcc", "-o", elf,
  ]);
  return { board, elf };
}

/** As in our firmware (host/tools/board/firmware.ts). Our linear memory is not there. */
function flagsOf(board: BoardDescription): string[] {
  const network = {
    MOTETCP_ADDRESS: board.address.split("/")[0]!.split(".").join(","),
    MOTETCP_MAC: board.mac.split(":").map((octet) => `0x${octet}`).join(","),
    MOTETCP_SEED: "0",
    MOTETCP_MEMORY_LIMIT: "0u",
  };
  return [
    ...board.cpu, "-g", "-ffreestanding", "-ffunction-sections", "-fdata-sections",
    ...Object.entries(network).map(([name, value]) => `-D${name}=${value}`),
  ];
}

/** Octets of a firmware's flash, and of its static memory. */
export function sizesOf({ board, elf }: Emulated): { flash: number; ram: number } {
  const line = run(`${board.toolchain}-size`, [elf]).trim().split("\n")[1]!;
  const [text, data, bss] = line.trim().split(/\s+/).map(Number) as [number, number, number];
  return { flash: text + data, ram: data + bss };
}
