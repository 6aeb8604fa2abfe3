/*
 * The numbers that the stack takes and gives. Made from assembly/abi/ by
 * host/tools/board/abi_header.ts: not to be edited.
 */
#ifndef MOTETCP_ABI_H
#define MOTETCP_ABI_H

/**
 * The budget: how much of everything one stack has. An array of u32 words at `parametersPtr()`,
 * read once by `memoryNeeded` and `init`. Word 0 is its size in octets, so a host built against an
 * older, shorter budget still fits; a word that is missing or 0 takes the build's default.
 */
enum motetcp_budget_word {
  /** Octets of this struct that the host has filled in, this word included; a multiple of 4. */
  MOTETCP_BUDGET_SIZE = 0,
  /** Listening ports. 1 to 4,096. */
  MOTETCP_BUDGET_LISTENERS,
  /** Connections, each with both rings. 1 to 65,535. */
  MOTETCP_BUDGET_CONNECTIONS,
  /** Half-open entries (SYN-RECEIVED by passive open), 64 octets each. 1 to 65,535. */
  MOTETCP_BUDGET_HALF_OPEN,
  /** TIME-WAIT entries, 64 octets each. 1 to 65,535. */
  MOTETCP_BUDGET_TIME_WAIT,
  /** Octets of a receive ring. A power of two, 256 to 1 MiB. */
  MOTETCP_BUDGET_RECEIVE_RING,
  /** Octets of a send ring. A power of two, 256 to 1 MiB. */
  MOTETCP_BUDGET_SEND_RING,
  /** Ranges of out-of-order data remembered for each connection. 1 to 32. */
  MOTETCP_BUDGET_RANGES,
  /**
   * Transmission records for each connection, 8 octets each: how finely loss recovery tells apart
   * what is on its way. 4 to 250.
   */
  MOTETCP_BUDGET_RECORDS,
  /**
   * Buffers of the largest IP packet each: for datagrams in fragments, and the first also for an
   * ICMP message that waits to leave. 1 to 64.
   */
  MOTETCP_BUDGET_REASSEMBLY,
  /** Replies that belong to no connection (RST, SYN+ACK, ARP) waiting to leave. 1 to 4,096. */
  MOTETCP_BUDGET_REPLIES,
  /** Neighbours (ARP cache). 1 to 4,096. */
  MOTETCP_BUDGET_NEIGHBOURS,
  /** Octets of the largest IP packet, in and out. 576 to 65,535. */
  MOTETCP_BUDGET_MTU,
  /** Maximum segment lifetime in seconds; TIME-WAIT lasts twice that. 1 to 120. */
  MOTETCP_BUDGET_MSL_SECONDS,
  /** Challenge ACKs (RFC 5961) of all connections in a second, about. 1 to 65,535. */
  MOTETCP_BUDGET_CHALLENGES,
  MOTETCP_BUDGET_WORDS,
};

/**
 * What the stack counts: u32 words at `countersPtr()`, wrapping. Every frame that `receive` takes
 * ends under exactly one `Drop...` or one `In...` that is not a total.
 */
