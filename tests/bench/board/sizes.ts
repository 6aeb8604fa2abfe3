/** What firmware takes: flash and memory, the deepest stack, and the core's code by its use. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, SOURCES, readBoard } from "../../../host/tools/board/description.js";
import { makeFirmware } from "../../../host/tools/board/firmware.js";
import { functionNames } from "../../../host/tools/board/natives.js";
import { MODULE_NAME, rewrite } from "../../../host/tools/board/rewrite.js";
import { run, wasm2c } from "../../../host/tools/board/toolchain.js";
import { compile } from "../../../host/tools/build.js";
import {
  type Caller, type DeepestStack, deepestStack, findCycle,
} from "../../../host/tools/call_graph.js";
import { functionNames as wasmNames } from "../../../host/tools/wasm_sections.js";
import { MODULE, coreName } from "./counted_board.js";

const FOLDER = join(ROOT, "build/bench/board");
/** The reference board: the smallest one, with all applications. */
const BOARD = "lm3s6965evb";

export interface BoardSizes {
  title: string;
  flash: number;
  ram: number;
}

/** Complete firmware: start-up, drivers, Ethernet and SLIP, the stack, HTTP, the other services. */
export async function sizesOfBoards(): Promise<BoardSizes[]> {
  const all: BoardSizes[] = [];
  for (const [small, recovery] of [[true, "the smallest"], [false, "all of the"]] as const) {
    for (const fast of [false, true]) {
      const { sizes } = await makeFirmware(readBoard(BOARD), { small, fast });
      const title = `${BOARD}, ${recovery} recovery, ${fast ? "-O2" : "-Os"}`;
      all.push({ title, flash: sizes.flash, ram: sizes.ram });
    }
  }
  return all;
}

/**
 * The way with the most stack in the reference board's firmware, by gcc's -fcallgraph-info. Where
 * it calls through a pointer, it is taken to call whatever nobody calls by name.
 */
export async function deepestStackOf(): Promise<DeepestStack> {
  const { elf, board } = await makeFirmware(readBoard(BOARD));
  const linked = new Set(run(`${board.toolchain}-nm`, [elf]).split("\n").map((line) =>
    line.split(" ")[2] ?? ""));
  const folder = dirname(elf);
  const graphs = readdirSync(folder).filter((name) => name.endsWith(".ci"));
  const functions = new Map<string, Caller>();
  for (const graph of graphs) readGraph(readFileSync(join(folder, graph), "utf8"), functions);
  for (const name of functions.keys()) if (!linked.has(bare(name))) functions.delete(name);
  const called = new Set([...functions.values()].flatMap(({ calls }) => calls));
  const roots = /^(main|\w+_handler|\w+_interrupt)$/;
  const pointed = [...functions.keys()].filter((name) =>
    !called.has(name) && !roots.test(bare(name)));
  functions.set(INDIRECT, { name: INDIRECT, frameOctets: 0, calls: pointed });
  const all = [...functions.values()];
  const cycle = findCycle(all);
  if (cycle !== undefined) throw new Error(`the firmware may call itself: ${cycle.join(" > ")}`);
  const deepest = deepestStack(all);
  const names = functionNames(MODULE);
  const path = deepest.path.filter((name) => name !== INDIRECT)
    .map((name) => coreName(bare(name), names));
  return { ...deepest, path };
}

const INDIRECT = "__indirect_call";

/** gcc puts the file's name in front of a static function's. */
function bare(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1);
}

/** The functions of one file, as gcc's VCG graph has them. */
function readGraph(text: string, functions: Map<string, Caller>): void {
  const node = /^node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \((static|dynamic[^)]*)\)/gm;
  for (const [, name, octets, kind] of text.matchAll(node)) {
    if (kind !== "static") throw new Error(`${name} takes as much stack as it likes`);
    functions.set(name!, { name: name!, frameOctets: Number(octets), calls: [] });
  }
  const edge = /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/gm;
  for (const [, from, to] of text.matchAll(edge)) {
    functions.get(from!)?.calls.push(to!);
  }
}

export interface CoreText {
  group: string;
  octets: number;
}

