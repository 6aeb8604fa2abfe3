/**
 * The core's numbers in words: states as RFC 9293 prints them, reasons, flags, counters. The tables
 * are indexed by the enums in `assembly/abi/`, and the compiler checks that none is left out.
 */
import * as counterModule from "../assembly/abi/counter.js";
import { Reason, SoftError } from "../assembly/abi/error.js";
import { Event } from "../assembly/abi/event.js";
import { Option } from "../assembly/abi/option.js";
import { State } from "../assembly/abi/state.js";
import { NeighbourState, Phase, StatusFlag, Table } from "../assembly/abi/status.js";

/** RFC 9293 section 3.3.2. */
export const STATE_NAMES = {
  [State.Closed]: "CLOSED",
  [State.Listen]: "LISTEN",
  [State.SynSent]: "SYN-SENT",
  [State.SynReceived]: "SYN-RECEIVED",
  [State.Established]: "ESTABLISHED",
  [State.FinWait1]: "FIN-WAIT-1",
  [State.FinWait2]: "FIN-WAIT-2",
  [State.CloseWait]: "CLOSE-WAIT",
  [State.Closing]: "CLOSING",
  [State.LastAck]: "LAST-ACK",
  [State.TimeWait]: "TIME-WAIT",
} as const satisfies Record<Exclude<State, State.Count>, string>;
export type StateName = (typeof STATE_NAMES)[keyof typeof STATE_NAMES];

/** RFC 4861 section 7.3.2, whose names ARP caches use too. */
export const NEIGHBOUR_STATE_NAMES = {
  [NeighbourState.Free]: "FREE",
  [NeighbourState.Incomplete]: "INCOMPLETE",
  [NeighbourState.Reachable]: "REACHABLE",
  [NeighbourState.Stale]: "STALE",
  [NeighbourState.Probe]: "PROBE",
  [NeighbourState.Failed]: "FAILED",
} as const satisfies Record<NeighbourState, string>;
export type NeighbourStateName =
  (typeof NEIGHBOUR_STATE_NAMES)[keyof typeof NEIGHBOUR_STATE_NAMES];

/** How far the interface is with its address. */
export const PHASE_NAMES = {
  [Phase.Down]: "DOWN",
  [Phase.Probing]: "PROBING",
  [Phase.Announcing]: "ANNOUNCING",
  [Phase.Ready]: "READY",
  [Phase.Conflict]: "CONFLICT",
  [Phase.Quiet]: "QUIET",
} as const satisfies Record<Phase, string>;
export type PhaseName = (typeof PHASE_NAMES)[keyof typeof PHASE_NAMES];

export const REASON_NAMES = {
  [Reason.None]: "none",
  [Reason.Finished]: "finished",
  [Reason.Reset]: "reset",
  [Reason.Refused]: "refused",
  [Reason.TimedOut]: "timed out",
  [Reason.Unreachable]: "unreachable",
  [Reason.Aborted]: "aborted",
} as const satisfies Record<Exclude<Reason, Reason.Count>, string>;
export type ReasonName = (typeof REASON_NAMES)[keyof typeof REASON_NAMES];

export const SOFT_ERROR_NAMES = {
  [SoftError.None]: "none",
  [SoftError.Unreachable]: "unreachable",
  [SoftError.TimeExceeded]: "time exceeded",
  [SoftError.ParameterProblem]: "parameter problem",
  [SoftError.Refused]: "refused",
  [SoftError.Neighbour]: "no answer to ARP",
  [SoftError.Retransmitting]: "retransmitting",
} as const satisfies Record<SoftError, string>;
export type SoftErrorName = (typeof SOFT_ERROR_NAMES)[keyof typeof SOFT_ERROR_NAMES];

export const TABLE_NAMES = {
  [Table.Connections]: "connections",
  [Table.Listeners]: "listeners",
  [Table.HalfOpen]: "half-open",
  [Table.TimeWait]: "time-wait",
  [Table.Neighbours]: "neighbours",
  [Table.Interfaces]: "interfaces",
} as const satisfies Record<Table, string>;
export type TableName = (typeof TABLE_NAMES)[keyof typeof TABLE_NAMES];

