/** What is measured: the rows of W1, W2 and W3, and who runs in each. */
import { buildLwip, PeerMissing, type LwipBuild } from "./peers/lwip_build.js";
import { type Command, type Effort, measure, type Result, type Task } from "./rounds.js";

/** "small": for boards, with the smallest loss recovery. */
export type Product = "node" | "board" | "small";

export interface Row extends Task {
  name: string;
  unit: string;
  /** Octets of the windows: our rings, the peers' send buffer and window. */
  window: number;
  connections: number;
  /** Ours; those for boards meet the peer without SIMD. */
  product: Product;
}

export interface RowReport extends Row {
  results: Result[];
}

const SEGMENT_UNIT = "ns per 1460 octets";

function bulkRow(window: number, inPlace: boolean, product: Product = "node"): Row {
  const way = inPlace ? "in place" : "written";
  return {
    name: `W1 ${window >> 10} KiB, ${way}${product === "node" ? "" : `, ${product}`}`,
    unit: SEGMENT_UNIT, workload: "w1", argument: inPlace ? 1 : 0, window, connections: 4, product,
  };
}

function exchangeRow(connections: number): Row {
  return {
    name: `W2 N = ${connections}`, unit: "ns per transaction",
    workload: "w2", argument: connections, window: 2048, connections, product: "node",
  };
}

/** `connections`: places in the tables. Those closed last are in TIME-WAIT. */
function closeRow(name: string, connections: number): Row {
  return {
    name, unit: "ns per connection",
    workload: "w3", argument: 0, window: 4096, connections, product: "node",
  };
}

export const ROWS: Row[] = [
  bulkRow(65536, false), bulkRow(65536, true),
  bulkRow(4096, false), bulkRow(4096, true),
  bulkRow(2048, false),
  bulkRow(2048, false, "board"), bulkRow(2048, true, "board"),
  bulkRow(2048, false, "small"), bulkRow(2048, true, "small"),
  ...[1, 100, 1000, 10_000].map(exchangeRow),
  closeRow("W3", 16), closeRow("W3, room for 100", 100), closeRow("W3, room for 1000", 1000),
];

/** Names of the subjects: the table's columns. */
export const Name = {
  native: "lwIP native",
  lwip: "lwIP Wasm",
  stack: "MoteTCP",
  raw: "MoteTCP raw",
  lwipBursts: "lwIP in bursts",
  bursts: "raw in bursts",
} as const;

/** Runs a row. A peer that cannot be built is named in its result. */
export async function runRow(row: Row, effort: Effort): Promise<RowReport> {
  const { window, connections, product } = row;
  const isScalar = product !== "node";
  const commands: Command[] = [];
  const missing: Result[] = [];
  const peer = (subject: string, target: LwipBuild["target"]): void => {
    try {
      const built = buildLwip({ window: Math.min(window, 65535), connections, target });
      commands.push(target === "native"
        ? { subject, program: built }
        : { subject, words: [subject === Name.lwipBursts ? "lwip-bursts" : "lwip", built] });
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      missing.push({
        subject, ns: NaN, rounds: [], frames: 0, stalls: 0, missing: error.message,
      });
    }
  };
  if (!isScalar) peer(Name.native, "native");
  peer(Name.lwip, isScalar ? "scalar" : "simd");
  const ours = [product, String(window), String(connections)];
  commands.push({ subject: Name.stack, words: ["stack", ...ours] });
  commands.push({ subject: Name.raw, words: ["raw", ...ours] });
  if (row.workload === "w1" && !isScalar) {
    peer(Name.lwipBursts, "simd");
    commands.push({ subject: Name.bursts, words: ["bursts", ...ours] });
  }
  return { ...row, results: [...missing, ...await measure(row, commands, effort)] };
}
