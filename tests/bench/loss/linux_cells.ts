/**
 * Cells of the loss table in real time: Linux, or ours, sends to Linux through the emulated link.
 * Several at a time, each on a lane of its own; both kinds of sender of a seed at the same time, so
 * that both meet the same machine. What has been measured is kept in a file.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Cell, RATE, burstOf, faultsOf } from "./cell.js";
import { type Facts, type Lane, Lanes, type Sender } from "./lanes.js";

export interface Measured {
  cell: Cell;
  sender: Sender;
  seed: number;
  seconds: number;
  /** Octets of text a second. */
  goodput: number;
  facts: Facts;
  /** 99th percentile, of milliseconds by which the emulated link came too late in that run. */
  lagMs: number;
  date: string;
}

interface Job {
  cell: Cell;
  sender: Sender;
  seed: number;
}

export interface Wanted {
  cells: Cell[];
  senders: Sender[];
  seeds: number;
  seconds: number;
  /** How many lanes at a time: the machine must be half idle. */
  lanes: number;
  /** What the file holds is forgotten: of another build. */
  isFresh?: boolean;
}

const LAG_RESOLUTION_MS = 5;

/** What a file holds that such runs were kept in. */
export function readMeasured(file: string): Measured[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) as Measured[] : [];
}

/** Runs what the file does not hold yet, and adds it to it after every batch. */
export async function measureCells(file: string, wanted: Wanted): Promise<Measured[]> {
  const all = wanted.isFresh === true ? [] : readMeasured(file);
  const { seconds } = wanted;
  const known = new Set(all.filter((one) => one.seconds >= seconds).map(nameOf));
  const jobs = jobsOf(wanted).filter((job) => !known.has(nameOf(job)));
  beFirst();
  for (let at = 0; at < jobs.length; at += wanted.lanes) {
    const batch = jobs.slice(at, at + wanted.lanes);
    all.push(...await runBatch(batch, seconds));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(all, null, 1));
    console.log(`${at + batch.length} of ${jobs.length} runs against Linux`);
  }
  return all;
}

function jobsOf({ cells, senders, seeds }: Wanted): Job[] {
  return cells.flatMap((cell) => Array.from({ length: seeds }, (_, index) =>
    senders.map((sender): Job => ({ cell, sender, seed: index + 1 }))).flat());
}

export function nameOf({ cell, sender, seed }: Job): string {
  return [cell.pattern, cell.loss, cell.rttMs, cell.ring, sender, seed].join(" ");
}

async function runBatch(jobs: Job[], seconds: number): Promise<Measured[]> {
  const lanes = new Lanes(jobs.map(laneOf));
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  try {
    const shares = await lanes.run(seconds);
    const lagMs = lag.percentile(99) / 1e6 - LAG_RESOLUTION_MS;
    const date = new Date().toISOString();
    return jobs.map((job, index) => {
      const { goodput, facts } = shares[index]![0]!;
      return { ...job, seconds, goodput, facts, lagMs, date };
    });
  } finally {
    lag.disable();
    await lanes.close();
  }
}

function laneOf({ cell, sender, seed }: Job): Lane {
  const { pattern, loss, rttMs, ring } = cell;
  return {
    senders: [sender], rateBitsPerSecond: RATE, rttMs, ring,
    faults: faultsOf(pattern, loss, seed), burst: burstOf(cell),
  };
}

/** The emulated link must not wait for who else uses the machine. It takes little of it. */
export function beFirst(): void {
  try {
    execFileSync("chrt", ["-f", "-p", "2", `${process.pid}`], { stdio: "ignore" });
  } catch {
    console.log("without the right to real-time priority the link may be late");
  }
}
