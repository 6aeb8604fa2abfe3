/** What a call answers when it refuses: always negative, so `result < 0` is the test. */
export const enum Err {
  /** The handle is not, or no longer, of anything: "connection does not exist". */
  Handle = -1,
  /** The connection's state does not allow the call: "connection closing", "already listening". */
  State = -2,
  /** Every slot of the table is taken: "insufficient resources". */
  Full = -3,
  /** An argument is out of range. */
  Invalid = -4,
  /** The address and port are taken: "connection already exists". */
  InUse = -5,
  /** There is no way to the address: no gateway, or our own address is not ready. */
  Unreachable = -6,
  /** The budget has a word out of range: word 0 of the parameters says which. */
  Budget = -7,
  /** The memory behind the arena is smaller than `memoryNeeded`. */
  Memory = -8,
  /** `init` has not been called, or failed. */
  NotReady = -9,
}

/** Why a connection ended. Survives until the handle is released. */
export const enum Reason {
  /** It has not ended. */
  None = 0,
  /** Both sides sent FIN and both were acknowledged. */
  Finished = 1,
  /** The peer sent RST. */
  Reset = 2,
  /** The peer answered our SYN with RST, or its host with "port unreachable". */
  Refused = 3,
  /** Retransmissions, probes or keep-alives went unanswered for too long. */
  TimedOut = 4,
  /** No route, no answer to ARP, or a router said so, while connecting. */
  Unreachable = 5,
  /** Our side called `abort`. */
  Aborted = 6,
  Count = 7,
}

/** Trouble that does not end a connection (RFC 9293 section 3.9.2.2, RFC 5461). */
export const enum SoftError {
  None = 0,
  /** ICMP: network or host unreachable, source route failed. */
  Unreachable = 1,
  /** ICMP: time to live exceeded. */
  TimeExceeded = 2,
  /** ICMP: parameter problem. */
  ParameterProblem = 3,
  /** ICMP: protocol or port unreachable, for a connection that is past its SYN (RFC 5461). */
  Refused = 4,
  /** The neighbour does not answer ARP. */
  Neighbour = 5,
  /** R1 retransmissions of one segment (RFC 9293 section 3.8.3). */
  Retransmitting = 6,
}
