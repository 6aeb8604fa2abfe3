/** Makes the file that a board is flashed with, and says how that is done: for `motetcp flash`. */
import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname } from "node:path";
import { UsageError, readArguments } from "../../cli/command_line.js";
import { type BoardDescription, boardNames, readBoard } from "./description.js";
import { flatImage } from "./elf.js";
import { describeFirmware, makeFirmware } from "./firmware.js";
import { FIRMWARE_HELP, FIRMWARE_OPTIONS, firmwareOptions } from "./options.js";
import { toUf2 } from "./uf2.js";

export const FLASH_HELP = `\
motetcp flash NAME --out FILE [options]

Makes the firmware of a board, writes it to FILE, which ends in .elf, .bin, or .uf2 where the board
takes it, and says how it gets onto the board. NAME: ${boardNames().join(", ")}.
Each firmware has 32 octets of chance in it that nobody else's has: build one for every board.

${FIRMWARE_HELP}`;

/** Runs the command. Returns the exit status. */
export async function flash(argv: string[]): Promise<number> {
  const options = { ...FIRMWARE_OPTIONS, out: { type: "string" } } as const;
  const { values, positionals } = readArguments(argv, options, ["NAME"]);
  const board = readBoard(positionals[0]!);
  const { out } = values;
  if (out === undefined) throw new UsageError("--out FILE is missing");
  const write = writerOf(board, extname(out));
  const firmware = await makeFirmware(board, { ...firmwareOptions(values), seed: randomBytes(32) });
  write(firmware.elf, out);
  // With its chance in it, it is of no use to anybody else.
  rmSync(dirname(firmware.elf), { recursive: true });
  const steps = board.flashing.map((line) => `  ${line.replaceAll("%FILE%", out)}`);
  process.stdout.write(`${describeFirmware(firmware)}\n\n${out} is written. To flash it:\n` +
    `${steps.join("\n")}\n`);
  return 0;
}

/** How an ELF becomes a file of that kind. Throws UsageError where there is no way. */
function writerOf(board: BoardDescription, ending: string): (elf: string, out: string) => void {
  const family = board.uf2Family;
  if (ending === ".elf") return copyFileSync;
  if (ending === ".bin") {
    return (elf, out) => writeFileSync(out, flatImage(readFileSync(elf)).octets);
  }
  if (ending === ".uf2" && family !== undefined) {
    return (elf, out) => {
      const { octets, address } = flatImage(readFileSync(elf));
      writeFileSync(out, toUf2(octets, address, Number(family)));
    };
  }
  const endings = family === undefined ? ".elf or .bin" : ".elf, .bin or .uf2";
  throw new UsageError(`a file for ${board.name} ends in ${endings}, not in "${ending}"`);
}
