/** A connection's status by the names of Linux's `tcp_info`, and by our own. */
import type { Stack } from "../stack.js";
import type { ConnectionStatus } from "../status.js";
import { CallError } from "./values.js";

/** The numbers of include/net/tcp_states.h. */
const LINUX_STATES: Record<string, number> = {
  "ESTABLISHED": 1, "SYN-SENT": 2, "SYN-RECEIVED": 3, "FIN-WAIT-1": 4, "FIN-WAIT-2": 5,
  "TIME-WAIT": 6, "CLOSED": 7, "CLOSE-WAIT": 8, "LAST-ACK": 9, "LISTEN": 10, "CLOSING": 11,
};

/** Names that scripts use beside fields. */
const CONSTANTS: Record<string, number> = {
  TCP_ESTABLISHED: 1, TCP_SYN_SENT: 2, TCP_SYN_RECV: 3, TCP_FIN_WAIT1: 4, TCP_FIN_WAIT2: 5,
  TCP_TIME_WAIT: 6, TCP_CLOSE: 7, TCP_CLOSE_WAIT: 8, TCP_LAST_ACK: 9, TCP_LISTEN: 10,
  TCP_CLOSING: 11,
  TCP_CA_Open: 0, TCP_CA_Disorder: 1, TCP_CA_CWR: 2, TCP_CA_Recovery: 3, TCP_CA_Loss: 4,
  TCPI_OPT_TIMESTAMPS: 1, TCPI_OPT_SACK: 2, TCPI_OPT_WSCALE: 4, TCPI_OPT_ECN: 8,
  TCPI_OPT_ECN_SEEN: 16, TCPI_OPT_SYN_DATA: 32,
};

/** Bits of tcpi_options, by our names of the flags. */
const OPTION_FLAGS: Record<string, number> = { timestamps: 1, sack: 2, windowScale: 4, ecn: 8 };

/** Linux says this for "no threshold yet". */
const NO_THRESHOLD = 0x7fffffff;

type Field = (status: ConnectionStatus, stack: Stack) => unknown;

const FIELDS: Record<string, Field> = {
  tcpi_state: ({ state }) => LINUX_STATES[state] ?? 0,
  tcpi_options: ({ flags }) => flags.reduce((bits, flag) => bits | (OPTION_FLAGS[flag] ?? 0), 0),
  tcpi_rto: ({ retransmissionTimeoutMs }) => retransmissionTimeoutMs * 1000,
  tcpi_rtt: ({ smoothedRttUs }) => smoothedRttUs,
  tcpi_rttvar: ({ rttVariationUs }) => rttVariationUs,
  tcpi_snd_mss: ({ segmentSize }) => segmentSize,
  tcpi_snd_cwnd: ({ congestionWindow, segmentSize }) =>
    Math.floor(congestionWindow / Math.max(1, segmentSize)),
  tcpi_snd_ssthresh: ({ slowStartThreshold, segmentSize }) =>
    slowStartThreshold > 0x3fffffff ? NO_THRESHOLD
      : Math.floor(slowStartThreshold / Math.max(1, segmentSize)),
  tcpi_snd_wnd: ({ sendWindow }) => sendWindow,
  tcpi_rcv_wnd: ({ receiveWindow }) => receiveWindow,
  tcpi_rcv_space: ({ receiveWindow }) => receiveWindow,
  tcpi_retransmits: ({ retransmissions }) => retransmissions,
  tcpi_backoff: ({ retransmissions }) => retransmissions,
  tcpi_unacked: (status) => segmentsOf(status, inFlight(status)),
  tcpi_notsent_bytes: (status) => Math.max(0, status.sendQueue - inFlight(status)),
  tcpi_total_retrans: (_, stack) => stack.counter("TcpRetransmissions"),
};

/** Linux's fields that nothing here is like; 0 would be a lie. Without "tcpi_". */
const OTHER_FIELDS = new Set((
  "ca_state probes snd_wscale rcv_wscale delivery_rate_app_limited fastopen_client_fail ato " +
  "rcv_mss sacked lost retrans fackets last_data_sent last_ack_sent last_data_recv " +
  "last_ack_recv pmtu rcv_ssthresh advmss reordering rcv_rtt pacing_rate max_pacing_rate " +
  "bytes_acked bytes_received segs_out segs_in min_rtt data_segs_in data_segs_out " +
  "delivery_rate busy_time rwnd_limited sndbuf_limited delivered delivered_ce bytes_sent " +
  "bytes_retrans dsack_dups reord_seen rcv_ooopack total_rto total_rto_recoveries total_rto_time"
).split(" ").map((name) => `tcpi_${name}`));

/** An assertion needs what nothing here is like: it is left out, and a note says so. */
export class NoCounterpart extends Error {
  override readonly name = "NoCounterpart";
}

function inFlight({ sendNext, sendUnacknowledged }: ConnectionStatus): number {
  return (sendNext - sendUnacknowledged) >>> 0;
}

function segmentsOf({ segmentSize }: ConnectionStatus, octets: number): number {
  return Math.ceil(octets / Math.max(1, segmentSize));
}

/** The value of a name; undefined when it has none. Throws CallError. */
export function infoOf(
  status: ConnectionStatus | undefined, stack: Stack,
): (name: string) => unknown {
  return (name) => {
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name];
    const isField = Object.hasOwn(FIELDS, name);
    if (OTHER_FIELDS.has(name)) throw new NoCounterpart(name);
    if (status === undefined) {
      // No connection any more is as good as a closed one to those who ask for the state.
      if (name === "tcpi_state") return CONSTANTS["TCP_CLOSE"];
      if (name === "state") return "CLOSED";
      if (isField) throw new CallError(`${name}: there is no connection`);
      return counterOr(stack, name);
    }
    if (isField) return FIELDS[name]!(status, stack);
    const own = { ...status, ...shortNames(status) } as Record<string, unknown>;
    return Object.hasOwn(own, name) ? own[name] : counterOr(stack, name);
  };
}

function shortNames(status: ConnectionStatus) {
  return {
    rto: status.retransmissionTimeoutMs, cwnd: status.congestionWindow,
    ssthresh: status.slowStartThreshold, rtt: status.smoothedRttUs, mss: status.segmentSize,
  };
}

function counterOr(stack: Stack, name: string): unknown {
  const counters = stack.counters() as Record<string, number>;
  return Object.hasOwn(counters, name) ? counters[name] : undefined;
}
