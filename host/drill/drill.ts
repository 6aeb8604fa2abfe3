/**
 * Runs a script of packetdrill's language against the stack in virtual time: once for each build
 * and each pair of initial sequence numbers (docs/drill.md).
 */
import type { Stack } from "../stack.js";
import { createStack } from "./budget.js";
import { ScriptError } from "./cursor.js";
import type { PacketObserver } from "./machine.js";
import { Mismatch, type MismatchParts } from "./mismatch.js";
import { parseScript } from "./parse.js";
import type { Script, ScriptEvent } from "./script.js";
import { Session } from "./session.js";
import { type Build, type Settings, readSettings } from "./settings.js";
import { CallError } from "./values.js";

/** Initial sequence numbers: of the stack, and what is added to all of the remote side's. */
export interface IsnPair {
  local: number;
  remote: number;
}

export interface DrillOptions {
  /** For messages. "script" by default. */
  file?: string;
  /** Both by default. */
  builds?: readonly Build[];
  /** `DEFAULT_ISNS` by default. */
  isns?: readonly IsnPair[];
  /** Told of every event that went well, with its time, and of what `print` says. */
  trace?: (line: string, run: RunKey) => void;
  /** Told of every packet of the first run. */
  observe?: PacketObserver;
}

export interface RunKey {
  build: Build;
  isn: IsnPair;
}

/** Where a run did not go as the script says. */
export interface DrillFailure extends MismatchParts {
  file: string;
  line: number;
  /** The event as it stands in the script. */
  event: string;
  /** Microseconds since the script began. */
  atUs: number;
  /** The last packets before, as lines. */
  recent: string[];
  /** Packets that were sent and not looked at yet, as lines of a script. */
  unexamined: string[];
  /** The entries of the stack's tables, a line each. */
  state: string[];
}

export interface DrillRun extends RunKey {
  ok: boolean;
  failure?: DrillFailure;
  /** What the user should know of this run though it went well. */
  notes: string[];
}

export interface DrillReport {
  ok: boolean;
  runs: DrillRun[];
  /** What of the script had no effect. */
  warnings: string[];
}

/** Numbers 0, around the sign bit, and ends that wrap with the SYN and some octets later. */
export const DEFAULT_ISNS: readonly IsnPair[] = [
  { local: 0, remote: 0 },
  { local: 0x7fffff00, remote: 0xfffffc00 },
  { local: 0xfffffc00, remote: 0x7fffff00 },
  { local: 0xffffffff, remote: 0xffffffff },
];

/** The same octets in every run: what differs between two runs is only what was asked for. */
const ENTROPY = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1);
/** RFC 9293 section 3.4.1: the clock of initial sequence numbers ticks every 4 microseconds. */
const ISN_TICK_US = 4;
const PREFIX_LEN = 24;
const MILLION = 1_000_000;

/** Throws ScriptError when the script cannot be understood, StackError when it asks too much. */
export async function runScript(text: string, options: DrillOptions = {}): Promise<DrillReport> {
  const script = parseScript(text, options.file ?? "script");
  const warnings: string[] = [];
  const settings = readSettings(script, (warning) => warnings.push(warning));
  const builds = settings.build === undefined ? options.builds ?? ["node", "board"] as const
    : [settings.build];
  const runs: DrillRun[] = [];
  let { observe } = options;
  for (const build of builds) {
    const first = await findIsn(build, script, settings);
    for (const isn of options.isns ?? DEFAULT_ISNS) {
      const startUs = first === undefined ? 0 : ((isn.local - first) >>> 0) * ISN_TICK_US;
      const run = { build, isn };
      runs.push(await runOnce(script, settings, run, startUs, {
        ...(observe === undefined ? {} : { observe }),
        ...(options.trace === undefined ? {} : {
          trace: (line: string) => options.trace!(line, run),
        }),
      }));
      observe = undefined;
    }
  }
  return { ok: runs.every(({ ok }) => ok), runs, warnings };
}

/**
 * The ISN of a stack that starts with the script. RFC 6528's is a clock plus a function of the
 * connection: a stack that has been up so much longer chooses one so much higher.
 */
async function findIsn(
  build: Build, script: Script, settings: Settings,
): Promise<number | undefined> {
  const stack = await prepareStack(build, script, settings, 0);
  const session = new Session(stack, script, settings, { startUs: 0, remoteOffset: 0 });
  try {
    for (const event of script.events) {
      session.step(event);
      if (session.traffic.firstIsn !== undefined) break;
    }
  } catch (error) {
    // The runs that count will find it too.
    const isKnown = error instanceof Mismatch || error instanceof CallError ||
      error instanceof RangeError || error instanceof WebAssembly.RuntimeError;
    if (!isKnown) throw error;
  }
  return session.traffic.firstIsn;
}

/** `startUs`: how long the stack has been up, before the link is, when the script begins. */
async function prepareStack(
  build: Build, script: Script, settings: Settings, startUs: number,
): Promise<Stack> {
  const stack = await createStack(build, script, settings, ENTROPY);
  stack.sleep(Math.floor(startUs / MILLION));
  stack.nextDeadline(startUs % MILLION);
  const { localIp, mtu, hasQuietTime: quiet } = settings;
  const octets = localIp.split(".").map(Number);
  // Any other address on the link will do: a link without frames has no neighbours to be found.
  const router = [...octets.slice(0, 3), octets[3] === 254 ? 253 : 254].join(".");
  stack.configure({ kind: "ip", address: `${localIp}/${PREFIX_LEN}`, gateway: router, mtu, quiet });
  return stack;
}

async function runOnce(
  script: Script, settings: Settings, { build, isn }: RunKey, startUs: number,
  hooks: { trace?: (line: string) => void; observe?: PacketObserver },
): Promise<DrillRun> {
  const stack = await prepareStack(build, script, settings, startUs);
  const session = new Session(
    stack, script, settings, { ...hooks, startUs: startUs % MILLION, remoteOffset: isn.remote });
  let current: ScriptEvent | undefined;
  try {
    for (const event of script.events) {
      current = event;
      session.step(event);
    }
    session.finish();
    return { build, isn, ok: true, notes: session.notes };
  } catch (error) {
    const place = { file: script.file, line: current?.line ?? 1, event: current?.text ?? "" };
    // A RangeError: a packet that cannot be built.
    if (error instanceof CallError || error instanceof RangeError) {
      throw new ScriptError(place.file, place.line, 1, error.message);
    }
    const parts = error instanceof Mismatch ? error.parts : trapOf(error);
    const failure: DrillFailure = {
      ...place, ...parts, atUs: session.machine.nowUs, unexamined: session.unexamined(),
      recent: session.recent,
      state: session.state(),
    };
    return { build, isn, ok: false, notes: session.notes, failure };
  }
}

/** The core must never trap: when it does, that is what happened. Anything else is thrown again. */
function trapOf(error: unknown): MismatchParts {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  return { summary: `the core trapped: ${error.message}` };
}
