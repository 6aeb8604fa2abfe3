/**
 * What the stack counts: u32 words at `countersPtr()`, wrapping. Every frame that `receive` takes
 * ends under exactly one `Drop...` or one `In...` that is not a total.
 */
export const enum Counter {
  /** Frames given to `receive`, and their octets. */
  FramesIn = 0,
  OctetsIn,
  /** Frames taken by `transmit`, and their octets. */
  FramesOut,
  OctetsOut,

  // Where a frame ended when it was good.
  InArp,
  /** A fragment that waits for the others; the one that makes the datagram whole counts as that. */
  InIpFragment,
  InIcmpEcho,
  InIcmpEchoReply,
  InIcmpError,
  InTcp,

  // The link.
  DropNoInterface,
  DropFrameLength,
  DropNotForUs,
  DropEtherType,
  DropSlip,

  // ARP.
  DropArpMalformed,
  DropArpNotForUs,

  // IPv4.
  DropIpMalformed,
  DropIpChecksum,
  DropIpVersion,
  /** A fragment that can be no part of a datagram: odd length, tiny, beyond the MTU. */
  DropIpFragment,
  /** A fragment that says otherwise than those before it: the whole datagram is given up. */
  DropIpFragmentOverlap,
  DropIpFragmentDuplicate,
  /** A fragment for which there was no buffer: an ICMP message waits in it. */
  DropIpFragmentBusy,
  DropIpSource,
  /** A source route that does not end here: we are no router. */
  DropIpSourceRoute,
  DropIpDestination,
  DropIpProtocol,
  DropIpNotReady,

  // ICMP.
  DropIcmpMalformed,
  DropIcmpChecksum,
  DropIcmpType,
  DropIcmpUnmatched,
  DropIcmpBusy,
  DropIcmpRate,

  // UDP.
  DropUdpMalformed,
  DropUdpChecksum,
  DropUdpPort,

  // TCP: dropped before a connection saw it.
  DropTcpMalformed,
  DropTcpChecksum,
  DropTcpNoConnection,
  DropTcpListen,
  DropTcpHalfOpen,
  DropTcpTimeWait,
  /** SYN ignored: the accept queue is full. */
  DropTcpBacklog,
  /** The third segment ignored: no connection slot, or the accept queue is full. */
  DropTcpNoSlot,

  // TCP: what a connection did with it beside accepting it (not exclusive).
  TcpOutOfWindow,
  TcpBadAck,
  TcpDuplicateText,
  TcpOutOfOrderText,
  TcpTextBeyondRanges,
  TcpResetReceived,
  TcpChallengeAcks,
  TcpChallengesLimited,
  /** Dropped: older than what came before, by its timestamp (PAWS). */
  TcpTimestampOld,
  /** Dropped: without the timestamp that was agreed on. */
  TcpTimestampMissing,

  // TCP: what was done.
  TcpActiveOpens,
  TcpPassiveOpens,
  TcpSegmentsOut,
  TcpRetransmissions,
  TcpRetransmissionTimeouts,
  TcpFastRetransmits,
  /** Probes for a loss at the end of what was sent (RFC 8985). */
  TcpTailProbes,
  /** Connections on which segments were seen to overtake each other. */
  TcpReorderings,
  /** ACKs that told of what came twice (RFC 2883). */
  TcpDuplicatesTold,
  /** Reductions of the window taken back: nothing had been lost (RFC 4015, RFC 5682). */
  TcpSpuriousRecoveries,
  /** The window was halved for marks of congestion (ECN). */
  TcpEcnReductions,
  /** Segments of a connection grew smaller: a router said so (RFC 1191), or no answer came. */
  TcpSegmentSizeLowered,
  /** They grew larger again: one that was tried came through. */
  TcpSegmentSizeRaised,
  TcpWindowProbes,
  TcpKeepAlives,
  TcpResetsSent,
  TcpTimeouts,
  TcpSynAckRetransmissions,
  /** A half-open entry gave up waiting for the third segment. */
  TcpHalfOpenExpired,
  /** SYNs answered with a cookie, as there was no room for an entry. */
  TcpCookiesSent,
  /** Connections opened by the third segment of such a handshake. */
  TcpCookiesAccepted,
  /** The oldest TIME-WAIT entry made room for a newer one. */
  TcpTimeWaitEvicted,
  TcpConnectionsRefused,

  // Replies that belong to no connection.
  RepliesDropped,
  RepliesUnresolved,

  // Datagrams in fragments: made whole, not whole in time, made room for another or for ICMP.
  IpReassembled,
  IpReassemblyTimeouts,
  IpReassembliesEvicted,

  // Neighbours.
  ArpRequestsSent,
  ArpRepliesSent,
  NeighboursEvicted,
  NeighboursFailed,
  /** Said otherwise within a second of an answer: not believed. */
  NeighboursContradicted,
  AddressConflicts,

  /** Timers handled. */
  TimersFired,
  /** `now` went backwards: time stood still for the call. */
  ClockBackwards,
  Count,
}
