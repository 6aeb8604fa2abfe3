/** What the arrival of a segment asks of the caller. */
export const enum Verdict {
  /** Nothing yet: the next check decides. Must be 0, as checks are chained with `||`. */
  Continue = 0,
  /** The segment has been dealt with, or is dropped. */
  Drop,
  /** Dropped, and answered with an acknowledgment. */
  SendAck,
  /** The same, within the limit on challenge ACKs (RFC 5961 section 7). */
  Challenge,
  /** Answered with a reset (RFC 9293 section 3.10.7.1). */
  SendRst,
  /** The connection is over: its control block must not be touched any more. */
  Closed,
}
