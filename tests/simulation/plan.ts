/**
 * What a seed stands for: everything that happens in a run, drawn beforehand. Tiny tables and
 * rings, bad lines, clocks and sequence numbers about to wrap, and applications with manners of
 * all kinds. The same seed and the same wishes, the same plan.
 */
import type { BudgetOptions } from "../../host/budget.js";
import type { LinkType } from "../../host/link/link.js";
import { Random } from "../../host/link/random.js";
import type { WireOptions } from "../../host/link/wire.js";
import type { Side } from "../support/flow_watch.js";
import type { Sizes } from "../support/inspect.js";
import type { SideOptions } from "../support/pair.js";
import type { Script } from "./endpoint.js";
import { drawScript, isPolite } from "./scripts.js";

/** What the command line, or a test, wants in place of what the seed would draw. */
export interface Wishes {
  build?: "node" | "board";
  link?: LinkType;
  loss?: number;
  duplicate?: number;
  reorder?: number;
  corrupt?: number;
  delayMs?: number;
}

export interface ConnectionPlan {
  /** Who opens; "both": SYNs that cross. */
  opener: Side | "both";
  /** 0: the stack picks one. */
  localPort: number;
  atUs: number;
  /** Of the opener and of who accepts; of left and right where both open. */
  scripts: [Script, Script];
}

/** Something that befalls a run at a moment. */
export type Incident =
  | { kind: "cut"; atUs: number; forUs: number }
  | { kind: "close listener"; side: Side; atUs: number; forUs: number }
  | { kind: "fork"; side: Side; atUs: number; forUs: number }
  | { kind: "restore"; side: Side; atUs: number; reseed: boolean }
  | { kind: "sleep"; atUs: number; seconds: number }
  | { kind: "narrow"; side: Side; atUs: number; forUs: number; mtu: number; isSilent: boolean };

export interface Plan {
  seed: number;
  link: LinkType;
  mtu: number;
  wire: WireOptions;
  sides: [SideOptions, SideOptions];
  startUs: number;
  /** The first connection's sequence numbers, or the stacks' milliseconds, wrap in the run. */
  wrap: "none" | "sequence numbers" | "milliseconds";
  connections: ConnectionPlan[];
  /** Of both listeners: who finds it full tries again. */
  backlog: number;
  /** A connection waits so long to be accepted. */
  acceptDelayUs: number;
  incidents: Incident[];
  /** Nothing is scarce, and nothing happens that no stack survives: all polite ones end well. */
  isStrict: boolean;
}

const WRAP_US = 2 ** 32;
const MOST_CONNECTIONS = 6;
/** What fits the board's arena beside its fixed tables, by the sizes in assembly/api/budget.ts. */
const BOARD_OCTETS = 38_000;

export function drawPlan(seed: number, wishes: Wishes = {}): Plan {
  const random = new Random(seed, 1);
  const isStrict = random.chance(0.6);
  const count = 1 + random.below(random.chance(0.2) ? MOST_CONNECTIONS : 2);
  const link = wishes.link ?? pick<LinkType>(random, ["ethernet", "ip", "serial"]);
  const mtu = pick(random, [128, 200, 296, 576, 1006, 1500, 1500, 1500]);
  const build = wishes.build ?? pick(random, ["node", "board"] as const);
  const sides: [SideOptions, SideOptions] = [
    drawSide(random, build, link, mtu, isStrict ? count : 0),
    drawSide(random, random.chance(0.2) ? "node" : build, link, mtu, isStrict ? count : 0),
  ];
  // Of a stream of their own: what came before them means what it meant.
  const wire = drawPath(new Random(seed, 4), drawWire(random, link, isStrict, wishes), isStrict);
  const connections = drawConnections(random, count, isStrict, wire);
  const hasMayhem = connections.some(({ scripts }) => !scripts.every(isPolite));
  return {
    seed, link, mtu, wire, sides,
    startUs: random.chance(0.5) ? WRAP_US - random.below(20e6) : random.below(WRAP_US),
    wrap: pick(random, ["none", "sequence numbers", "milliseconds"] as const),
    connections,
    backlog: pick(random, [1, 2, 16]),
    acceptDelayUs: pick(random, [0, 0, 0, 20_000, 4_000_000]),
    incidents: drawIncidents(random, isStrict),
    isStrict: isStrict && !(hasMayhem && connections.some(({ localPort }) => localPort !== 0)),
  };
}

