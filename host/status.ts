/**
 * The `Status` record of the core as an object: one entry of the netstat listing. See
 * `assembly/abi/status.ts` for the words.
 */
import { State } from "../assembly/abi/state.js";
import { Status, Table, Timers } from "../assembly/abi/status.js";
import { formatAddress, formatMac } from "./address.js";
import {
  NEIGHBOUR_STATE_NAMES, type NeighbourStateName, PHASE_NAMES, type PhaseName, REASON_NAMES,
  type ReasonName, SOFT_ERROR_NAMES, type SoftErrorName, STATE_NAMES, type StateName,
  type StatusFlagName, TABLE_NAMES, type TableName, nameOf, statusFlagNames,
} from "./names.js";

/** One entry of a table. Sequence numbers are 32-bit and wrap; sizes are in octets. */
export interface ConnectionStatus {
  table: TableName;
  /** 0 for entries without one: half-open, TIME-WAIT, neighbours. */
  handle: number;
  /** As printed in RFC 9293: "SYN-RECEIVED". Neighbours: "REACHABLE", interfaces: "READY", … */
  state: StateName | NeighbourStateName | PhaseName;
  /** "0.0.0.0" for any. Neighbours: the MAC address, zeros while it is not known. */
  localAddress: string;
  remoteAddress: string;
  localPort: number;
  remotePort: number;
  /** Octets sent or to be sent, not yet acknowledged. Listeners: the backlog. */
  sendQueue: number;
  /** Octets received in order, not yet read. Listeners: connections to accept. */
  receiveQueue: number;
  /** SND.UNA, SND.NXT, SND.WND, RCV.NXT, RCV.WND of RFC 9293 section 3.3.1. */
  sendUnacknowledged: number;
  sendNext: number;
  sendWindow: number;
  receiveNext: number;
  receiveWindow: number;
  congestionWindow: number;
  slowStartThreshold: number;
  /** Octets of text in the largest segment we send. */
  segmentSize: number;
  smoothedRttUs: number;
  rttVariationUs: number;
  retransmissionTimeoutMs: number;
  /** How often the oldest outstanding segment was sent again. */
  retransmissions: number;
  /** Why the connection ended; "none" while it has not. */
  reason: ReasonName;
  /** Trouble that did not end it. */
  softError: SoftErrorName;
  /** The states taken, oldest first; only the last eight are known. */
  path: StateName[];
  flags: StatusFlagName[];
  /** Milliseconds left of the timers that run; those that do not are absent. */
  timers: Partial<Record<TimerName, number>>;
  /** Octets held out of order. */
  outOfOrder: number;
  /** Octets of the largest IP packet that the path, or the peer, is thought to take. */
  pathMtu: number;
  /** Octets to be read before the stream is not urgent any more. */
  urgentLeft: number;
  /** R2 in seconds: what was set, or what follows from the peer's (RFC 5482). */
  userTimeout: number;
}

const TIMER_WORDS = {
  retransmit: Status.RetransmitTimer,
  persist: Status.PersistTimer,
  ack: Status.AckTimer,
  keepAlive: Status.KeepAliveTimer,
  timeWait: Status.TimeWaitTimer,
  synAck: Status.SynAckTimer,
} as const;
export type TimerName = keyof typeof TIMER_WORDS;

/** The tables that hold no connections have states of their own. */
const STATES_OF: Partial<Record<Table, Record<number, ConnectionStatus["state"]>>> = {
  [Table.Neighbours]: NEIGHBOUR_STATE_NAMES,
  [Table.Interfaces]: PHASE_NAMES,
};

/** Decodes the record at word `at` of the core's memory. */
export function decodeStatus(
  octets: Uint8Array, words: Uint32Array, at: number, table: Table,
): ConnectionStatus {
  const word = (index: Status): number => words[at + index]!;
  const address = (index: Status): string => formatAddress(octets, (at + index) * 4);
  return {
    table: TABLE_NAMES[table],
    handle: word(Status.Handle),
    state: nameOf(STATES_OF[table] ?? STATE_NAMES, word(Status.State)),
    localAddress:
      table === Table.Neighbours
        ? decodeMac(octets, (at + Status.LocalAddress) * 4)
        : address(Status.LocalAddress),
    remoteAddress: address(Status.RemoteAddress),
    localPort: word(Status.LocalPort),
    remotePort: word(Status.RemotePort),
    sendQueue: word(Status.SendQueue),
    receiveQueue: word(Status.ReceiveQueue),
    sendUnacknowledged: word(Status.SendUnacknowledged),
    sendNext: word(Status.SendNext),
    sendWindow: word(Status.SendWindow),
    receiveNext: word(Status.ReceiveNext),
    receiveWindow: word(Status.ReceiveWindow),
    congestionWindow: word(Status.CongestionWindow),
    slowStartThreshold: word(Status.SlowStartThreshold),
    segmentSize: word(Status.SegmentSize),
    smoothedRttUs: word(Status.SmoothedRtt),
    rttVariationUs: word(Status.RttVariation),
    retransmissionTimeoutMs: word(Status.RetransmissionTimeout),
    retransmissions: word(Status.Retransmissions),
    reason: nameOf(REASON_NAMES, word(Status.Reason)),
    softError: nameOf(SOFT_ERROR_NAMES, word(Status.SoftError)),
    path: table in STATES_OF ? [] : decodePath(word(Status.Path)),
    flags: statusFlagNames(word(Status.Flags)),
    timers: decodeTimers(words, at),
    outOfOrder: word(Status.OutOfOrder),
    pathMtu: word(Status.PathMtu),
    urgentLeft: word(Status.UrgentLeft),
    userTimeout: word(Status.UserTimeout),
  };
}

/** The core has it in two pieces: four octets, and eight further on two. */
function decodeMac(octets: Uint8Array, at: number): string {
  const tail = octets.subarray(at + 8, at + 10);
  return formatMac(Uint8Array.of(...octets.subarray(at, at + 4), ...tail));
}

/**
 * Eight states of four bits, the newest lowest. Unused high places are 0, which is CLOSED too: they
 * are told apart because no connection is CLOSED before anything but its end.
 */
function decodePath(packed: number): StateName[] {
  const path: StateName[] = [];
  for (let shift = 28; shift >= 0; shift -= 4) {
    const state = (packed >>> shift) & 15;
    if (state !== State.Closed || path.length > 0) path.push(nameOf(STATE_NAMES, state));
  }
  return path.length > 0 ? path : ["CLOSED"];
}

function decodeTimers(words: Uint32Array, at: number): Partial<Record<TimerName, number>> {
  const timers: Partial<Record<TimerName, number>> = {};
  for (const name of Object.keys(TIMER_WORDS) as TimerName[]) {
    const leftMs = words[at + TIMER_WORDS[name]]!;
    if (leftMs !== Timers.Off) timers[name] = leftMs;
  }
  return timers;
}
