/** The options that say which firmware is meant, for the commands that make one. */
import { readFileSync } from "node:fs";
import { type OptionValues, UsageError } from "../../cli/command_line.js";
import { APPS, type FirmwareOptions } from "./firmware.js";

export const FIRMWARE_OPTIONS = {
  slip: { type: "boolean" },
  small: { type: "boolean" },
  full: { type: "boolean" },
  fast: { type: "boolean" },
  size: { type: "boolean" },
  pure: { type: "boolean" },
  apps: { type: "string" },
  module: { type: "string" },
  address: { type: "string" },
} as const;

export const FIRMWARE_HELP = `\
  --slip          SLIP on its serial line in place of Ethernet
  --small         loss recovery by SACK and NewReno alone; --full: all of it
  --fast          compiled for speed (-O2); --size: for size (-Os); else as the board has room for
  --pure          no native code in place of the module's sums (docs/boards.md)
  --apps LIST     ${APPS.join(",")} by default; also C files of your own, as ./mine.c
  --module FILE   a module of your own that has the stack's exports
  --address A/N   the board's, in place of that in its board.json
`;

/** What they say. Throws UsageError. */
export function firmwareOptions(values: OptionValues<typeof FIRMWARE_OPTIONS>): FirmwareOptions {
  if (values.small && values.full) throw new UsageError("--small and --full do not go together");
  if (values.fast && values.size) throw new UsageError("--fast and --size do not go together");
  if (values.module !== undefined) readFileSync(values.module);
  return {
    ...(values.slip ? { link: "slip" as const } : {}),
    ...(values.small || values.full ? { small: values.small === true } : {}),
    ...(values.fast || values.size ? { fast: values.fast === true } : {}),
    ...(values.pure ? { pure: true } : {}),
    ...(values.apps === undefined ? {} : { apps: values.apps.split(",") }),
    ...(values.module === undefined ? {} : { module: values.module }),
    ...(values.address === undefined ? {} : { address: values.address }),
  };
}