enum motetcp_counter {
  /** Frames given to `receive`, and their octets. */
  MOTETCP_COUNTER_FRAMES_IN = 0,
  MOTETCP_COUNTER_OCTETS_IN,
  /** Frames taken by `transmit`, and their octets. */
  MOTETCP_COUNTER_FRAMES_OUT,
  MOTETCP_COUNTER_OCTETS_OUT,
  MOTETCP_COUNTER_IN_ARP,
  /** A fragment that waits for the others; the one that makes the datagram whole counts as that. */
  MOTETCP_COUNTER_IN_IP_FRAGMENT,
  MOTETCP_COUNTER_IN_ICMP_ECHO,
  MOTETCP_COUNTER_IN_ICMP_ECHO_REPLY,
  MOTETCP_COUNTER_IN_ICMP_ERROR,
  MOTETCP_COUNTER_IN_TCP,
  MOTETCP_COUNTER_DROP_NO_INTERFACE,
  MOTETCP_COUNTER_DROP_FRAME_LENGTH,
  MOTETCP_COUNTER_DROP_NOT_FOR_US,
  MOTETCP_COUNTER_DROP_ETHER_TYPE,
  MOTETCP_COUNTER_DROP_SLIP,
  MOTETCP_COUNTER_DROP_ARP_MALFORMED,
  MOTETCP_COUNTER_DROP_ARP_NOT_FOR_US,
  MOTETCP_COUNTER_DROP_IP_MALFORMED,
  MOTETCP_COUNTER_DROP_IP_CHECKSUM,
  MOTETCP_COUNTER_DROP_IP_VERSION,
  /** A fragment that can be no part of a datagram: odd length, tiny, beyond the MTU. */
  MOTETCP_COUNTER_DROP_IP_FRAGMENT,
  /** A fragment that says otherwise than those before it: the whole datagram is given up. */
  MOTETCP_COUNTER_DROP_IP_FRAGMENT_OVERLAP,
  MOTETCP_COUNTER_DROP_IP_FRAGMENT_DUPLICATE,
  /** A fragment for which there was no buffer: an ICMP message waits in it. */
  MOTETCP_COUNTER_DROP_IP_FRAGMENT_BUSY,
  MOTETCP_COUNTER_DROP_IP_SOURCE,
  /** A source route that does not end here: we are no router. */
  MOTETCP_COUNTER_DROP_IP_SOURCE_ROUTE,
  MOTETCP_COUNTER_DROP_IP_DESTINATION,
  MOTETCP_COUNTER_DROP_IP_PROTOCOL,
  MOTETCP_COUNTER_DROP_IP_NOT_READY,
  MOTETCP_COUNTER_DROP_ICMP_MALFORMED,
  MOTETCP_COUNTER_DROP_ICMP_CHECKSUM,
  MOTETCP_COUNTER_DROP_ICMP_TYPE,
  MOTETCP_COUNTER_DROP_ICMP_UNMATCHED,
  MOTETCP_COUNTER_DROP_ICMP_BUSY,
  MOTETCP_COUNTER_DROP_ICMP_RATE,
  MOTETCP_COUNTER_DROP_UDP_MALFORMED,
  MOTETCP_COUNTER_DROP_UDP_CHECKSUM,
  MOTETCP_COUNTER_DROP_UDP_PORT,
  MOTETCP_COUNTER_DROP_TCP_MALFORMED,
  MOTETCP_COUNTER_DROP_TCP_CHECKSUM,
  MOTETCP_COUNTER_DROP_TCP_NO_CONNECTION,
  MOTETCP_COUNTER_DROP_TCP_LISTEN,
  MOTETCP_COUNTER_DROP_TCP_HALF_OPEN,
  MOTETCP_COUNTER_DROP_TCP_TIME_WAIT,
  /** SYN ignored: the accept queue is full. */
  MOTETCP_COUNTER_DROP_TCP_BACKLOG,
  /** The third segment ignored: no connection slot, or the accept queue is full. */
  MOTETCP_COUNTER_DROP_TCP_NO_SLOT,
  MOTETCP_COUNTER_TCP_OUT_OF_WINDOW,
  MOTETCP_COUNTER_TCP_BAD_ACK,
  MOTETCP_COUNTER_TCP_DUPLICATE_TEXT,
  MOTETCP_COUNTER_TCP_OUT_OF_ORDER_TEXT,
  MOTETCP_COUNTER_TCP_TEXT_BEYOND_RANGES,
  MOTETCP_COUNTER_TCP_RESET_RECEIVED,
  MOTETCP_COUNTER_TCP_CHALLENGE_ACKS,
  MOTETCP_COUNTER_TCP_CHALLENGES_LIMITED,
  /** Dropped: older than what came before, by its timestamp (PAWS). */
  MOTETCP_COUNTER_TCP_TIMESTAMP_OLD,
  /** Dropped: without the timestamp that was agreed on. */
  MOTETCP_COUNTER_TCP_TIMESTAMP_MISSING,
  MOTETCP_COUNTER_TCP_ACTIVE_OPENS,
  MOTETCP_COUNTER_TCP_PASSIVE_OPENS,
  MOTETCP_COUNTER_TCP_SEGMENTS_OUT,
  MOTETCP_COUNTER_TCP_RETRANSMISSIONS,
  MOTETCP_COUNTER_TCP_RETRANSMISSION_TIMEOUTS,
  MOTETCP_COUNTER_TCP_FAST_RETRANSMITS,
  /** Probes for a loss at the end of what was sent (RFC 8985). */
  MOTETCP_COUNTER_TCP_TAIL_PROBES,
  /** Connections on which segments were seen to overtake each other. */
  MOTETCP_COUNTER_TCP_REORDERINGS,
  /** ACKs that told of what came twice (RFC 2883). */
  MOTETCP_COUNTER_TCP_DUPLICATES_TOLD,
  /** Reductions of the window taken back: nothing had been lost (RFC 4015, RFC 5682). */
  MOTETCP_COUNTER_TCP_SPURIOUS_RECOVERIES,
  /** The window was halved for marks of congestion (ECN). */
  MOTETCP_COUNTER_TCP_ECN_REDUCTIONS,
  /** Segments of a connection grew smaller: a router said so (RFC 1191), or no answer came. */
  MOTETCP_COUNTER_TCP_SEGMENT_SIZE_LOWERED,
  /** They grew larger again: one that was tried came through. */
  MOTETCP_COUNTER_TCP_SEGMENT_SIZE_RAISED,
  MOTETCP_COUNTER_TCP_WINDOW_PROBES,
  MOTETCP_COUNTER_TCP_KEEP_ALIVES,
  MOTETCP_COUNTER_TCP_RESETS_SENT,
  MOTETCP_COUNTER_TCP_TIMEOUTS,
  MOTETCP_COUNTER_TCP_SYN_ACK_RETRANSMISSIONS,
  /** A half-open entry gave up waiting for the third segment. */
  MOTETCP_COUNTER_TCP_HALF_OPEN_EXPIRED,
  /** SYNs answered with a cookie, as there was no room for an entry. */
  MOTETCP_COUNTER_TCP_COOKIES_SENT,
  /** Connections opened by the third segment of such a handshake. */
  MOTETCP_COUNTER_TCP_COOKIES_ACCEPTED,
  /** The oldest TIME-WAIT entry made room for a newer one. */
  MOTETCP_COUNTER_TCP_TIME_WAIT_EVICTED,
  MOTETCP_COUNTER_TCP_CONNECTIONS_REFUSED,
  MOTETCP_COUNTER_REPLIES_DROPPED,
  MOTETCP_COUNTER_REPLIES_UNRESOLVED,
  MOTETCP_COUNTER_IP_REASSEMBLED,
  MOTETCP_COUNTER_IP_REASSEMBLY_TIMEOUTS,
  MOTETCP_COUNTER_IP_REASSEMBLIES_EVICTED,
  MOTETCP_COUNTER_ARP_REQUESTS_SENT,
  MOTETCP_COUNTER_ARP_REPLIES_SENT,
  MOTETCP_COUNTER_NEIGHBOURS_EVICTED,
  MOTETCP_COUNTER_NEIGHBOURS_FAILED,
  /** Said otherwise within a second of an answer: not believed. */
  MOTETCP_COUNTER_NEIGHBOURS_CONTRADICTED,
  MOTETCP_COUNTER_ADDRESS_CONFLICTS,
  /** Timers handled. */
  MOTETCP_COUNTER_TIMERS_FIRED,
  /** `now` went backwards: time stood still for the call. */
  MOTETCP_COUNTER_CLOCK_BACKWARDS,
  MOTETCP_COUNTER_COUNT,
};

