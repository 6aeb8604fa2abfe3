/** The record that `status` and `describe` write at the parameters: u32 words. */
export const enum Status {
  /** The handle; 0 for entries that have none (half-open, TIME-WAIT, neighbours). */
  Handle = 0,
  /** A `State`. Neighbours: a `NeighbourState`. Interfaces: a `Phase`. */
  State,
  /** 16 octets each. */
  LocalAddress = 2,
  RemoteAddress = 6,
  LocalPort = 10,
  RemotePort,
  /** Octets committed and not yet acknowledged. Listeners: the backlog. */
  SendQueue,
  /** Octets received in order and not yet consumed. Listeners: connections to accept. */
  ReceiveQueue,
  SendUnacknowledged,
  SendNext,
  SendWindow,
  ReceiveNext,
  ReceiveWindow,
  /** Octets. */
  CongestionWindow,
  SlowStartThreshold,
  /** Octets of text in the largest segment we send. */
  SegmentSize,
  /** Microseconds. */
  SmoothedRtt,
  RttVariation,
  /** Milliseconds. */
  RetransmissionTimeout,
  /** How often the oldest outstanding segment was sent again. */
  Retransmissions,
  /** A `Reason`. */
  Reason,
  /** A `SoftError`. */
  SoftError,
  /** The states taken, four bits each, the newest in the low bits: see `State`. */
  Path,
  /** Bits of `StatusFlag`. */
  Flags,
  /** Milliseconds left of each timer, or `NO_TIMER`. */
  RetransmitTimer,
  PersistTimer,
  AckTimer,
  KeepAliveTimer,
  TimeWaitTimer,
  /** Half-open entries: when the SYN+ACK is sent again. */
  SynAckTimer,
  /** Octets held out of order. */
  OutOfOrder,
  /** Octets of the largest IP packet that the path, or the peer, is thought to take. */
  PathMtu,
  /** Octets to be read before the stream is not urgent any more (RFC 9293 section 3.8.5). */
  UrgentLeft,
  /** R2 in seconds: what was set, or what follows from the peer's (RFC 5482). */
  UserTimeout,
  Words,
}

export const enum StatusFlag {
  /** The peer's FIN has been received and everything before it. */
  PeerFinished = 1,
  /** Our FIN is queued, sent or acknowledged. */
  Finishing = 2,
  /** Opened by a listener. */
  Passive = 4,
  /** The application has let go; the connection ends on its own. */
  Orphan = 8,
  /** Both sides scale windows (RFC 7323). */
  WindowScale = 16,
  /** A connection that nobody has accepted yet. */
  Pending = 32,
  /** Both sides count marks of congestion (RFC 9768). */
  AccurateEcn = 64,
  /** The congestion window goes by CUBIC (RFC 9438); otherwise by RFC 5681. */
  Cubic = 128,
  /** Both sides take selective acknowledgments (RFC 2018). */
  Sack = 131072,
  /** Both sides send timestamps (RFC 7323). */
  Timestamps = 262144,
  /** Both sides heed marks of congestion (RFC 3168). */
  Ecn = 2097152,
}

/** A timer that is not running. */
export const enum Timers {
  Off = 0xffffffff,
}

/** What `describe` can list. */
export const enum Table {
  Connections = 0,
  Listeners = 1,
  HalfOpen = 2,
  TimeWait = 3,
  Neighbours = 4,
  /** One entry: `State` is a `Phase`. */
  Interfaces = 5,
}

/** How far an interface is with its address (RFC 5227). */
export const enum Phase {
  /** Not configured. */
  Down = 0,
  /** Asking whether somebody has our address; it may not be used. */
  Probing = 1,
  /** Ours, and being announced. */
  Announcing = 2,
  Ready = 3,
  /** Somebody else has it; it is not used. */
  Conflict = 4,
  /** Not in use until an MSL has passed. */
  Quiet = 5,
}

export const enum NeighbourState {
  Free = 0,
  /** A request is out, no answer yet. */
  Incomplete = 1,
  /** Confirmed of late. */
  Reachable = 2,
  /** Used still, and asked again when next used. */
  Stale = 3,
  /** Asked again by unicast while it is used. */
  Probe = 4,
  /** It did not answer; asked again no sooner than a moment from now. */
  Failed = 5,
}
