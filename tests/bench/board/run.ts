/**
 * `npm run bench -- board`: what each event costs on a Cortex-M3, in instructions, ours and lwIP's;
 * flash, memory and stack; and where the core's code goes. docs/benchmarks.md says how.
 */
import { writeFileSync } from "node:fs";
import { PeerMissing } from "../peers/lwip_build.js";
import { CountedBoard } from "./counted_board.js";
import { type Figure, countEvents } from "./events.js";
import { Peer } from "./peer.js";
import { type CoreText, coreText, deepestStackOf, sizesOfBoards } from "./sizes.js";
import { SUBJECTS, boardBenchMissing, sizesOf } from "./subjects.js";

const REPORT = "build/bench/board.json";
const DOMINANT = 12;

interface Measured {
  name: string;
  figures: Figure[];
  flash: number;
  ram: number;
  /** The most octets in use during all events. */
  stackUsed: number;
}

async function measure({ name, make }: (typeof SUBJECTS)[number]): Promise<Measured | string> {
  try {
    const firmware = await make();
    const board = await CountedBoard.start(firmware);
    try {
      const figures = await countEvents(new Peer(board));
      return { name, figures, ...sizesOf(firmware), stackUsed: board.stackUsed };
    } finally {
      await board.stop();
    }
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    return `No ${name}: ${error.message}`;
  }
}

function printTable(all: Measured[]): void {
  const number = (value: number | undefined): string =>
    (value === undefined ? "-" : value.toLocaleString("en")).padStart(12);
  const head = all.map(({ name }) => name.padStart(12));
  const width = Math.max(12, ...head.map((name) => name.length));
  const line = (title: string, cells: string[]): void =>
    console.log(title.padEnd(36) + cells.map((cell) => cell.padStart(width + 2)).join(""));
  line("instructions, Cortex-M3", head);
  for (const { event } of all[0]!.figures) {
    const cells = all.map(({ figures }) =>
      number(figures.find((figure) => figure.event === event)?.instructions));
    line(event, cells);
  }
  line("flash, octets", all.map(({ flash }) => number(flash)));
  line("static memory, octets", all.map(({ ram }) => number(ram)));
  line("stack in use at most, octets", all.map(({ stackUsed }) => number(stackUsed)));
}

function printDominant({ name, figures }: Measured, event: string): void {
  const figure = figures.find((one) => one.event === event);
  if (figure === undefined) return;
  const words = figure.functions.slice(0, DOMINANT).map(([what, count]) => `${what} ${count}`);
  console.log(`\nMost of ${name}'s ${figure.instructions} for ${event}: ${words.join(", ")}`);
}

function verdict(all: Measured[]): { what: string; isMet: boolean }[] {
  const of = (name: string): number | undefined => all.find((one) => one.name === name)
    ?.figures.find(({ event }) => event === "TCP echo, 1400 octets")?.instructions;
  const ours = of("MoteTCP -O2")!;
  return ["lwIP -Os", "lwIP -O2", "lwIP -Os, our sums"].flatMap((name) => {
    const theirs = of(name);
    if (theirs === undefined) return [];
    const isMet = ours <= theirs;
    return [{ what: `TCP echo of 1400 octets: ${ours}, ${name} ${theirs}`, isMet }];
  });
}

function printCoreText(groups: CoreText[]): void {
  console.log("\nThe core's code in flash by what it is for, octets");
  for (const { group, octets } of groups) console.log(group.padEnd(44) + `${octets}`.padStart(8));
}

/** Counts all, prints it, and writes build/bench/board.json. */
export async function runBoard(): Promise<void> {
  const missing = boardBenchMissing();
  if (missing !== false) {
    console.log(`\nNo instructions of a board: ${missing}`);
    return;
  }
  const all: Measured[] = [];
  for (const subject of SUBJECTS) {
    const measured = await measure(subject);
    if (typeof measured === "string") console.log(measured);
    else all.push(measured);
  }
  console.log("");
  printTable(all);
  const verdicts = verdict(all);
  for (const { what, isMet } of verdicts) console.log(`${isMet ? "met    " : "NOT MET"}  ${what}`);
  for (const octets of [64, 1400]) printDominant(all[0]!, `TCP echo, ${octets} octets`);
  const [boards, stack, groups] = [await sizesOfBoards(), await deepestStackOf(), await coreText()];
  console.log("");
  for (const { title, flash, ram } of boards) {
    console.log(`${title}: flash ${flash}, RAM ${ram} octets and the stack`);
  }
  console.log(`deepest stack by the compiler's figures: ${stack.frameOctets} octets, and 32 for ` +
    `an interrupt; the way there is ${stack.path.join(" > ")}`);
  printCoreText(groups);
  const report = { date: new Date().toISOString(), subjects: all, verdicts, boards, stack, groups };
  writeFileSync(REPORT, `${JSON.stringify(report, null, 2)}\n`);
}
