/**
 * The budget: how much of everything one stack has. An array of u32 words at `parametersPtr()`,
 * read once by `memoryNeeded` and `init`. Word 0 is its size in octets, so a host built against an
 * older, shorter budget still fits; a word that is missing or 0 takes the build's default.
 */
export const enum Budget {
  /** Octets of this struct that the host has filled in, this word included; a multiple of 4. */
  Size = 0,
  /** Listening ports. 1 to 4,096. */
  Listeners,
  /** Connections, each with both rings. 1 to 65,535. */
  Connections,
  /** Half-open entries (SYN-RECEIVED by passive open), 64 octets each. 1 to 65,535. */
  HalfOpen,
  /** TIME-WAIT entries, 64 octets each. 1 to 65,535. */
  TimeWait,
  /** Octets of a receive ring. A power of two, 256 to 1 MiB. */
  ReceiveRing,
  /** Octets of a send ring. A power of two, 256 to 1 MiB. */
  SendRing,
  /** Ranges of out-of-order data remembered for each connection. 1 to 32. */
  Ranges,
  /**
   * Transmission records for each connection, 8 octets each: how finely loss recovery tells apart
   * what is on its way. 4 to 250.
   */
  Records,
  /**
   * Buffers of the largest IP packet each: for datagrams in fragments, and the first also for an
   * ICMP message that waits to leave. 1 to 64.
   */
  Reassembly,
  /** Replies that belong to no connection (RST, SYN+ACK, ARP) waiting to leave. 1 to 4,096. */
  Replies,
  /** Neighbours (ARP cache). 1 to 4,096. */
  Neighbours,
  /** Octets of the largest IP packet, in and out. 576 to 65,535. */
  Mtu,
  /** Maximum segment lifetime in seconds; TIME-WAIT lasts twice that. 1 to 120. */
  MslSeconds,
  /** Challenge ACKs (RFC 5961) of all connections in a second, about. 1 to 65,535. */
  Challenges,
  Words,
}

/** Octets of entropy that `init` and `reseed` read at `Parameter.Entropy`. */
export const enum Entropy {
  Octets = 32,
}