/** What a call answers when it refuses: always negative, so `result < 0` is the test. */
enum motetcp_err {
  /** The handle is not, or no longer, of anything: "connection does not exist". */
  MOTETCP_ERR_HANDLE = -1,
  /** The connection's state does not allow the call: "connection closing", "already listening". */
  MOTETCP_ERR_STATE = -2,
  /** Every slot of the table is taken: "insufficient resources". */
  MOTETCP_ERR_FULL = -3,
  /** An argument is out of range. */
  MOTETCP_ERR_INVALID = -4,
  /** The address and port are taken: "connection already exists". */
  MOTETCP_ERR_IN_USE = -5,
  /** There is no way to the address: no gateway, or our own address is not ready. */
  MOTETCP_ERR_UNREACHABLE = -6,
  /** The budget has a word out of range: word 0 of the parameters says which. */
  MOTETCP_ERR_BUDGET = -7,
  /** The memory behind the arena is smaller than `memoryNeeded`. */
  MOTETCP_ERR_MEMORY = -8,
  /** `init` has not been called, or failed. */
  MOTETCP_ERR_NOT_READY = -9,
};

/** Why a connection ended. Survives until the handle is released. */
enum motetcp_reason {
  /** It has not ended. */
  MOTETCP_REASON_NONE = 0,
  /** Both sides sent FIN and both were acknowledged. */
  MOTETCP_REASON_FINISHED = 1,
  /** The peer sent RST. */
  MOTETCP_REASON_RESET = 2,
  /** The peer answered our SYN with RST, or its host with "port unreachable". */
  MOTETCP_REASON_REFUSED = 3,
  /** Retransmissions, probes or keep-alives went unanswered for too long. */
  MOTETCP_REASON_TIMED_OUT = 4,
  /** No route, no answer to ARP, or a router said so, while connecting. */
  MOTETCP_REASON_UNREACHABLE = 5,
  /** Our side called `abort`. */
  MOTETCP_REASON_ABORTED = 6,
  MOTETCP_REASON_COUNT = 7,
};

