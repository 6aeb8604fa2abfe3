/**
 * Endpoints: what connections and listeners have in common, as the host holds handles to both.
 *
 *    0  list, remote address, ports, hash, timer, kind, state, slot          48  (core/pool.ts)
 *   48  generation 2, events 2, list of news 8                              12
 *   60  settings 17, taken 1, reason 1, softError 1                          20
 */
import { HAS_PACING, IS_SMALL } from "../config";
import { Table } from "../abi/status";
import { clearWords } from "../core/bytes";
import { Link, append, clearLink, takeFirst, unlink } from "../core/list";
import { Entry, poolOf } from "../core/pool";

/** Switches in `Endpoint.switches`. */
export const enum Switch {
  NoDelay = 1,
  KeepAlive = 2,
  Timestamps = 4,
  Sack = 8,
  UserTimeoutOption = 16,
  UserTimeoutChangeable = 32,
  SoftErrors = 64,
  NewReno = 128,
}

/** An entry that the host holds a handle to: a connection or a listener. */
@unmanaged
export class Endpoint extends Entry {
  /** Changes with every use of the slot: 0 to `GENERATIONS`. */
  generation: u16;
  /** Bits of `Event` not yet told. */
  events: u16;
  /** The event queue; of a connection not yet accepted, its listener's queue. */
  news: Link;
  newsPrevious: Link;

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
  /** 0, 1: ECN, 2: accurate ECN. In the build for Node `PACED`, too. */
  ecn: u8;

  /** 1: the slot is in use. */
  taken: u8;
  /** A `Reason`. */
  reason: u8;
  /** A `SoftError`. */
  softError: u8;
}

/** A bit of `Endpoint.ecn`, whose value is the rest: `Option.Pacing`. */
export const PACED: u8 = 0x80;

const SETTINGS: usize = offsetof<Endpoint>("userTimeoutS");

/** What is cleared of a slot that is taken, from here on; the list of news is set anyway. */
const CLEARED: u32 = 56;

/** Generations of a slot's handles before they repeat, less one: a mask. */
export const GENERATIONS: u32 = 0x3fff;

if (offsetof<Endpoint>("newsPrevious") != CLEARED) ERROR("what is in front is cleared otherwise");
if (offsetof<Endpoint>("ecn") != SETTINGS + 16) ERROR("settings are copied otherwise");
if (offsetof<Endpoint>() != 80) ERROR("an endpoint is 80 octets: see the drawing");

/** Takes the slot freed longest ago, cleared but for what belongs to the slot; or null. */
export function takeEndpoint(table: Table): Endpoint | null {
  const pool = poolOf(table);
  const link = takeFirst(pool);
  if (link == null) return null;
  const endpoint = changetype<Endpoint>(link);
  endpoint.events = 0;
  clearWords(changetype<usize>(endpoint) + CLEARED, pool.entryLen - CLEARED);
  clearLink(newsOf(endpoint));
  endpoint.taken = 1;
  return endpoint;
}

/** Frees the slot of an endpoint that is in no table, and whose handle is void. */
export function releaseEndpoint(endpoint: Endpoint): void {
  endpoint.state = 0;
  endpoint.taken = 0;
  unlink(endpoint);
  append(poolOf(endpoint.kind), endpoint);
}

/** The host's handle is void from now on, and there is nothing more to tell. */
export function voidHandle(endpoint: Endpoint): void {
  endpoint.generation = (endpoint.generation + 1) & <u16>GENERATIONS;
  endpoint.events = 0;
  unlink(newsOf(endpoint));
}

/** The endpoint's place in the event queue. */
export function newsOf(endpoint: Endpoint): Link {
  return changetype<Link>(changetype<usize>(endpoint) + offsetof<Endpoint>("news"));
}

/** The endpoint of a place in the event queue. */
export function endpointOfNews(link: Link): Endpoint {
  return changetype<Endpoint>(changetype<usize>(link) - offsetof<Endpoint>("news"));
}

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
  endpoint.ecn = 0;
  endpoint.switches = <u8>(
    Switch.Timestamps | Switch.Sack | Switch.UserTimeoutChangeable | Switch.SoftErrors |
    (IS_SMALL ? Switch.NewReno : 0)
  );
}

/** What `Option.Ecn` was set to. */
export function ecnSetting(endpoint: Endpoint): u8 {
  return HAS_PACING ? endpoint.ecn & ~PACED : endpoint.ecn;
}

/** Takes over the settings of `from`. */
export function copySettings(to: Endpoint, from: Endpoint): void {
  const at = changetype<usize>(to) + SETTINGS;
  const there = changetype<usize>(from) + SETTINGS;
  store<u64>(at, load<u64>(there));
  store<u64>(at, load<u64>(there, 8), 8);
  to.ecn = from.ecn;
}
