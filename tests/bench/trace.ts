/** How a transfer over a bad line goes, in virtual time: what `status` tells, every few ms. */
import { VirtualClock } from "../../host/link/clock.js";
import { BULK_PORT, BulkHost, Sink, Source, addressOf } from "../support/bulk.js";
import { Dumbbell } from "../support/dumbbell.js";

export interface Sample {
  seconds: number;
  /** Octets. */
  congestionWindow: number;
  slowStartThreshold: number;
  inFlight: number;
  /** Octets acknowledged since the first sample. */
  acknowledged: number;
  /** Segments sent again so far. */
  retransmissions: number;
}

export interface TraceOptions {
  rateBitsPerSecond: number;
  rttMs: number;
  loss: number;
  ring: number;
  seconds: number;
}

export const TRACE: TraceOptions = {
  rateBitsPerSecond: 20e6, rttMs: 40, loss: 0.001, ring: 262_144, seconds: 12,
};
const STEP_US = 10_000;

export async function trace(options: TraceOptions): Promise<Sample[]> {
  const { rateBitsPerSecond, rttMs, loss, ring, seconds } = options;
  const clock = new VirtualClock(1e9);
  const faults = { seed: 1, loss };
  const path = new Dumbbell({ kind: "ip", clock, rateBitsPerSecond, delayMs: rttMs / 2, faults });
  const left = new BulkHost({ number: 1, link: path.plugLeft(1), clock, ring });
  const right = new BulkHost({ number: 2, link: path.plugRight(2), clock, ring });
  new Sink(right);
  const { handle } = new Source(left, { address: addressOf(2), port: BULK_PORT });
  await Promise.resolve();
  const beginUs = clock.now();
  const first = left.stack.status(handle).sendUnacknowledged;
  const samples: Sample[] = [];
  for (let us = 0; us <= seconds * 1e6; us += STEP_US) {
    clock.runUntil(beginUs + us);
    const { congestionWindow, slowStartThreshold, ...status } = left.stack.status(handle);
    samples.push({
      seconds: us / 1e6, congestionWindow, slowStartThreshold,
      inFlight: (status.sendNext - status.sendUnacknowledged) >>> 0,
      acknowledged: (status.sendUnacknowledged - first) >>> 0,
      retransmissions: left.stack.counter("TcpRetransmissions"),
    });
  }
  return samples.filter(({ congestionWindow }) => congestionWindow > 0); // not before it is open
}