/** The same plan with every end paced that is of the build for Node. */
export function paced(plan: Plan): Plan {
  const connections = plan.connections.map((connection) => {
    const { opener, scripts } = connection;
    const pace = (script: Script, index: number): Script => {
      const side = opener === "both" || opener === 0 ? index : 1 - index;
      if (plan.sides[side]!.module === "board") return script;
      return { ...script, options: { ...script.options, pacing: 1 } };
    };
    return { ...connection, scripts: scripts.map(pace) as [Script, Script] };
  });
  return { ...plan, connections };
}

function drawSide(
  random: Random, build: "node" | "board", link: LinkType, mtu: number, atLeast: number,
): SideOptions {
  const rings = [256, 512, 1024, 2048, 4096, 8192];
  if (build === "node") rings.push(16384, 65536, 262144);
  const budget: BudgetOptions & Sizes = {
    connections: Math.max(atLeast, pick(random, [1, 2, 3, 8])),
    receiveRing: pick(random, rings),
    sendRing: pick(random, rings),
    halfOpen: Math.max(atLeast, pick(random, [1, 2, 8])),
    timeWait: Math.max(atLeast, pick(random, [1, 2, 8])),
    ranges: pick(random, [1, 2, 4, 16]),
    replies: pick(random, [1, 2, 8]),
    neighbours: pick(random, [1, 2, 8]),
    listeners: pick(random, [1, 4]),
    // A FIN may come again after a minute: TIME-WAIT must still be there if nothing may be reset.
    // And be over before a SYN is given up, which after a reseed may look old.
    mslSeconds: pick(random, atLeast > 0 ? [50, 80] : [1, 5, 30]),
    mtu: Math.max(576, mtu),
  };
  if (build === "board") shrink(budget);
  const isProbing = link === "ethernet" && random.chance(0.2);
  const entropy = random.fill(new Uint8Array(32));
  return {
    module: build, budget, entropy, interface: { probe: isProbing, announce: random.chance(0.3) },
  };
}

/** Halves the longer rings until a board's memory holds them. */
function shrink(budget: Sizes & BudgetOptions): void {
  const octets = (): number => 3 * (budget.mtu! + 24) + 1500 +
    budget.connections * (232 + budget.receiveRing + budget.sendRing + 8 * budget.ranges!);
  while (octets() > BOARD_OCTETS) {
    if (budget.receiveRing >= budget.sendRing) budget.receiveRing /= 2;
    else budget.sendRing /= 2;
  }
}

function drawWire(
  random: Random, link: LinkType, isStrict: boolean, wishes: Wishes,
): WireOptions {
  const isBad = random.chance(0.8);
  const most = isStrict ? 0.12 : 0.3;
  const upTo = (limit: number): number =>
    isBad && random.chance(0.7) ? Math.round(random.unit() * limit * 1000) / 1000 : 0;
  const loss = upTo(most);
  const duplicate = upTo(0.2);
  const reorder = upTo(0.3);
  const corrupt = upTo(0.03);
  const rates = link === "serial" ? [9600, 115200, 0] : [0, 0, 1e5, 1e6, 1e8];
  return {
    seed: random.below(2 ** 32),
    loss: wishes.loss ?? loss,
    duplicate: wishes.duplicate ?? duplicate,
    reorder: wishes.reorder ?? reorder,
    corrupt: wishes.corrupt ?? corrupt,
    delayMs: wishes.delayMs ?? pick(random, [0, 0.1, 1, 10, 50, 300]),
    rateBitsPerSecond: pick(random, rates),
    ...drawQueue(random, link, isStrict),
  };
}