/** Trouble that does not end a connection (RFC 9293 section 3.9.2.2, RFC 5461). */
enum motetcp_soft_error {
  MOTETCP_SOFT_ERROR_NONE = 0,
  /** ICMP: network or host unreachable, source route failed. */
  MOTETCP_SOFT_ERROR_UNREACHABLE = 1,
  /** ICMP: time to live exceeded. */
  MOTETCP_SOFT_ERROR_TIME_EXCEEDED = 2,
  /** ICMP: parameter problem. */
  MOTETCP_SOFT_ERROR_PARAMETER_PROBLEM = 3,
  /** ICMP: protocol or port unreachable, for a connection that is past its SYN (RFC 5461). */
  MOTETCP_SOFT_ERROR_REFUSED = 4,
  /** The neighbour does not answer ARP. */
  MOTETCP_SOFT_ERROR_NEIGHBOUR = 5,
  /** R1 retransmissions of one segment (RFC 9293 section 3.8.3). */
  MOTETCP_SOFT_ERROR_RETRANSMITTING = 6,
};

/** What became true of a handle since `nextEvent` last named it: bits, so events coalesce. */
enum motetcp_event {
  /** The connection reached ESTABLISHED. */
  MOTETCP_EVENT_CONNECTED = 1,
  /** There is more to read. */
  MOTETCP_EVENT_READABLE = 2,
  /**
   * The send ring has room again after it had refused octets; or, with `Connected`, for the first
   * time. Of a connection from `accept` that is not said: octets may be written to it at once.
   */
  MOTETCP_EVENT_WRITABLE = 4,
  /** The peer's FIN is next in the stream: nothing follows what can be read now. */
  MOTETCP_EVENT_PEER_FINISHED = 8,
  /** The connection is over; `status` has the `Reason`. Only what is in the ring can be read. */
  MOTETCP_EVENT_CLOSED = 16,
  /** Trouble that does not end the connection; `status` has the `SoftError`. */
  MOTETCP_EVENT_SOFT_ERROR = 32,
  /** A listener has a connection to accept. */
  MOTETCP_EVENT_ACCEPTABLE = 64,
  /** All octets and the FIN that were queued have been acknowledged. */
  MOTETCP_EVENT_SENT = 128,
  /** The peer's urgent pointer has advanced; `status` has how much is left (RFC 9293 3.8.5). */
  MOTETCP_EVENT_URGENT = 256,
};