/** The tables of a netstat listing, in its order. */
export const LISTED_TABLES: readonly TableName[] = [
  "listeners", "connections", "half-open", "time-wait", "neighbours",
];

const EVENT_NAMES = {
  connected: Event.Connected,
  readable: Event.Readable,
  writable: Event.Writable,
  peerFinished: Event.PeerFinished,
  closed: Event.Closed,
  softError: Event.SoftError,
  acceptable: Event.Acceptable,
  sent: Event.Sent,
  urgent: Event.Urgent,
} as const satisfies Record<Uncapitalize<keyof typeof Event>, Event>;
export type EventName = keyof typeof EVENT_NAMES;

const STATUS_FLAG_NAMES = {
  peerFinished: StatusFlag.PeerFinished,
  finishing: StatusFlag.Finishing,
  passive: StatusFlag.Passive,
  orphan: StatusFlag.Orphan,
  windowScale: StatusFlag.WindowScale,
  pending: StatusFlag.Pending,
  sack: StatusFlag.Sack,
  timestamps: StatusFlag.Timestamps,
  ecn: StatusFlag.Ecn,
  accurateEcn: StatusFlag.AccurateEcn,
  cubic: StatusFlag.Cubic,
} as const satisfies Record<Uncapitalize<keyof typeof StatusFlag>, StatusFlag>;
export type StatusFlagName = keyof typeof STATUS_FLAG_NAMES;

/** The settings of a connection, see `assembly/abi/option.ts` for units and ranges. */
export const OPTIONS = {
  noDelay: Option.NoDelay,
  keepAlive: Option.KeepAlive,
  keepAliveIdle: Option.KeepAliveIdle,
  keepAliveInterval: Option.KeepAliveInterval,
  keepAliveCount: Option.KeepAliveCount,
  userTimeout: Option.UserTimeout,
  timeToLive: Option.TimeToLive,
  diffServ: Option.DiffServ,
  minRto: Option.MinRto,
  ackDelay: Option.AckDelay,
  maxSegment: Option.MaxSegment,
  timestamps: Option.Timestamps,
  sack: Option.Sack,
  userTimeoutOption: Option.UserTimeoutOption,
  userTimeoutChangeable: Option.UserTimeoutChangeable,
  softErrors: Option.SoftErrors,
  ecn: Option.Ecn,
  congestion: Option.Congestion,
  pacing: Option.Pacing,
} as const satisfies Record<Uncapitalize<Exclude<keyof typeof Option, "Count">>, Option>;
export type OptionName = keyof typeof OPTIONS;
/** Some of the settings: `{ minRto: 200, timeToLive: 32 }`. */
export type TcpOptions = Partial<Record<OptionName, number | boolean>>;

export type CounterName = Exclude<keyof typeof counterModule.Counter, "Count">;

/** The names of `Counter`, each at its number. */
export const COUNTER_NAMES: readonly CounterName[] = counterNames();

/**
 * A const enum may not be listed in TypeScript; the object that the compilers make of it may
 * (esbuild always makes one, tsc with `preserveConstEnums`). So the 70-odd names need no copy here.
 */
function counterNames(): CounterName[] {
  const module = counterModule as unknown as Record<string, Record<string, number> | undefined>;
  const numbers = module["Counter"];
  if (numbers === undefined) throw new Error("compiled without preserveConstEnums (tsconfig.json)");
  const names: CounterName[] = [];
  for (const [name, number] of Object.entries(numbers)) {
    if (typeof number === "number" && name !== "Count") names[number] = name as CounterName;
  }
  return names;
}

export function eventNames(bits: number): EventName[] {
  return bitNames(EVENT_NAMES, bits);
}

export function statusFlagNames(bits: number): StatusFlagName[] {
  return bitNames(STATUS_FLAG_NAMES, bits);
}

function bitNames<Name extends string>(table: Record<Name, number>, bits: number): Name[] {
  return (Object.keys(table) as Name[]).filter((name) => (bits & table[name]) !== 0);
}

/** The word for a number of the core's; a number without one is shown as it is. */
export function nameOf<Name extends string>(table: Record<number, Name>, value: number): Name {
  return table[value] ?? (`${value}?` as Name);
}