/** Losses in bursts or at the tail of bursts, other reordering, a router's queue: sometimes. */
function drawPath(random: Random, wire: WireOptions, isStrict: boolean): WireOptions {
  const path: WireOptions = { ...wire };
  // On a very bad line a burst takes all that a side says in its last minutes: nobody can tell.
  if (random.chance(0.2) && wire.loss! <= 0.12) path.lossBurst = random.between(2, 6);
  if (random.chance(0.1) && wire.delayMs! > 0) path.lossAt = "tail";
  if (random.chance(0.2)) path.reorderFrames = pick(random, [1, 2, 8]);
  // See `drawQueue`: where nothing may starve, the queue holds some packets.
  const queues = isStrict ? [30_000, 60_000] : [2000, 10_000, 60_000];
  if (random.chance(0.3) && wire.rateBitsPerSecond! > 0) {
    path.queueOctets = pick(random, queues);
    path.whenFull = "drop";
    path.queuePackets = 1024;
  }
  return path;
}

function drawQueue(
  random: Random, link: LinkType, isStrict: boolean,
): Pick<WireOptions, "queuePackets" | "whenFull"> {
  // Where a short queue drops, timers that fire together may starve the same one for ever.
  const whenFull = random.chance(0.5) || isStrict ? "refuse" : "drop";
  // A serial line counts chunks, of which the longest packet takes a dozen.
  return { queuePackets: pick(random, link === "serial" ? [16, 1024] : [2, 8, 1024]), whenFull };
}

function drawConnections(
  random: Random, count: number, isStrict: boolean, wire: WireOptions,
): ConnectionPlan[] {
  const spreadUs = pick(random, [1, 1e6, 60e6]);
  // Few ports: they come again, while their last connection is in TIME-WAIT.
  const isReusing = random.chance(0.2);
  // So that a run stays short: a slow line, or one with much to wait for, gets less to carry.
  const isSlow = wire.rateBitsPerSecond === 9600 || wire.delayMs === 300 || (wire.loss ?? 0) > 0.1;
  const most = isSlow ? 20_000 : 120_000;
  return Array.from({ length: count }, (_, index) => {
    const isCrossing = random.chance(0.1);
    const first = drawScript(random, most, isStrict);
    const second = drawScript(random, most, isStrict);
    return {
      opener: isCrossing ? "both" : (random.below(2) as Side),
      localPort: isCrossing ? 30_000 + index : isReusing ? 40_000 + random.below(2) : 0,
      atUs: random.below(spreadUs),
      scripts: [first, second],
    } satisfies ConnectionPlan;
  });
}

function drawIncidents(random: Random, isStrict: boolean): Incident[] {
  const incidents: Incident[] = [];
  const atUs = (): number => random.below(pick(random, [50e3, 1e6, 20e6]));
  const side = (): Side => random.below(2) as Side;
  if (random.chance(0.2)) {
    const forUs = random.below(isStrict ? 5e6 : 400e6);
    incidents.push({ kind: "cut", atUs: atUs(), forUs });
  }
  if (!isStrict && random.chance(0.2)) {
    incidents.push({ kind: "close listener", side: side(), atUs: atUs(), forUs: 1 + atUs() });
  }
  if (random.chance(0.3)) {
    incidents.push({ kind: "fork", side: side(), atUs: atUs(), forUs: 1 + atUs() });
  } else if (random.chance(0.3)) {
    incidents.push({ kind: "restore", side: side(), atUs: atUs(), reseed: random.chance(0.5) });
  }
  if (!isStrict && random.chance(0.1)) {
    incidents.push({ kind: "sleep", atUs: atUs(), seconds: random.between(1, 600) });
  }
  incidents.push(...drawNarrowPaths(random, isStrict));
  return incidents;
}

/** Paths that take less than the links, on the way from either side, for a while or for good. */
function drawNarrowPaths(random: Random, isStrict: boolean): Incident[] {
  const incidents: Incident[] = [];
  while (random.chance(0.3)) {
    const isSilent = random.chance(0.5);
    // Six timeouts in a row, which the least takes if nobody says so, may end a slow connection.
    const mtus = isSilent && isStrict ? [1024, 1400] : [296, 500, 576, 1024, 1400];
    incidents.push({
      kind: "narrow", side: random.below(2) as Side, isSilent, mtu: pick(random, mtus),
      atUs: random.below(pick(random, [1, 1e6, 60e6])),
      forUs: pick(random, [1e6, 100e6, 3600e6]),
    });
  }
  return incidents;
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.below(items.length)]!;
}
