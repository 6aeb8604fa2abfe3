/** A segment as it arrived, decoded: the SEG variables of RFC 9293 section 3.3.1. */

@unmanaged
@final
export class Segment {
  seq: u32;
  ack: u32;
  flags: u32;
  /** As in the header; scaled once its connection has it. */
  wnd: u32;
  /** SEG.UP: the sequence number that the urgent pointer points to. Means something with URG. */
  up: u32;
  /** The text, which begins at an even offset of the checksum's sum. */
  textAt: usize;
  textLen: u32;
  /** The MSS option (0: none), as received. */
  mss: u16;
  /** Bits of `Offer`: the options that it bears. */
  offers: u8;
  /** The user timeout option in seconds (0: none). */
  timeoutS: u16;
  /** The text lies in the receive ring already, summed on the way. */
  placed: bool;
  /** TSval and TSecr, when it bears the timestamps option. */
  tsVal: u32;
  tsEcr: u32;
  /** Where the blocks of its SACK option lie, and how many there are. */
  sackAt: usize;
  sackCount: u32;
}

/** The segment being received. */
export const segment: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 4));