/** Settings of a connection, or of a listener for the connections it will accept. */
enum motetcp_option {
  /** 1: send small segments at once (turns Nagle's algorithm off, RFC 9293 section 3.7.4). */
  MOTETCP_OPTION_NO_DELAY = 0,
  /** 1: probe an idle peer (RFC 9293 section 3.8.4). 0 by default. */
  MOTETCP_OPTION_KEEP_ALIVE,
  /** Seconds of silence before the first keep-alive probe. 1 to 65,535; 7,200 by default. */
  MOTETCP_OPTION_KEEP_ALIVE_IDLE,
  /** Seconds between keep-alive probes. 1 to 65,535; 75 by default. */
  MOTETCP_OPTION_KEEP_ALIVE_INTERVAL,
  /** Unanswered probes before the connection is given up. 1 to 255; 9 by default. */
  MOTETCP_OPTION_KEEP_ALIVE_COUNT,
  /** R2: seconds of unanswered retransmission before giving up. 1 to 65,535; 300 by default. */
  MOTETCP_OPTION_USER_TIMEOUT,
  /** Hop limit of IP packets. 1 to 255; 64 by default. */
  MOTETCP_OPTION_TIME_TO_LIVE,
  /** The IP header's Differentiated Services and ECN octet. 0 to 255; 0 by default. */
  MOTETCP_OPTION_DIFF_SERV,
  /**
   * Milliseconds below which the retransmission timeout never falls, nor the one before a round
   * trip is known, which is a second otherwise. 10 to 60,000; 1,000 by default.
   */
  MOTETCP_OPTION_MIN_RTO,
  /** Milliseconds that an acknowledgment may wait. 0 to 499; 40 by default. */
  MOTETCP_OPTION_ACK_DELAY,
  /** Largest segment we announce. 88 to 65,495; what the interface allows by default. */
  MOTETCP_OPTION_MAX_SEGMENT,
  /** 1: offer timestamps and accept them (RFC 7323). 1 by default; counts until the SYN is sent. */
  MOTETCP_OPTION_TIMESTAMPS,
  /** 1: offer and accept selective acknowledgment (RFC 2018). 1 by default; the same. */
  MOTETCP_OPTION_SACK,
  /** 1: tell the peer our user timeout, and heed the peer's (RFC 5482). 0 by default. */
  MOTETCP_OPTION_USER_TIMEOUT_OPTION,
  /**
   * 1: the peer's user timeout may change ours, to 100 to 3,600 seconds. 1 by default; setting
   * `UserTimeout` makes it 0 (RFC 5482 section 3.1: CHANGEABLE).
   */
  MOTETCP_OPTION_USER_TIMEOUT_CHANGEABLE,
  /** 1: `Event.SoftError` tells of soft errors (RFC 9293 section 3.9.1.8). 1 by default. */
  MOTETCP_OPTION_SOFT_ERRORS,
  /**
   * 1: ask for ECN when opening (RFC 3168); 2: for accurate ECN, or else ECN (RFC 9768; the board
   * build asks for ECN alone). 0 by default; who asks for either is always agreed with.
   */
  MOTETCP_OPTION_ECN,
  /** A `Congestion`: what the congestion window goes by. `Cubic` by default, if it is built in. */
  MOTETCP_OPTION_CONGESTION,
  /**
   * 1: segments leave spread over the round trip, not a window at once (RFC 9002 section 7.7). 0 by
   * default; not there in the build for boards, which refuses it.
   */
  MOTETCP_OPTION_PACING,
  MOTETCP_OPTION_COUNT,
};

/** Algorithms of congestion control. */
enum motetcp_congestion {
  /** CUBIC (RFC 9438), in the build for Node with HyStart++ (RFC 9406). */
  MOTETCP_CONGESTION_CUBIC = 0,
  /** RFC 5681 by the letter. */
  MOTETCP_CONGESTION_NEW_RENO = 1,
};

enum motetcp_link_kind {
  /** Ethernet II frames, with ARP. */
  MOTETCP_LINK_KIND_ETHERNET = 0,
  /** Bare IP packets: TUN, tests, and what the SLIP codec carries. */
  MOTETCP_LINK_KIND_IP = 1,
};

enum motetcp_interface_flag {
  /** Probe our address before its first use, then announce it (RFC 5227 sections 2.1, 2.3). */
  MOTETCP_INTERFACE_FLAG_PROBE = 1,
  /** Announce our address without having probed for it. */
  MOTETCP_INTERFACE_FLAG_ANNOUNCE = 2,
  /** Say nothing for an MSL first (RFC 9293 section 3.4.3): old segments of ours are gone then. */
  MOTETCP_INTERFACE_FLAG_QUIET = 4,
  /**
   * Not in the build for boards. The driver, or what is behind it, finishes TCP checksums and cuts
   * large segments: `transmit` may leave it both, see `Descriptor`. Frames are as large as the
   * frame slots are then, in both directions, whatever the interface's MTU.
   */
  MOTETCP_INTERFACE_FLAG_OFFLOAD = 8,
};

/** What calls say beside their result: u32 words at `descriptorPtr()`. */
enum motetcp_descriptor {
  /** The interface that the frame leaves by. */
  MOTETCP_DESCRIPTOR_INTERFACE = 0,
  /** Bits of `FrameFlag`. */
  MOTETCP_DESCRIPTOR_FLAGS,
  /** Octets of text of each TCP segment that the frame is to be cut into; 0: it stays whole. */
  MOTETCP_DESCRIPTOR_SEGMENT_SIZE,
  /** `nextEvent`: the bits of `Event` that are new. */
  MOTETCP_DESCRIPTOR_EVENTS,
  /** After any call: bits of `Waiting`. */
  MOTETCP_DESCRIPTOR_WAITING,
  /**
   * `sendSpace`, `commit`, `receiveLen`, `consume`, and `nextEvent` of a connection: where the
   * octets lie whose number they tell. What it holds is of no use when that is 0.
   */
  MOTETCP_DESCRIPTOR_AT,
  /** `nextEvent`: octets to read that lie in one piece, as from `receiveLen`; of listeners 0. */
  MOTETCP_DESCRIPTOR_RECEIVED,
  /**
   * Of what `At` tells of, and after the same calls: how many octets more fit, or lie, behind that
   * piece, at the ring's beginning. One `commit`, or `consume`, may be of both. In the build for
   * boards 0: what lies there comes with the next call.
   */
  MOTETCP_DESCRIPTOR_REST,
  /** Where those lie. Of no use when they are none. */
  MOTETCP_DESCRIPTOR_REST_AT,
  MOTETCP_DESCRIPTOR_WORDS,
};

