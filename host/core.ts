/**
 * The core as the host sees it: finds and compiles a module, instantiates it with
 * @assemblyscript/loader, grows its memory before `init`, and keeps one view of each width on it
 * for life. Imports nothing of Node's, so that it bundles for browsers; in Node the packaged
 * modules are read from disk through `process.getBuiltinModule`.
 */
import { instantiateSync } from "@assemblyscript/loader";

import { Descriptor } from "../assembly/abi/parameters.js";
import { StackError } from "./error.js";
import { giveTurns } from "./firmware.js";

/**
 * The exports of `assembly/door.ts`. Unsigned results arrive signed: `>>> 0` where it matters.
 * tests/host/core.test.ts compares this with what the build says of the module.
 */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly __heap_base: WebAssembly.Global;
  readonly __data_end: WebAssembly.Global;

  parametersPtr(): number;
  memoryNeeded(): number;
  arenaPtr(): number;
  arenaSize(): number;
  init(now: number): number;
  reseed(): void;
  configure(interfaceIndex: number): number;
  countersPtr(): number;
  descriptorPtr(): number;

  frameInPtr(): number;
  frameInSize(): number;
  receive(interfaceIndex: number, length: number, flags: number, now: number): number;
  transmit(now: number): number;
  frameOutPtr(): number;
  nextDeadline(now: number): number;
  sleep(seconds: number): void;
  serialPtr(): number;
  serialSize(): number;
  serialReceive(length: number, now: number): number;
  serialTransmit(now: number): number;

  nextEvent(): number;
  exchange(handle: number, taken: number, length: number, now: number): number;
  receiveBurst(length: number, flags: number, now: number): number;
  transmitBurst(now: number): number;
  exchangeBurst(handle: number, taken: number, length: number, now: number): number;

  listen(port: number, backlog: number): number;
  accept(listener: number): number;
  connect(port: number, from: number): number;
  sendPtr(handle: number): number;
  sendSpace(handle: number): number;
  commit(handle: number, length: number, flags: number): number;
  receivePtr(handle: number): number;
  receiveLen(handle: number): number;
  consume(handle: number, length: number): number;
  shutdown(handle: number): number;
  close(handle: number): number;
  abort(handle: number): number;
  setOption(handle: number, option: number, value: number): number;
  getOption(handle: number, option: number): number;

  status(handle: number): number;
  describe(table: number, index: number): number;
}

/** The names of `CoreExports`, so that a module that is something else is told at once. */
export const CORE_EXPORTS: readonly (keyof CoreExports)[] = [
  "memory", "__heap_base", "__data_end",
  "parametersPtr", "memoryNeeded", "arenaPtr", "arenaSize", "init", "reseed", "configure",
  "countersPtr", "descriptorPtr",
  "frameInPtr", "frameInSize", "receive", "transmit", "frameOutPtr", "nextDeadline", "sleep",
  "serialPtr", "serialSize", "serialReceive", "serialTransmit",
  "nextEvent", "exchange", "exchangeBurst", "receiveBurst", "transmitBurst",
  "listen", "accept", "connect", "sendPtr", "sendSpace", "commit", "receivePtr", "receiveLen",
  "consume", "shutdown", "close", "abort", "setOption", "getOption",
  "status", "describe",
];

/**
 * Where a module comes from: "node" or "board" for the two in the package, the octets themselves,
 * a compiled module, a response to `fetch`, or a URL.
 */
export type ModuleSource =
  | "node" | "board" | BufferSource | WebAssembly.Module | Response | URL;

const PACKAGED = { node: "motetcp.wasm", board: "motetcp-board.wasm" } as const;
const PAGE_OCTETS = 65536;

/** Packaged modules are compiled once for the process. */
const compiled = new Map<string, WebAssembly.Module>();

/** Compiles a module. In a browser, "node" and "board" are fetched from beside this file. */
export async function compileModule(source: ModuleSource = "node"): Promise<WebAssembly.Module> {
  if (typeof Response === "function" && source instanceof Response) {
    return WebAssembly.compile(await source.arrayBuffer());
  }
  if (isLocal(source)) return compileModuleSync(source);
  const url = source instanceof URL ? source : packagedUrls(source as "node" | "board")[0]!;
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`no module at ${url} (HTTP ${response.status}); give its octets as "module"`);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The same at once; what needs `fetch` is refused. */
export function compileModuleSync(source: ModuleSource = "node"): WebAssembly.Module {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return new WebAssembly.Module(source);
  }
  if (!isLocal(source)) {
    throw new TypeError("this module has to be fetched: use Stack.create, or give its octets");
  }
  const key = String(source);
  let module = compiled.get(key);
  if (module === undefined) {
    module = new WebAssembly.Module(readModule(source as "node" | "board" | URL));
    compiled.set(key, module);
  }
  return module;
}

