/** How large a stack a script needs: on a board, the largest rings that fit. */
import type { BudgetOptions } from "../budget.js";
import { StackError } from "../error.js";
import { Stack } from "../stack.js";
import { type Script, type ScriptEvent, type SegmentAction, isBareSyn } from "./script.js";
import { type Build, type Settings, ringFor } from "./settings.js";
import { numberIfKnown } from "./values.js";

const NODE_RINGS: BudgetOptions = { receiveRing: 65536, sendRing: 262144, connections: 16 };
const LARGEST_RING = 65536;
const LEAST_RING = 256;
const MOST_CONNECTIONS = 8;

/** A stack as the script's settings ask for. Throws StackError when they do not fit the build. */
export async function createStack(
  build: Build, script: Script, settings: Settings, entropy: Uint8Array,
): Promise<Stack> {
  const mtu = Math.max(576, settings.mtu);
  const asked = { ...settings.rings, ...ringsOf(script) };
  const wanted = { mtu, ...settings.budget };
  if (build === "node") {
    const budget = { ...NODE_RINGS, ...asked, ...wanted };
    return Stack.create({ module: build, entropy, budget });
  }
  const base: BudgetOptions = {
    listeners: 2, connections: connectionsOf(script), halfOpen: 4, timeWait: 4, neighbours: 1,
    replies: 8, ranges: 8,
  };
  for (let ring = LARGEST_RING; ; ring /= 2) {
    const rings = {
      receiveRing: Math.min(ring, asked.receiveRing ?? ring),
      sendRing: Math.min(ring, asked.sendRing ?? ring),
    };
    try {
      const budget = { ...base, ...rings, ...wanted };
      return await Stack.create({ module: build, entropy, budget });
    } catch (error) {
      const isTooLarge = error instanceof StackError && error.code === "ENOMEM";
      if (!isTooLarge || ring === LEAST_RING) throw error;
    }
  }
}

/** Connections that a script may have at once, at the most. */
function connectionsOf({ events }: Script): number {
  const connecting = new Set<number>();
  const arriving = new Set<string>();
  let count = 0;
  let accepted = 0;
  for (const event of events) {
    if (isInboundSyn(event)) arriving.add(`${event.ip.port}/${event.segment.seq}`);
    if (event.kind !== "call") continue;
    if (/^accept/.test(event.name)) accepted++;
    if (event.name === "socket") connecting.delete(numberIfKnown(event.result) ?? -1);
    if (event.name !== "connect") continue;
    const fd = numberIfKnown(event.args[0]) ?? -1;
    if (!connecting.has(fd)) count++;
    connecting.add(fd);
  }
  count += Math.max(accepted, arriving.size);
  return Math.min(MOST_CONNECTIONS, Math.max(1, count));
}

function isInboundSyn(event: ScriptEvent): event is ScriptEvent & SegmentAction {
  return event.kind === "segment" && event.direction === "in" && isBareSyn(event.segment);
}

/** Rings from SO_RCVBUF and SO_SNDBUF, which the stack cannot change later: the next power of 2. */
function ringsOf({ events }: Script): BudgetOptions {
  const rings: BudgetOptions = {};
  for (const event of events) {
    if (event.kind !== "call" || event.name !== "setsockopt") continue;
    const [, , name, value] = event.args;
    if (name?.kind !== "word") continue;
    const field = /^SO_RCVBUF/.test(name.word) ? "receiveRing"
      : /^SO_SNDBUF/.test(name.word) ? "sendRing" : undefined;
    const octets = numberIfKnown(value);
    if (field === undefined || octets === undefined || field in rings) continue;
    rings[field] = ringFor(octets);
  }
  return rings;
}
