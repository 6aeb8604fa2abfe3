/**
 * `npm run board -- NAME`: makes the firmware of a board and runs it in an emulator, with the Linux
 * kernel at the other end of its line (as root), or a stack of ours.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError, readArguments, readInteger } from "../../cli/command_line.js";
import { FAULT_OPTIONS, FAULT_OPTIONS_HELP } from "../../link/faults_options.js";
import { boardNames, readBoard } from "./description.js";
import { describeFirmware, makeFirmware } from "./firmware.js";
import { FIRMWARE_HELP, FIRMWARE_OPTIONS, firmwareOptions } from "./options.js";
import { runWithLinux } from "./run_linux.js";
import { runWithStack } from "./run_stack.js";

const OPTIONS = {
  ...FIRMWARE_OPTIONS,
  stream: { type: "boolean" },
  port: { type: "string" },
  build: { type: "boolean" },
  help: { type: "boolean" },
  ...FAULT_OPTIONS,
} as const;

const DEFAULT_PORT = 8080;

const HELP = `\
npm run board -- NAME [options]      NAME: ${boardNames().join(", ")}

Makes the firmware of the board and runs it in an emulator until Ctrl-C. As root the Linux kernel is
at the other end of its line, in a network namespace of its own; else a stack of ours is, which
carries a port of this machine to the board's port 80.

${FIRMWARE_HELP}
  --stream        a stack of ours at the other end, also as root
  --port N        its port of this machine (${DEFAULT_PORT} by default, 0 picks one)
  --build         make it, print its sizes, and do not run it

${FAULT_OPTIONS_HELP}
Without --loss and the like the line is perfect. They need root.
`;

async function main(argv: string[]): Promise<void> {
  if (argv.length === 0 || argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(HELP);
    return;
  }
  const { values, positionals } = readArguments(argv, OPTIONS, ["NAME"]);
  const port = readInteger("--port", values.port ?? `${DEFAULT_PORT}`, 0, 65_535);
  const faults = Object.keys(FAULT_OPTIONS).flatMap((name) => {
    const value = values[name as keyof typeof FAULT_OPTIONS];
    return value === undefined ? [] : [`--${name}`, value];
  });
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const firmware = await makeFirmware(readBoard(positionals[0]!), firmwareOptions(values));
  print(`${firmware.elf}\n${describeFirmware(firmware)}`);
  if (values.build) return;
  const folder = mkdtempSync(join(tmpdir(), "motetcp-board-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Everything that was started ends with the process, and is not cut short by a second signal.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(0));
  const session = { firmware, faults, port, folder, print };
  const hasLinux = process.platform === "linux" && process.getuid?.() === 0 &&
    firmware.board.qemu !== undefined;
  if (hasLinux && !values.stream) await runWithLinux(session);
  else await runWithStack(session);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`board: ${(error as Error).message}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
