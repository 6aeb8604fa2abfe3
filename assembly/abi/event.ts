/** What became true of a handle since `nextEvent` last named it: bits, so events coalesce. */
export const enum Event {
  /** The connection reached ESTABLISHED. */
  Connected = 1,
  /** There is more to read. */
  Readable = 2,
  /**
   * The send ring has room again after it had refused octets; or, with `Connected`, for the first
   * time. Of a connection from `accept` that is not said: octets may be written to it at once.
   */
  Writable = 4,
  /** The peer's FIN is next in the stream: nothing follows what can be read now. */
  PeerFinished = 8,
  /** The connection is over; `status` has the `Reason`. Only what is in the ring can be read. */
  Closed = 16,
  /** Trouble that does not end the connection; `status` has the `SoftError`. */
  SoftError = 32,
  /** A listener has a connection to accept. */
  Acceptable = 64,
  /** All octets and the FIN that were queued have been acknowledged. */
  Sent = 128,
  /** The peer's urgent pointer has advanced; `status` has how much is left (RFC 9293 3.8.5). */
  Urgent = 256,
}