/** By the core's files: what a user pays for what. */
const GROUPS: [group: string, files: RegExp][] = [
  ["ARP, neighbours", /^(net\/(arp|neighbours)|wire\/arp)$/],
  ["ICMP, and what it tells TCP", /^(net\/icmp|wire\/(icmp|udp)|tcp\/(icmp_errors|black_hole))$/],
  ["reassembly of fragments", /^net\/reassembly$/],
  ["IPv4, Ethernet, interface, frames", /^(net|wire)\/(?!tcp|slip)/],
  ["SLIP", /^(wire\/slip|api\/serial)$/],
  ["SYN cookies", /^tcp\/syn_cookie$/],
  ["TCP: listening, half-open", /^tcp\/(listeners|syn_queue|arrives_(listen|half_open)|isn)$/],
  ["TCP: loss recovery (RACK, TLP, SACK, undo)",
    /^tcp\/(rack|tail_probe|sack|scoreboard|records|recovery|fast_retransmit|undo|validation)$/],
  ["TCP: congestion control (CUBIC, ECN)", /^tcp\/(congestion|cubic|hystart|ecn)$/],
  ["TCP: challenge ACKs, resets", /^tcp\/(challenge|reset)$/],
  ["TCP: urgent data", /^tcp\/urgent$/],
  ["TCP: timestamps, user timeout", /^tcp\/(timestamps|user_timeout)$/],
  ["TCP: TIME-WAIT, closing", /^tcp\/(time_wait|finish)$/],
  ["TCP: sending", /^tcp\/(output|emit|window|mss|settle|turn|progress|rto)$|^wire\/tcp/],
  ["TCP: receiving", /^tcp\/(arrives_synchronized|acknowledge|text|options|entry)$/],
  ["TCP: connections, timers", /^(tcp\/|wire\/tcp)/],
  ["hash, random numbers", /^core\/(hash|random)$/],
  ["tables, timers, rings, checksums", /^core\//],
  ["calls: sockets, events, status", /^api\//],
];

/**
 * Octets of the core's functions for the reference board, -Os, from a build in which nearly nothing
 * is inlined: in firmware a function is often a part of whoever calls it.
 */
export async function coreText(): Promise<CoreText[]> {
  const board = readBoard(BOARD);
  const file = (name: string): string => join(FOLDER, name);
  const outputs = await compile("motetcp-board", "plain", ["--optimizeLevel", "1"]);
  const module = outputs.get("plain.wasm") as Uint8Array;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file("plain.wasm"), module);
  wasm2c(file("plain.wasm"), MODULE_NAME, file("plain_wasm2c.c"));
  const { source, header } = rewrite(readFileSync(file("plain_wasm2c.c"), "utf8"), "plain.wasm");
  writeFileSync(file("motetcp_module.c"), source);
  writeFileSync(file("motetcp_module.h"), header);
  run(`${board.toolchain}-gcc`, [
    ...board.cpu, ...(board.defines ?? []).map((one) => `-D${one}`),
    "-DMOTETCP_MEMORY_LIMIT=47104u", "-std=gnu99", "-Os", "-fno-inline", "-ffreestanding",
    `-I${FOLDER}`, `-I${join(SOURCES, "runtime")}`, "-c", file("motetcp_module.c"),
    "-o", file("plain.o"),
  ]);
  const names = wasmNames(module).map((name) => name.replace(/^assembly\//, ""));
  const octets = new Map<string, number>();
  const symbols = run(`${board.toolchain}-nm`, ["-S", "--defined-only", file("plain.o")]);
  for (const line of symbols.split("\n")) {
    const [, size, kind, symbol] = line.split(" ");
    if (symbol === undefined || !/^[tT]$/.test(kind!)) continue;
    if (!/^(w2c_)?module_/.test(symbol)) continue;
    const name = coreName(symbol, names);
    // An export has no name of the core's: all of SLIP is behind those of the serial line.
    const exported = /serial/i.test(symbol) ? "api/serial" : "api/";
    const place = name === symbol ? exported : name.slice(0, name.lastIndexOf("/"));
    const [group] = GROUPS.find(([, files]) => files.test(place)) ?? ["other"];
    octets.set(group, (octets.get(group) ?? 0) + parseInt(size!, 16));
  }
  return [...octets].map(([group, count]) => ({ group, octets: count }))
    .sort((a, b) => b.octets - a.octets);
}