/** What can be had without `fetch`: everything that is given, and files, in Node. */
function isLocal(source: ModuleSource): boolean {
  if (source === "node" || source === "board") return fileSystem() !== undefined;
  if (source instanceof URL) return source.protocol === "file:" && fileSystem() !== undefined;
  return !(typeof Response === "function" && source instanceof Response);
}

function fileSystem(): typeof import("node:fs") | undefined {
  const node = (globalThis as { process?: NodeJS.Process }).process;
  return node?.getBuiltinModule?.("node:fs");
}

function readModule(source: "node" | "board" | URL): BufferSource {
  const fs = fileSystem()!;
  const urls = source instanceof URL ? [source] : packagedUrls(source);
  const url = urls.find((candidate) => fs.existsSync(candidate));
  if (url === undefined) {
    throw new Error(`no module at ${urls.join(" or ")}: run "npm run build" first`);
  }
  return fs.readFileSync(url) as Uint8Array<ArrayBuffer>;
}

/** Beside the compiled host (build/dist/host/core.js), or in build/ as seen from the sources. */
function packagedUrls(name: "node" | "board"): URL[] {
  const folders = ["../", "../build/"];
  return folders.map((folder) => new URL(folder + PACKAGED[name], import.meta.url));
}

/** One instance of the core and the views on its memory. */
export class Core {
  readonly module: WebAssembly.Module;
  /**
   * The instance's own functions: the loader's copies cost a call and an array each. In an object
   * of ours: in the module's, which is a dictionary, every use would be a search.
   */
  readonly exports: CoreExports;
  /** The parameters: octet offset, and index into `words`. */
  readonly parametersAt: number;
  readonly parametersWord: number;
  /** All of the memory. Replaced only when it grows, which is before `init` and in `restore`. */
  octets: Uint8Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  /** The words of the descriptor alone: they are looked at before and after most calls. */
  descriptor: Uint32Array<ArrayBuffer>;
  /** What both lie on: asking a view for it takes longer than making another view. */
  buffer: ArrayBuffer;

  constructor(module: WebAssembly.Module) {
    this.module = module;
    const missing = missingExports(module);
    if (missing.length > 0) {
      throw new TypeError(`not a MoteTCP module of this version: no export ${missing.join(", ")}`);
    }
    const { exports } = instantiateSync(module, {}).instance;
    this.exports = { ...exports } as unknown as CoreExports;
    giveTurns(this.exports);
    this.buffer = this.exports.memory.buffer as ArrayBuffer;
    this.octets = new Uint8Array(this.buffer);
    this.words = new Uint32Array(this.buffer);
    this.parametersAt = this.exports.parametersPtr() >>> 0;
    this.parametersWord = this.parametersAt >>> 2;
    this.descriptor = this.descriptorView();
  }

  /**
   * Makes the memory at least so many octets. A board's memory is fixed and is left as it is; what
   * does not fit there is told by `init`. Throws ENOMEM when the engine refuses.
   */
  grow(octets: number): void {
    const memory = this.exports.memory;
    const missing = octets - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      memory.grow(Math.ceil(missing / PAGE_OCTETS));
    } catch (cause) {
      throw new StackError("ENOMEM", "init", `no ${octets} octets of memory`, { cause });
    }
    this.buffer = memory.buffer as ArrayBuffer;
    this.octets = new Uint8Array(this.buffer);
    this.words = new Uint32Array(this.buffer);
    this.descriptor = this.descriptorView();
  }

  private descriptorView(): Uint32Array<ArrayBuffer> {
    const at = this.exports.descriptorPtr() >>> 0;
    return new Uint32Array(this.buffer, at, Descriptor.Words);
  }

  /** True for a build whose arena is a fixed part of its memory (`CFG_ARENA_BYTES`). */
  get hasFixedArena(): boolean {
    return this.exports.arenaPtr() >>> 0 < (this.exports.__heap_base.value as number) >>> 0;
  }
}

function missingExports(module: WebAssembly.Module): string[] {
  const names = new Set(WebAssembly.Module.exports(module).map((entry) => entry.name));
  return CORE_EXPORTS.filter((name) => !names.has(name));
}
