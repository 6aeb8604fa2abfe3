/**
 * lwIP out of Debian's source package, fetched and built below build/bench/. Needs no root: apt
 * keeps its lists in a folder of ours. What is missing is told by a `PeerMissing`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const GLUE = fileURLToPath(new URL("lwip", import.meta.url));
const CACHE = fileURLToPath(new URL("../../../build/bench/lwip", import.meta.url));

/** The files of the stack, from its `src`. */
export const CORE = [
  "core/def", "core/inet_chksum", "core/init", "core/ip", "core/mem", "core/memp", "core/netif",
  "core/pbuf", "core/tcp", "core/tcp_in", "core/tcp_out", "core/timeouts", "core/ipv4/etharp",
  "core/ipv4/icmp", "core/ipv4/ip4", "core/ipv4/ip4_addr", "core/ipv4/ip4_frag", "netif/ethernet",
];

/** The peer cannot be built here, and why. */
export class PeerMissing extends Error {
  override readonly name = "PeerMissing";
}

export interface LwipBuild {
  /** Octets of the window and of the send buffer. */
  window: number;
  connections: number;
  target: "native" | "simd" | "scalar";
}

/** Builds one, unless it is there already, and returns where it is. */
export function buildLwip(build: LwipBuild): string {
  const { window, connections, target } = build;
  const source = fetchSource();
  const suffix = target === "native" ? "" : ".wasm";
  const output = join(CACHE, `${target}-${window}-${connections}${suffix}`);
  if (isFresh(output)) return output;
  const defines = [`-DWINDOW=${window}`, `-DCONNECTIONS=${connections}`];
  if (target === "native") buildNative(source, defines, output);
  else buildWasm(source, defines, output, target === "simd");
  return output;
}

function buildWasm(source: string, defines: string[], output: string, simd: boolean): void {
  const clang = tool(/^clang(-\d+)?$/, "clang");
  tool(/^wasm-ld(-\d+)?$/, "lld");
  run(clang, [
    "--target=wasm32", "-O3", "-flto", "-mbulk-memory", ...(simd ? ["-msimd128"] : []),
    "-nostdlib", "-ffreestanding", "-w", "-DPREFIX=peer", ...defines,
    `-I${GLUE}`, `-I${GLUE}/freestanding`, `-I${source}/include`,
    ...sources(source), `${GLUE}/freestanding/memory.c`,
    "-Wl,--no-entry", "-Wl,--lto-O3", "-o", output,
  ]);
}

/**
 * Two stacks in one process: each is linked for itself, and keeps its names to itself. By the
 * compiler that makes the Wasm, so that what differs is the machine alone.
 */
function buildNative(source: string, defines: string[], output: string): void {
  const clang = tool(/^clang(-\d+)?$/, "clang");
  tool(/^ld\.lld(-\d+)?$/, "lld");
  const objcopy = tool(/^objcopy$/, "binutils");
  const sides = ["left", "right"].map((side) => {
    const object = `${output}-${side}.o`;
    run(clang, [
      "-O3", "-march=native", "-flto", "-fuse-ld=lld", "-r", "-Wl,--lto-O3", "-nostdlib", "-w",
      `-DPREFIX=${side}`, ...defines, `-I${GLUE}`, `-I${source}/include`, ...sources(source),
      "-o", object,
    ]);
    run(objcopy, ["--wildcard", `--keep-global-symbol=${side}_*`, object]);
    return object;
  });
  run(clang, ["-O3", "-march=native", "-w", `${GLUE}/native.c`, ...sides, "-o", output]);
}

function sources(source: string): string[] {
  return [
    ...CORE.map((name) => join(source, `${name}.c`)), `${GLUE}/glue.c`, `${GLUE}/checksum.c`,
  ];
}

/** Whether it was built after the last change of the glue. */
function isFresh(output: string): boolean {
  if (!existsSync(output)) return false;
  const builtAt = statSync(output).mtimeMs;
  return readdirSync(GLUE, { recursive: true, encoding: "utf8" })
    .every((file) => statSync(join(GLUE, file)).mtimeMs < builtAt);
}

/** The folder `src` of lwIP, fetched if it is not there. */
export function fetchSource(): string {
  const found = () => !existsSync(CACHE) ? undefined
    : readdirSync(CACHE).find((name) => existsSync(join(CACHE, name, "src/core/tcp.c")));
  if (found() === undefined) {
    mkdirSync(join(CACHE, "apt/lists/partial"), { recursive: true });
    const apt = tool(/^apt-get$/, "apt-get (Debian)");
    tool(/^dpkg-source$/, "dpkg-dev");
    writeFileSync(join(CACHE, "apt/sources.list"), sourceLine());
    const options = [
      `Dir::Etc::SourceList=${CACHE}/apt/sources.list`, "Dir::Etc::SourceParts=/dev/null",
      `Dir::State::Lists=${CACHE}/apt/lists`, `Dir::Cache=${CACHE}/apt`, "APT::Sandbox::User=",
    ].flatMap((option) => ["-o", option]);
    run(apt, [...options, "update"]);
    run(apt, [...options, "source", "lwip"]);
  }
  const name = found();
  if (name === undefined) throw new PeerMissing("Debian's source package lwip did not unpack");
  return join(CACHE, name, "src");
}

/** The machine's own archive, asked for sources: its binary packages' line, turned over. */
function sourceLine(): string {
  const folder = "/etc/apt/sources.list.d";
  const deb822 = existsSync(`${folder}/debian.sources`)
    ? readFileSync(`${folder}/debian.sources`, "utf8").split(/\n\s*\n/)[0]! : "";
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(deb822)?.[1];
  const uri = field("URIs"), suites = field("Suites"), key = field("Signed-By");
  if (uri !== undefined && suites !== undefined) {
    const signed = key === undefined ? "" : `[signed-by=${key}] `;
    return `deb-src ${signed}${uri.split(" ")[0]} ${suites.split(" ")[0]} main\n`;
  }
  const classic = "/etc/apt/sources.list";
  const list = existsSync(classic) ? readFileSync(classic, "utf8") : "";
  const line = /^deb(?:-src)?\s+(.*\bmain\b.*)$/m.exec(list)?.[1];
  if (line === undefined) throw new PeerMissing("no Debian archive in /etc/apt to take lwIP from");
  return `deb-src ${line}\n`;
}

/** A program on the path, with or without a version in its name. */
function tool(name: RegExp, packageName: string): string {
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    const programs = existsSync(folder) ? readdirSync(folder) : [];
    const program = programs.find((file) => name.test(file));
    if (program !== undefined) return resolve(folder, program);
  }
  throw new PeerMissing(`${packageName} is not installed`);
}

function run(program: string, words: string[]): void {
  const { status, stderr, error } = spawnSync(program, words, { cwd: CACHE, encoding: "utf8" });
  if (status === 0) return;
  const text = error?.message ?? stderr.trim().split("\n").slice(-3).join(" ");
  throw new PeerMissing(`${program} failed: ${text}`);
}
