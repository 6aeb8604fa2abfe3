/** Settings of a connection, or of a listener for the connections it will accept. */
export const enum Option {
  /** 1: send small segments at once (turns Nagle's algorithm off, RFC 9293 section 3.7.4). */
  NoDelay = 0,
  /** 1: probe an idle peer (RFC 9293 section 3.8.4). 0 by default. */
  KeepAlive,
  /** Seconds of silence before the first keep-alive probe. 1 to 65,535; 7,200 by default. */
  KeepAliveIdle,
  /** Seconds between keep-alive probes. 1 to 65,535; 75 by default. */
  KeepAliveInterval,
  /** Unanswered probes before the connection is given up. 1 to 255; 9 by default. */
  KeepAliveCount,
  /** R2: seconds of unanswered retransmission before giving up. 1 to 65,535; 300 by default. */
  UserTimeout,
  /** Hop limit of IP packets. 1 to 255; 64 by default. */
  TimeToLive,
  /** The IP header's Differentiated Services and ECN octet. 0 to 255; 0 by default. */
  DiffServ,
  /**
   * Milliseconds below which the retransmission timeout never falls, nor the one before a round
   * trip is known, which is a second otherwise. 10 to 60,000; 1,000 by default.
   */
  MinRto,
  /** Milliseconds that an acknowledgment may wait. 0 to 499; 40 by default. */
  AckDelay,
  /** Largest segment we announce. 88 to 65,495; what the interface allows by default. */
  MaxSegment,
  /** 1: offer timestamps and accept them (RFC 7323). 1 by default; counts until the SYN is sent. */
  Timestamps,
  /** 1: offer and accept selective acknowledgment (RFC 2018). 1 by default; the same. */
  Sack,
  /** 1: tell the peer our user timeout, and heed the peer's (RFC 5482). 0 by default. */
  UserTimeoutOption,
  /**
   * 1: the peer's user timeout may change ours, to 100 to 3,600 seconds. 1 by default; setting
   * `UserTimeout` makes it 0 (RFC 5482 section 3.1: CHANGEABLE).
   */
  UserTimeoutChangeable,
  /** 1: `Event.SoftError` tells of soft errors (RFC 9293 section 3.9.1.8). 1 by default. */
  SoftErrors,
  /**
   * 1: ask for ECN when opening (RFC 3168); 2: for accurate ECN, or else ECN (RFC 9768; the board
   * build asks for ECN alone). 0 by default; who asks for either is always agreed with.
   */
  Ecn,
  /** A `Congestion`: what the congestion window goes by. `Cubic` by default, if it is built in. */
  Congestion,
  /**
   * 1: segments leave spread over the round trip, not a window at once (RFC 9002 section 7.7). 0 by
   * default; not there in the build for boards, which refuses it.
   */
  Pacing,
  Count,
}

/** Algorithms of congestion control. */
export const enum Congestion {
  /** CUBIC (RFC 9438), in the build for Node with HyStart++ (RFC 9406). */
  Cubic = 0,
  /** RFC 5681 by the letter. */
  NewReno = 1,
}
