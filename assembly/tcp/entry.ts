/**
 * What a table's entries have in common, so that one hash finds them all and one wheel times them:
 * a connection, a half-open one, one in TIME-WAIT. The timer's `kind` says which it is.
 *
 *    0  nextNode   4  pointer   8  dueAtMs  12 kind 13 state 14 queued 15 spare   (TimerNode)
 *   16  hashNext  20  ports    24  remote address                                 (Entry: 40)
 *   40  eventNext 44  events, generation  48  slot, reason, softError  52  settings (Endpoint: 68)
 */
import { TimerNode } from "../core/wheel";

@unmanaged
export class Entry extends TimerNode {
  /** A `State`. */
  state: u8;
  /** Endpoints: 1 while in the event queue. */
  queued: u8;
  spare: u8;
  /** The next entry in the same bucket; the next free one while free. */
  hashNext: usize;
  /** The peer's port and ours, as they stand in an arriving header. */
  ports: u32;
  remoteHigh: u64;
  remoteLow: u64;
}

/** Switches in `Endpoint.switches`. */
export const enum Switch {
  NoDelay = 1,
  KeepAlive = 2,
}

/** An entry that the host holds a handle to: a connection or a listener. */
@unmanaged
export class Endpoint extends Entry {
  /** The next in the event queue. */
  eventNext: usize;
  /** Bits of `Event` not yet told. */
  events: u16;
  /** Changes with every use of the slot: 1 to `GENERATIONS`. */
  generation: u16;
  slot: u16;
  /** A `Reason`. */
  reason: u8;
  /** A `SoftError`. */
  softError: u8;

  // Settings, which a connection takes over from its listener: see `Option`.
  userTimeoutS: u16;
  keepAliveIdleS: u16;
  keepAliveIntervalS: u16;
  minRtoMs: u16;
  ackDelayMs: u16;
  maxSegment: u16;
  keepAliveCount: u8;
  timeToLive: u8;
  service: u8;
  /** Bits of `Switch`. */
  switches: u8;
}

const SETTINGS: usize = offsetof<Endpoint>("userTimeoutS");
const SETTINGS_LEN: usize = offsetof<Endpoint>() - SETTINGS;

if (offsetof<Entry>() != 40) ERROR("an entry is 40 octets: see the drawing");
if (offsetof<Endpoint>() != 68) ERROR("an endpoint is 68 octets: see the drawing");

/** Sets every setting to its default (abi/option.ts). */
export function defaultSettings(endpoint: Endpoint, maxSegment: u32): void {
  endpoint.userTimeoutS = 300;
  endpoint.keepAliveIdleS = 7200;
  endpoint.keepAliveIntervalS = 75;
  endpoint.minRtoMs = 1000;
  endpoint.ackDelayMs = 40;
  endpoint.maxSegment = <u16>maxSegment;
  endpoint.keepAliveCount = 9;
  endpoint.timeToLive = 64;
  endpoint.service = 0;
  endpoint.switches = 0;
}

/** Takes over the settings of `from`. */
export function copySettings(to: Endpoint, from: Endpoint): void {
  memory.copy(changetype<usize>(to) + SETTINGS, changetype<usize>(from) + SETTINGS, SETTINGS_LEN);
}
