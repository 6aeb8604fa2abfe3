/**
 * One cell of the loss table: a bulk transfer of ours through an emulated bottleneck in virtual
 * time, and how much of what link and loss allow has arrived.
 */
import { VirtualClock } from "../../../host/link/clock.js";
import type { Faults } from "../../../host/link/faults.js";
import { BulkHost, BULK_PORT, Sink, Source, addressOf } from "../../support/bulk.js";
import { Dumbbell } from "../../support/dumbbell.js";

export type Pattern = "random" | "bursts" | "tail" | "reordering";

export interface Cell {
  pattern: Pattern;
  /** 0 to 1; of reordering: the share of the packets that are overtaken. */
  loss: number;
  /** Of an empty path, without the time that octets take. */
  rttMs: number;
  /** Octets of each ring. */
  ring: number;
  /** Below this size the board's build, with the ranges and records it has room for. */
  module: "node" | "board";
}

export const RATE = 20_000_000;
/** Packets lost in a row, on average, where losses come in bursts. */
const BURST_PACKETS = 4;
/** A packet is overtaken by 1 to so many. */
const REORDER_PACKETS = 3;
/** With timestamps. */
const TEXT_OCTETS = 1448;
const PACKET_OCTETS = 1500;
const ACK_OCTETS = 52;

/** Octets of a burst where the tail is what is lost; 0: one transfer without end. */
export function burstOf({ pattern, ring }: Cell): number {
  return pattern === "tail" ? ring / 2 : 0;
}

export function faultsOf(pattern: Pattern, share: number, seed: number): Faults {
  switch (pattern) {
    case "random": return { seed, loss: share };
    case "bursts": return { seed, loss: share, lossBurst: BURST_PACKETS };
    case "tail": return { seed, loss: share, lossAt: "tail" };
    case "reordering": return { seed, reorder: share, reorderFrames: REORDER_PACKETS };
  }
}

/**
 * Octets of text a second that link and loss allow: the least of the link's rate and a window a
 * round trip, times what is not lost. The round trip is that of a full packet and its ACK.
 */
export function allowed(cell: Cell): number {
  const { pattern, loss, rttMs, ring } = cell;
  const rate = (RATE / 8) * (TEXT_OCTETS / PACKET_OCTETS);
  const rttSeconds = rttMs / 1000 + ((PACKET_OCTETS + ACK_OCTETS) * 8) / RATE;
  const lost = pattern === "reordering" ? 0 : loss;
  // A burst leaves at the link's rate, then its answer is waited for.
  const burst = burstOf(cell);
  const most = burst > 0 ? burst / (burst / rate + rttMs / 1000) : ring / rttSeconds;
  return Math.min(rate, most) * (1 - lost);
}

export interface Run {
  /** Octets of text a second. */
  goodput: number;
  /** Counters of the sender that are not zero. */
  counters: Record<string, number>;
}

/** A transfer of so many seconds of virtual time. */
export async function runCell(cell: Cell, seed: number, seconds: number): Promise<Run> {
  const clock = new VirtualClock(1e9);
  const dumbbell = new Dumbbell({
    kind: "ip", clock, rateBitsPerSecond: RATE, delayMs: cell.rttMs / 2,
    faults: faultsOf(cell.pattern, cell.loss, seed),
  });
  const burst = burstOf(cell) || Infinity;
  const { ring, module } = cell;
  const left = new BulkHost({ number: 1, link: dumbbell.plugLeft(1), clock, ring, module, seed });
  const right = new BulkHost({ number: 2, link: dumbbell.plugRight(2), clock, ring, module, seed });
  const sink = new Sink(right, burst);
  new Source(left, { address: addressOf(2), port: BULK_PORT }, burst);
  await Promise.resolve();
  clock.runUntil(clock.now() + seconds * 1e6);
  const counters = Object.entries(left.stack.counters()).filter(([, count]) => count > 0);
  return { goodput: sink.total / seconds, counters: Object.fromEntries(counters) };
}
