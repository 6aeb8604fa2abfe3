/**
 * From a Wasm module to a firmware: wasm2c, the rewriting of what it wrote, the C compiler, the
 * linker. All that is made lies in a folder of `build/board`, named by the choices and a hash of
 * all that went in: what has not changed is not made again.
 */
import { createHash } from "node:crypto";
import {
  existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { parsePrefix } from "../../address.js";
import { build } from "../build.js";
import { sealBootStage } from "./boot_stage.js";
import { type BoardDescription, type BoardLink, ROOT, SOURCES } from "./description.js";
import { flatImage } from "./elf.js";
import { type Native, nativesOf } from "./natives.js";
import { MODULE_NAME, rewrite } from "./rewrite.js";
import { compilerTools, requireTools, run, wasm2c } from "./toolchain.js";

export interface FirmwareOptions {
  /** The smallest loss recovery (true), all of it (false), or as the board has it. */
  small?: boolean;
  /** A module of the user's own in place of a product. */
  module?: string;
  /** The board's first by default. */
  link?: BoardLink;
  /** Of `host/board/apps`, without their ending, or C files of the user's own: "./mine.c". */
  apps?: string[];
  /** For speed at the cost of some flash: -O2 in place of -Os; as the board has it by default. */
  fast?: boolean;
  /** The module and nothing but the module: no native code in place of its sums (natives.ts). */
  pure?: boolean;
  /** Such as "10.0.0.2/24". */
  address?: string;
  /** 32 octets that nobody can guess; without them each build has the same: for emulators only. */
  seed?: Uint8Array;
}

export interface Firmware {
  board: BoardDescription;
  link: BoardLink;
  address: string;
  elf: string;
  sizes: Sizes;
}

/** Octets. */
export interface Sizes {
  flash: number;
  /** All but the stack. */
  ram: number;
  /** What is kept free for the stack. */
  stack: number;
}

/** Defined for what is made with `pure`. */
const PURE = "MOTETCP_PURE";

/** Applications of a firmware when nobody chooses. */
export const APPS = ["http", "echo", "discard", "chargen"];

/**
 * The module has been optimized as Wasm. What is left out here would compute pointers again that
 * are there already, and add in another order: 340 instructions of 13,080 for an echo of 1400
 * octets (Cortex-M3, gcc 12). Inlining more, where flash is no matter, saves another 500, for 6 KB.
 */
const MODULE_FLAGS = [
  "-std=gnu99", "-fno-ivopts", "-fno-tree-pre", "-fno-tree-reassoc",
  "--param=max-inline-insns-auto=40",
];

/** Octets that no pointer of the module reaches beyond, as one operand of a Thumb-2 instruction. */
const LIMIT_STEP = 256;

/** Makes a firmware. Throws with what is missing, or with the compiler's messages. */
export async function makeFirmware(
  board: BoardDescription, options: FirmwareOptions = {},
): Promise<Firmware> {
  requireTools(compilerTools(board));
  const link = options.link ?? board.links[0]!;
  if (!board.links.includes(link)) throw new Error(`${board.name} has no ${link}`);
  const module = await moduleFile(board, options);
  const address = options.address ?? board.address;
  const sources = sourcesOf(board, options.apps ?? APPS);
  const flags = flagsOf(board, link, address, options);
  const stamp = stampOf(module, sources, flags);
  const variant = [board.name, link, basename(module, ".wasm").replace("motetcp-", ""), stamp];
  const folder = join(ROOT, "build/board", variant.join("-"));
  if (!existsSync(folder)) {
    // Others may make the same at the same time: whoever is first wins, and all have the same.
    const part = `${folder}.${process.pid}.part`;
    mkdirSync(part, { recursive: true });
    make(board, module, sources, flags, part);
    if (!existsSync(folder)) renameSync(part, folder);
    rmSync(part, { recursive: true, force: true });
  }
  const elf = join(folder, `${board.name}.elf`);
  return { board, link, address, elf, sizes: sizesOf(board, elf) };
}

async function moduleFile(board: BoardDescription, options: FirmwareOptions): Promise<string> {
  if (options.module !== undefined) return options.module;
  const products = { true: "motetcp-small", false: "motetcp-board" };
  const name = options.small === undefined ? board.module : products[`${options.small}`];
  await build({ only: name });
  return join(ROOT, "build", `${name}.wasm`);
}

/** The C files, from `SOURCES`. */
function sourcesOf(board: BoardDescription, apps: readonly string[]): string[] {
  return [
    "motetcp.c",
    ...["console", "memory", "sum", "trap"].map((name) => `runtime/${name}.c`),
    ...["main", "applications", ...board.links.map((name) => `link_${name}`)].map(appFile),
    ...new Set(apps.flatMap(filesOf)),
    ...board.sources,
  ];
}

function appFile(name: string): string {
  return `apps/${name}.c`;
}

/** The files of an application: its own, and those whose headers they include. */
function filesOf(app: string): string[] {
  if (app.endsWith(".c")) return [relative(SOURCES, resolve(app))];
  const names = [app];
  // The list grows while it is read.
  for (const name of names) {
    for (const file of [`apps/${name}.c`, `apps/${name}.h`]) {
      if (!existsSync(join(SOURCES, file))) continue;
      const text = readFileSync(join(SOURCES, file), "utf8");
      for (const [, other] of text.matchAll(/^#include "(?:apps\/)?(\w+)\.h"$/gm)) {
        if (!names.includes(other!)) names.push(other!);
      }
    }
  }
  const files = names.map(appFile).filter((file) => existsSync(join(SOURCES, file)));
  if (!files.includes(appFile(app))) throw new Error(`there is no host/board/apps/${app}.c`);
  return files;
}

function flagsOf(
  board: BoardDescription, link: BoardLink, address: string, options: FirmwareOptions,
): string[] {
  const { address: octets, prefixLen } = parsePrefix(address);
  const other = board.links.find((name) => name !== link);
  const network = {
    ...(other === undefined ? {} : { MOTETCP_OTHER_LINK: `link_${other}` }),
    MOTETCP_BOARD: `"${board.name}"`,
    MOTETCP_LINK: `link_${link}`,
    MOTETCP_ADDRESS: [...octets.subarray(12)].join(","),
    MOTETCP_PREFIX: `${prefixLen}`,
    MOTETCP_GATEWAY: board.gateway.split(".").join(","),
    MOTETCP_MAC: board.mac.split(":").map((octet) => `0x${octet}`).join(","),
    MOTETCP_SEED: [...options.seed ?? new Uint8Array(32)].join(","),
  };
  const words = Object.entries(network).map(([name, value]) => `${name}=${value}`);
  return [
    ...board.cpu, options.fast ?? board.fast ? "-O2" : "-Os", "-g", "-ffreestanding",
    "-fcallgraph-info=su", "-ffunction-sections", "-fdata-sections",
    ...(options.pure === true ? [`-D${PURE}`] : []),
    ...[...words, ...(board.defines ?? [])].map((one) => `-D${one}`),
  ];
}

/** A hash of all that the firmware is made of. */
function stampOf(module: string, sources: string[], flags: string[]): string {
  const tools = ["firmware", "rewrite", "natives", "lines", "toolchain"].map((name) =>
    join(ROOT, `host/tools/board/${name}.ts`));
  const files = readdirSync(SOURCES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(h|ld|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const all = [module, ...tools, ...sources.map((name) => join(SOURCES, name)), ...files];
  return hash(...flags, ...all, ...all.map((file) => readFileSync(file))).slice(0, 8);
}

function hash(...parts: (string | Uint8Array)[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part).update("\0");
  return sum.digest("hex");
}

function make(
  board: BoardDescription, module: string, sources: string[], flags: string[], folder: string,
): void {
  const compiler = `${board.toolchain}-gcc`;
  const natives = flags.includes(`-D${PURE}`) ? new Map<number, Native>() : nativesOf(module);
  const limit = translate(module, folder, natives);
  const common = [
    ...flags, `-DMOTETCP_MEMORY_LIMIT=${limit}u`, `-I${SOURCES}`, `-I${join(SOURCES, "runtime")}`,
    `-I${join(SOURCES, "apps")}`, `-I${folder}`,
  ];
  const objects = sources.map((name) => {
    const object = join(folder, `${name.replace(/\.c$/, "").replace(/\W+/g, "_")}.o`);
    const strict = ["-std=c99", "-Wall", "-Wextra", "-Werror"];
    run(compiler, [...common, ...strict, "-c", join(SOURCES, name), "-o", object]);
    return object;
  });
  const object = join(folder, "motetcp_module.o");
  const source = join(folder, "motetcp_module.c");
  run(compiler, [...common, ...MODULE_FLAGS, "-c", source, "-o", object]);
  const elf = join(folder, `${board.name}.elf`);
  run(compiler, [
    ...board.cpu, "-nostdlib", "-nostartfiles", "-Wl,--gc-sections", `-L${SOURCES}`,
    "-T", join(SOURCES, board.script), `-Wl,-Map=${join(folder, `${board.name}.map`)}`,
    ...objects, object, "-lgcc", "-o", elf,
  ]);
  if (board.bootStage === "rp2040") {
    const octets = readFileSync(elf);
    sealBootStage(octets);
    writeFileSync(elf, octets);
  }
}

/** The module as C, in the folder. Gives the octets that its pointers stay below. */
function translate(module: string, folder: string, natives: Map<number, Native>): number {
  const generated = join(folder, "wasm2c.c");
  wasm2c(module, MODULE_NAME, generated);
  const sum = createHash("sha256").update(readFileSync(module)).digest("hex").slice(0, 16);
  const origin = `${basename(module)} (SHA-256 ${sum}...)`;
  const { source, header, memorySize } = rewrite(
    readFileSync(generated, "utf8"), origin, natives,
  );
  writeFileSync(join(folder, "motetcp_module.c"), source);
  writeFileSync(join(folder, "motetcp_module.h"), header);
  return Math.ceil(memorySize / LIMIT_STEP) * LIMIT_STEP;
}

/** What it takes of the board's memories; every linker script defines the three symbols. */
function sizesOf(board: BoardDescription, elf: string): Sizes {
  const symbols = new Map(run(`${board.toolchain}-nm`, [elf]).split("\n").map((line) => {
    const [value, , name] = line.split(" ");
    return [name ?? "", parseInt(value ?? "", 16)] as const;
  }));
  const symbol = (name: string): number => {
    const value = symbols.get(name);
    if (value === undefined) throw new Error(`${board.script} does not define ${name}`);
    return value;
  };
  const image = flatImage(readFileSync(elf));
  return {
    flash: image.address + image.octets.length - board.flashAddress,
    ram: symbol("stack_limit") - (symbol("stack_top") - board.ram),
    stack: symbol("STACK_OCTETS"),
  };
}

/** For people: what it is, and what it takes. */
export function describeFirmware({ board, link, sizes }: Firmware): string {
  const { flash, ram, stack } = sizes;
  const octets = (count: number): string => count.toLocaleString("en");
  return `${board.title}, ${link}\nflash ${octets(flash)} octets of ` +
    `${octets(board.flash)}; RAM ${octets(ram)}, and ${octets(stack)} for the stack, of ` +
    `${octets(board.ram)}`;
}
