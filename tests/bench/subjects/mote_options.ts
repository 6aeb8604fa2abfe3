/** How the two stacks of MoteTCP are set up: as the peers are, where they have a choice. */
import type { ModuleSource } from "../../../host/core.js";
import { Stack } from "../../../host/stack.js";

export interface MoteOptions {
  module: ModuleSource;
  /** Octets of either ring. */
  ring: number;
  connections: number;
  /** Octets of a frame slot, for bursts; by default it holds one frame. */
  slot?: number;
}

/** In bulk, rings below this are served frame by frame; what is no bulk always is. */
export const SMALL_RING = 4096;

const MTU = 1500;

/** The peers have no timestamps: with them a segment would carry 1448 octets, not 1460. */
export const isTimestamped = false;

/** 10.0.0.1 and 10.0.0.2. */
export function createStacks({ module, ring, connections, slot }: MoteOptions): [Stack, Stack] {
  const create = (side: number): Stack => {
    const budget = {
      connections, receiveRing: ring, sendRing: ring, listeners: 1, halfOpen: 16, timeWait: 16,
      mtu: slot ?? MTU,
    };
    const stack = Stack.createSync({ module, budget, entropy: new Uint8Array(32).fill(side) });
    const mac = `02:00:00:00:00:0${side}`;
    stack.configure({ kind: "ethernet", address: `10.0.0.${side}/24`, mac, mtu: MTU });
    return stack;
  };
  return [create(1), create(2)];
}