/** What waits for the host. Never 0 when there is something; so no call need be made in vain. */
enum motetcp_waiting {
  /**
   * `transmit` has something to do beside timers, and most likely a frame. `serialTransmit`: has
   * octets, or a frame to make them of.
   */
  MOTETCP_WAITING_FRAMES = 1,
  /** `nextEvent` has news. */
  MOTETCP_WAITING_EVENTS = 256,
};

/** Flags of `commit`. */
enum motetcp_commit_flag {
  MOTETCP_COMMIT_FLAG_NONE = 0,
  /**
   * PUSH (RFC 9293 section 3.9.1.2). Makes no difference: nothing is held back for company, and the
   * last segment of what is queued always bears PSH (MUST-60, MUST-61). Nagle's algorithm does not
   * heed it (section 3.7.4); `Option.NoDelay` turns that off.
   */
  MOTETCP_COMMIT_FLAG_PUSH = 1,
  /**
   * URGENT: the stream is urgent up to the last of these octets (RFC 9293 section 3.8.5). There
   * must be one. Not for new applications (SHLD-13).
   */
  MOTETCP_COMMIT_FLAG_URGENT = 2,
};

/** The eleven states of RFC 9293 section 3.3.2, in the order in which the RFC lists them. */
enum motetcp_state {
  MOTETCP_STATE_CLOSED = 0,
  MOTETCP_STATE_LISTEN = 1,
  MOTETCP_STATE_SYN_SENT = 2,
  MOTETCP_STATE_SYN_RECEIVED = 3,
  MOTETCP_STATE_ESTABLISHED = 4,
  MOTETCP_STATE_FIN_WAIT1 = 5,
  MOTETCP_STATE_FIN_WAIT2 = 6,
  MOTETCP_STATE_CLOSE_WAIT = 7,
  MOTETCP_STATE_CLOSING = 8,
  MOTETCP_STATE_LAST_ACK = 9,
  MOTETCP_STATE_TIME_WAIT = 10,
  MOTETCP_STATE_COUNT = 11,
};

