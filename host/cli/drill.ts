/**
 * `motetcp drill FILE.pkt ...`: runs scripts of packetdrill's language against the stack in virtual
 * time, on both builds and at several initial sequence numbers.
 */
import { closeSync, openSync, readFileSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ScriptError } from "../drill/cursor.js";
import {
  DEFAULT_ISNS, type DrillOptions, type DrillReport, type IsnPair, type RunKey, runScript,
} from "../drill/drill.js";
import { failuresText, runText } from "../drill/report.js";
import type { Build } from "../drill/settings.js";
import { StackError } from "../error.js";
import {
  Direction, LINKTYPE_RAW, packetBlockLen, pcapngHeader, writePacket,
} from "../link/pcapng.js";
import { UsageError, readArguments } from "./command_line.js";

const OPTIONS = {
  build: { type: "string" },
  isn: { type: "string" },
  pcap: { type: "string" },
  verbose: { type: "boolean" },
  quiet: { type: "boolean" },
  json: { type: "boolean" },
} as const;

export const DRILL_HELP = `\
motetcp drill [options] FILE.pkt|FOLDER ...

Runs scripts in packetdrill's language against the stack in virtual time: socket calls, segments in
and out with flags, options and times, ICMP, assertions. docs/drill.md has the language.

  --build WHICH   node, board, or both (the default)
  --isn LIST      initial sequence numbers of the stack, as LOCAL or LOCAL/REMOTE, with commas;
                  REMOTE is added to all numbers of the remote side
                  default: ${DEFAULT_ISNS.map(isnText).join(",\n                           ")}
  --pcap FILE     record the first run of the (only) script, for tshark and Wireshark (pcapng)
  --verbose       print every event with its time, for the first run
  --quiet         print only what fails
  --json          print a report for programs

Exit status: 0 every run went as its script says, 1 one did not, 2 a script cannot be read.
`;

const U32 = 0xffffffff;

/** Runs the command. Returns the exit status. */
export async function drillCommand(argv: string[]): Promise<number> {
  const { values, words } = readWords(argv);
  const files = words.flatMap(scriptsAt);
  const isns = values.isn === undefined ? DEFAULT_ISNS : values.isn.split(",").map(readIsn);
  if (values.pcap !== undefined && files.length > 1) {
    throw new UsageError("--pcap takes one script");
  }
  const builds = readBuilds(values.build ?? "both");
  const capture = values.pcap === undefined ? undefined : new DrillCapture(values.pcap);
  let status = 0;
  const reports: ({ file: string } & (DrillReport | { ok: false; error: string }))[] = [];
  for (const file of files) {
    let first: RunKey | undefined;
    const options: DrillOptions = {
      file, builds, isns,
      ...(capture === undefined ? {} : { observe: capture.add }),
      ...(values.verbose !== true ? {} : {
        trace: (line, run) => {
          if (first === undefined) process.stdout.write(`${file}: ${runText(run)}\n`);
          first ??= run;
          if (run === first) process.stdout.write(`  ${line}\n`);
        },
      }),
    };
    const report = await runFile(file, options);
    if (typeof report === "string") {
      process.stderr.write(`${report}\n`);
      reports.push({ file, ok: false, error: report });
      status = 2;
      continue;
    }
    reports.push({ file, ...report });
    if (!report.ok) status = Math.max(status, 1);
    if (values.json !== true) print(file, report, values.quiet === true, values.verbose === true);
  }
  capture?.close();
  if (values.json === true) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  return status;
}

/** Scripts are the words without dashes: any number, but at least one. */
function readWords(argv: string[]) {
  const isValue = (index: number): boolean => /^--(build|isn|pcap)$/.test(argv[index - 1] ?? "");
  const words = argv.filter((word, index) => !word.startsWith("-") && !isValue(index));
  const rest = argv.filter((word, index) => word.startsWith("-") || isValue(index));
  const { values } = readArguments(rest, OPTIONS);
  if (words.length === 0) throw new UsageError("FILE.pkt is missing");
  return { values, words };
}

/** The file, or of a folder all that is called .pkt, in the order of their names. */
function scriptsAt(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".pkt")).sort().map((name) => join(path, name));
  if (found.length === 0) throw new UsageError(`there are no scripts (*.pkt) in ${path}`);
  return found;
}

/** A text says why the script cannot be read or understood. */
async function runFile(file: string, options: DrillOptions): Promise<DrillReport | string> {
  try {
    return await runScript(readFileSync(file, "utf8"), options);
  } catch (error) {
    const isOfFile = error instanceof StackError || "syscall" in (error as object);
    if (!(error instanceof ScriptError) && !isOfFile) throw error;
    const { message } = error as Error;
    return error instanceof ScriptError ? message : `${file}: ${message}`;
  }
}

function print(file: string, report: DrillReport, isQuiet: boolean, isVerbose: boolean): void {
  if (!isQuiet) {
    for (const warning of report.warnings) process.stderr.write(`${warning}\n`);
    const notes = new Set(report.runs.flatMap((run) => run.notes));
    if (isVerbose) for (const note of notes) process.stdout.write(`${file}: note: ${note}\n`);
  }
  if (!report.ok) process.stdout.write(failuresText(report));
  else if (!isQuiet) process.stdout.write(`${file}: ok, ${report.runs.length} runs\n`);
}

function readBuilds(word: string): Build[] {
  if (word === "both") return ["node", "board"];
  if (word === "node" || word === "board") return [word];
  throw new UsageError(`--build takes node, board or both, not "${word}"`);
}

function readIsn(text: string): IsnPair {
  const [local, remote = 0] = text.split("/").map((word) => {
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : NaN;
    if (value <= U32) return value;
    throw new UsageError(`--isn takes numbers of 32 bits, as LOCAL/REMOTE, not "${text}"`);
  });
  return { local: local!, remote };
}

function isnText({ local, remote }: IsnPair): string {
  return `0x${local.toString(16)}/0x${remote.toString(16)}`;
}

/** A capture in virtual time: the script begins in 1970. */
class DrillCapture {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, "w");
    writeSync(this.file, pcapngHeader(LINKTYPE_RAW, "drill", 0));
  }

  readonly add = (packet: Uint8Array, atUs: number, isSent: boolean): void => {
    const block = new Uint8Array(packetBlockLen(packet.length));
    const direction = isSent ? Direction.Outbound : Direction.Inbound;
    writePacket(new DataView(block.buffer), 0, packet, atUs, direction);
    writeSync(this.file, block);
  };

  close(): void {
    closeSync(this.file);
  }
}
