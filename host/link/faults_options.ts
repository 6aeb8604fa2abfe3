/**
 * The fault options of the command line: what they are called, what they mean, and what is wrong
 * with a value. Browser-safe; knows no argument parser.
 */
import type { Faults } from "./faults.js";
import type { NarrowOptions } from "./narrow.js";

/** The options, in the form that `parseArgs` of `node:util` takes. All have a value. */
export const FAULT_OPTIONS = {
  loss: { type: "string" },
  duplicate: { type: "string" },
  reorder: { type: "string" },
  corrupt: { type: "string" },
  delay: { type: "string" },
  seed: { type: "string" },
  "path-mtu": { type: "string" },
  "black-hole": { type: "string" },
} as const;

export const FAULT_OPTIONS_HELP = `\
Faults, done to frames in both directions (P: a probability from 0 to 1, such as 0.05):
  --loss P        a frame vanishes
  --duplicate P   a frame arrives twice
  --reorder P     a frame is held back until 1 to 3 later ones went past (10 ms at most)
  --corrupt P     one bit inside an IP packet is flipped, so that a checksum must catch it
  --delay MS      a frame takes so many milliseconds longer, each way
  --seed N        an integer; the same seed gives the same faults again (1 by default)
  --path-mtu N    IP packets of more than N octets are dropped, and reported to their sender
  --black-hole N  the same without a report
`;

/** Those of `Faults`. */
const FAULTS = ["loss", "duplicate", "reorder", "corrupt", "delay", "seed"] as const;

/** IPv4 has no smaller MTU (RFC 791). */
const PATH_MTU_MIN = 68;
const PATH_MTU_MAX = 65_535;

/** Longest delay that the options accept: beyond it every TCP would give up. */
const DELAY_MS_MAX = 60_000;

/** The values as the command line has them, by the names of `FAULT_OPTIONS`. */
export type FaultOptionValues = { readonly [Name in keyof typeof FAULT_OPTIONS]?: string };

/**
 * Reads the fault options. Undefined if none was given, so that the link need not be wrapped.
 * Throws a RangeError that names the option, the value and what would be right.
 */
export function parseFaultOptions(values: FaultOptionValues): Faults | undefined {
  if (FAULTS.every((name) => values[name] === undefined)) return undefined;
  return {
    loss: parseProbability("loss", values.loss),
    duplicate: parseProbability("duplicate", values.duplicate),
    reorder: parseProbability("reorder", values.reorder),
    corrupt: parseProbability("corrupt", values.corrupt),
    delayMs: parseDelay(values.delay),
    seed: parseSeed(values.seed),
  };
}

/** Reads the options of a narrow path. Undefined if none was given; throws as above. */
export function parseNarrowOptions(values: FaultOptionValues): NarrowOptions | undefined {
  const { "path-mtu": reported, "black-hole": silent } = values;
  if (reported !== undefined && silent !== undefined) {
    throw new RangeError("--path-mtu and --black-hole do not go together: a report, or none");
  }
  const text = reported ?? silent;
  if (text === undefined) return undefined;
  const pathMtu = parseNumber(text);
  if (Number.isInteger(pathMtu) && pathMtu >= PATH_MTU_MIN && pathMtu <= PATH_MTU_MAX) {
    return { pathMtu, isSilent: silent !== undefined };
  }
  throw new RangeError(`--${silent === undefined ? "path-mtu" : "black-hole"} takes octets from ` +
    `${PATH_MTU_MIN} to ${PATH_MTU_MAX}, such as 1280, not "${text}"`);
}

function parseProbability(name: string, text = "0"): number {
  const value = parseNumber(text);
  if (value >= 0 && value <= 1) return value;
  const hint = /^\d+(\.\d+)?%$/.test(text) ? ` (for ${text} write ${parseFloat(text) / 100})` : "";
  throw new RangeError(
    `--${name} takes a probability from 0 to 1, such as 0.05, not "${text}"${hint}`,
  );
}

function parseDelay(text = "0"): number {
  const value = parseNumber(text);
  if (value >= 0 && value <= DELAY_MS_MAX) return value;
  throw new RangeError(
    `--delay takes milliseconds from 0 to ${DELAY_MS_MAX}, such as 20, not "${text}"`,
  );
}

function parseSeed(text = "1"): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(
    `--seed takes an integer from 0 to ${Number.MAX_SAFE_INTEGER}, such as 42, not "${text}"`,
  );
}

/** A plain decimal number; NaN for anything else ("", "0x10", "1e3", "5 %"). */
function parseNumber(text: string): number {
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
}