/** The record that `status` and `describe` write at the parameters: u32 words. */
enum motetcp_status_word {
  /** The handle; 0 for entries that have none (half-open, TIME-WAIT, neighbours). */
  MOTETCP_STATUS_HANDLE = 0,
  /** A `State`. Neighbours: a `NeighbourState`. Interfaces: a `Phase`. */
  MOTETCP_STATUS_STATE,
  /** 16 octets each. */
  MOTETCP_STATUS_LOCAL_ADDRESS = 2,
  MOTETCP_STATUS_REMOTE_ADDRESS = 6,
  MOTETCP_STATUS_LOCAL_PORT = 10,
  MOTETCP_STATUS_REMOTE_PORT,
  /** Octets committed and not yet acknowledged. Listeners: the backlog. */
  MOTETCP_STATUS_SEND_QUEUE,
  /** Octets received in order and not yet consumed. Listeners: connections to accept. */
  MOTETCP_STATUS_RECEIVE_QUEUE,
  MOTETCP_STATUS_SEND_UNACKNOWLEDGED,
  MOTETCP_STATUS_SEND_NEXT,
  MOTETCP_STATUS_SEND_WINDOW,
  MOTETCP_STATUS_RECEIVE_NEXT,
  MOTETCP_STATUS_RECEIVE_WINDOW,
  /** Octets. */
  MOTETCP_STATUS_CONGESTION_WINDOW,
  MOTETCP_STATUS_SLOW_START_THRESHOLD,
  /** Octets of text in the largest segment we send. */
  MOTETCP_STATUS_SEGMENT_SIZE,
  /** Microseconds. */
  MOTETCP_STATUS_SMOOTHED_RTT,
  MOTETCP_STATUS_RTT_VARIATION,
  /** Milliseconds. */
  MOTETCP_STATUS_RETRANSMISSION_TIMEOUT,
  /** How often the oldest outstanding segment was sent again. */
  MOTETCP_STATUS_RETRANSMISSIONS,
  /** A `Reason`. */
  MOTETCP_STATUS_REASON,
  /** A `SoftError`. */
  MOTETCP_STATUS_SOFT_ERROR,
  /** The states taken, four bits each, the newest in the low bits: see `State`. */
  MOTETCP_STATUS_PATH,
  /** Bits of `StatusFlag`. */
  MOTETCP_STATUS_FLAGS,
  /** Milliseconds left of each timer, or `NO_TIMER`. */
  MOTETCP_STATUS_RETRANSMIT_TIMER,
  MOTETCP_STATUS_PERSIST_TIMER,
  MOTETCP_STATUS_ACK_TIMER,
  MOTETCP_STATUS_KEEP_ALIVE_TIMER,
  MOTETCP_STATUS_TIME_WAIT_TIMER,
  /** Half-open entries: when the SYN+ACK is sent again. */
  MOTETCP_STATUS_SYN_ACK_TIMER,
  /** Octets held out of order. */
  MOTETCP_STATUS_OUT_OF_ORDER,
  /** Octets of the largest IP packet that the path, or the peer, is thought to take. */
  MOTETCP_STATUS_PATH_MTU,
  /** Octets to be read before the stream is not urgent any more (RFC 9293 section 3.8.5). */
  MOTETCP_STATUS_URGENT_LEFT,
  /** R2 in seconds: what was set, or what follows from the peer's (RFC 5482). */
  MOTETCP_STATUS_USER_TIMEOUT,
  MOTETCP_STATUS_WORDS,
};

enum motetcp_status_flag {
  /** The peer's FIN has been received and everything before it. */
  MOTETCP_STATUS_FLAG_PEER_FINISHED = 1,
  /** Our FIN is queued, sent or acknowledged. */
  MOTETCP_STATUS_FLAG_FINISHING = 2,
  /** Opened by a listener. */
  MOTETCP_STATUS_FLAG_PASSIVE = 4,
  /** The application has let go; the connection ends on its own. */
  MOTETCP_STATUS_FLAG_ORPHAN = 8,
  /** Both sides scale windows (RFC 7323). */
  MOTETCP_STATUS_FLAG_WINDOW_SCALE = 16,
  /** A connection that nobody has accepted yet. */
  MOTETCP_STATUS_FLAG_PENDING = 32,
  /** Both sides count marks of congestion (RFC 9768). */
  MOTETCP_STATUS_FLAG_ACCURATE_ECN = 64,
  /** The congestion window goes by CUBIC (RFC 9438); otherwise by RFC 5681. */
  MOTETCP_STATUS_FLAG_CUBIC = 128,
  /** Both sides take selective acknowledgments (RFC 2018). */
  MOTETCP_STATUS_FLAG_SACK = 131072,
  /** Both sides send timestamps (RFC 7323). */
  MOTETCP_STATUS_FLAG_TIMESTAMPS = 262144,
  /** Both sides heed marks of congestion (RFC 3168). */
  MOTETCP_STATUS_FLAG_ECN = 2097152,
};

/** What `describe` can list. */
enum motetcp_table {
  MOTETCP_TABLE_CONNECTIONS = 0,
  MOTETCP_TABLE_LISTENERS = 1,
  MOTETCP_TABLE_HALF_OPEN = 2,
  MOTETCP_TABLE_TIME_WAIT = 3,
  MOTETCP_TABLE_NEIGHBOURS = 4,
  /** One entry: `State` is a `Phase`. */
  MOTETCP_TABLE_INTERFACES = 5,
};

/** How far an interface is with its address (RFC 5227). */
enum motetcp_phase {
  /** Not configured. */
  MOTETCP_PHASE_DOWN = 0,
  /** Asking whether somebody has our address; it may not be used. */
  MOTETCP_PHASE_PROBING = 1,
  /** Ours, and being announced. */
  MOTETCP_PHASE_ANNOUNCING = 2,
  MOTETCP_PHASE_READY = 3,
  /** Somebody else has it; it is not used. */
  MOTETCP_PHASE_CONFLICT = 4,
  /** Not in use until an MSL has passed. */
  MOTETCP_PHASE_QUIET = 5,
};

