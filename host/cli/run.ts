/**
 * `motetcp run FILE.wasm`: firmware, application and stack in one module, on a link of this machine
 * (docs/library.md). What a board would tell it, a reading or a button, comes as lines on stdin.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { CORE_EXPORTS } from "../core.js";
import type { Network } from "../network.js";
import { UsageError, readArguments } from "./command_line.js";
import {
  NETWORK_OPTIONS, NETWORK_OPTIONS_HELP, describeLink, openNetwork, readNetworkSettings,
} from "./network_options.js";

export const RUN_HELP = `\
motetcp run FILE.wasm --link LINK --address A.B.C.D/N [--gateway G] [...]

Runs firmware, a module with an application beside the stack, until Ctrl-C. A line "NAME NUMBER ..."
on stdin calls what it exports beyond the stack's calls; what that returns is printed.

${NETWORK_OPTIONS_HELP}
Exit status: 0 stopped, 1 the module or the link failed, 2 wrong command line.
`;

type Call = (...numbers: number[]) => number | undefined;

/** Runs the command. Returns the exit status. */
export async function runCommand(argv: string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, NETWORK_OPTIONS, ["FILE"]);
  const settings = readNetworkSettings(values);
  if (settings.link === "wire") throw new UsageError("--link wire has nobody at its other end");
  const file = positionals[0]!;
  const module = new WebAssembly.Module(readFileSync(file));
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (!names.includes("start") || !names.includes("step")) {
    throw new Error(`${file} has no application: it does not export start and step`);
  }
  const network = await openNetwork(settings, undefined, module);
  network.driver.hold();
  process.stdout.write(`${file} is ${settings.address} on ${describeLink(network)}\n`);
  obeyStdin(network);
  try {
    await stopped(network);
    return 0;
  } finally {
    process.stdin.destroy();
    network.driver.letGo();
    await network.close();
  }
}

function stopped(network: Network): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
    network.once("error", reject);
  });
}

function obeyStdin(network: Network): void {
  const { exports } = network.stack.core;
  const calls = new Map(Object.entries(exports)
    .filter(([name, value]) => typeof value === "function" && !isOfDoor(name)));
  createInterface({ input: process.stdin }).on("line", (line) => {
    const [name = "", ...words] = line.trim().split(/\s+/);
    const call = calls.get(name) as Call | undefined;
    if (name === "") return;
    if (call === undefined || words.some((word) => !Number.isInteger(Number(word)))) {
      process.stderr.write(`motetcp run: "${line}"? There are ${[...calls.keys()].join(", ")}\n`);
      return;
    }
    const result = call(...words.map(Number));
    if (result !== undefined) process.stdout.write(`${result}\n`);
    network.driver.wake();
  });
}

/** What the stack exports, and the two calls that drive an application. */
function isOfDoor(name: string): boolean {
  return ["start", "step", ...CORE_EXPORTS].includes(name);
}