enum motetcp_neighbour_state {
  MOTETCP_NEIGHBOUR_STATE_FREE = 0,
  /** A request is out, no answer yet. */
  MOTETCP_NEIGHBOUR_STATE_INCOMPLETE = 1,
  /** Confirmed of late. */
  MOTETCP_NEIGHBOUR_STATE_REACHABLE = 2,
  /** Used still, and asked again when next used. */
  MOTETCP_NEIGHBOUR_STATE_STALE = 3,
  /** Asked again by unicast while it is used. */
  MOTETCP_NEIGHBOUR_STATE_PROBE = 4,
  /** It did not answer; asked again no sooner than a moment from now. */
  MOTETCP_NEIGHBOUR_STATE_FAILED = 5,
};

/** Names of the counters in their order, each ended by a NUL. */
#define MOTETCP_COUNTER_NAMES \
  "FramesIn\0" \
  "OctetsIn\0" \
  "FramesOut\0" \
  "OctetsOut\0" \
  "InArp\0" \
  "InIpFragment\0" \
  "InIcmpEcho\0" \
  "InIcmpEchoReply\0" \
  "InIcmpError\0" \
  "InTcp\0" \
  "DropNoInterface\0" \
  "DropFrameLength\0" \
  "DropNotForUs\0" \
  "DropEtherType\0" \
  "DropSlip\0" \
  "DropArpMalformed\0" \
  "DropArpNotForUs\0" \
  "DropIpMalformed\0" \
  "DropIpChecksum\0" \
  "DropIpVersion\0" \
  "DropIpFragment\0" \
  "DropIpFragmentOverlap\0" \
  "DropIpFragmentDuplicate\0" \
  "DropIpFragmentBusy\0" \
  "DropIpSource\0" \
  "DropIpSourceRoute\0" \
  "DropIpDestination\0" \
  "DropIpProtocol\0" \
  "DropIpNotReady\0" \
  "DropIcmpMalformed\0" \
  "DropIcmpChecksum\0" \
  "DropIcmpType\0" \
  "DropIcmpUnmatched\0" \
  "DropIcmpBusy\0" \
  "DropIcmpRate\0" \
  "DropUdpMalformed\0" \
  "DropUdpChecksum\0" \
  "DropUdpPort\0" \
  "DropTcpMalformed\0" \
  "DropTcpChecksum\0" \
  "DropTcpNoConnection\0" \
  "DropTcpListen\0" \
  "DropTcpHalfOpen\0" \
  "DropTcpTimeWait\0" \
  "DropTcpBacklog\0" \
  "DropTcpNoSlot\0" \
  "TcpOutOfWindow\0" \
  "TcpBadAck\0" \
  "TcpDuplicateText\0" \
  "TcpOutOfOrderText\0" \
  "TcpTextBeyondRanges\0" \
  "TcpResetReceived\0" \
  "TcpChallengeAcks\0" \
  "TcpChallengesLimited\0" \
  "TcpTimestampOld\0" \
  "TcpTimestampMissing\0" \
  "TcpActiveOpens\0" \
  "TcpPassiveOpens\0" \
  "TcpSegmentsOut\0" \
  "TcpRetransmissions\0" \
  "TcpRetransmissionTimeouts\0" \
  "TcpFastRetransmits\0" \
  "TcpTailProbes\0" \
  "TcpReorderings\0" \
  "TcpDuplicatesTold\0" \
  "TcpSpuriousRecoveries\0" \
  "TcpEcnReductions\0" \
  "TcpSegmentSizeLowered\0" \
  "TcpSegmentSizeRaised\0" \
  "TcpWindowProbes\0" \
  "TcpKeepAlives\0" \
  "TcpResetsSent\0" \
  "TcpTimeouts\0" \
  "TcpSynAckRetransmissions\0" \
  "TcpHalfOpenExpired\0" \
  "TcpCookiesSent\0" \
  "TcpCookiesAccepted\0" \
  "TcpTimeWaitEvicted\0" \
  "TcpConnectionsRefused\0" \
  "RepliesDropped\0" \
  "RepliesUnresolved\0" \
  "IpReassembled\0" \
  "IpReassemblyTimeouts\0" \
  "IpReassembliesEvicted\0" \
  "ArpRequestsSent\0" \
  "ArpRepliesSent\0" \
  "NeighboursEvicted\0" \
  "NeighboursFailed\0" \
  "NeighboursContradicted\0" \
  "AddressConflicts\0" \
  "TimersFired\0" \
  "ClockBackwards\0"

#endif
