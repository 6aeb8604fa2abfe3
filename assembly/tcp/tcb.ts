/**
 * The control block of a connection: the variables of RFC 9293 section 3.3.1 under their names, and
 * those of the mechanisms around them. What the code uses most often is within the first 128
 * octets, where an offset takes one octet less of it. 384 octets, and 400 with accurate ECN:
 *
 *      0  list, pair, hash, timer, kind, state, slot                             48  (core/pool.ts)
 *     48  handle, events, settings, taken, reason, soft error                    32  (entry.ts)
 *     80  flags 4                                                                   4
 *     84  trouble: dupAcks backoff ranges retransmissions owed episode keep-alive
 *         pacing                                                                    8
 *     92  sndMss 2, records 2                                                       4
 *     96  SND: una nxt max end; RCV: nxt; cwnd ssthresh recover                    32
 *    128  SND: wnd; RCV: read adv; ecnMark                                         16
 *    144  SND: wl1 wl2 edge maxWnd; RCV: fin acked rmss 2; turnLeft 2              28
 *    172  urgent: sndUp rcvUp                                                       8
 *    180  round trip: rttSeq rttAtUs srtt rttvar rto                               20
 *    200  timers: 6 deadlines                                                      24
 *    224  gave up, heard, path                                                    12
 *    236  timestamps: ours beyond the clock, TS.Recent                              8
 *    244  what came twice                                                           8
 *    252  listener 2, rcvMss 2, challenges: in 2, how many 1; rcvScale 1            8
 *    260  segment size: limit proven claimed timed; UTO                            10
 *    270  sndScale 1, raiseAt 1                                                     2
 *    272  sndSmall                                                                  4
 *    276  accurate ECN: r.cep, as told, s.cep, state                                4
 *    280  octets: sacked lost                                                       8
 *    288  RACK: us end rtt, least rtt                                              16
 *    304  congestion control: last sent 4, round 4, used 4                         12
 *    316  CUBIC: wMax epoch wEst 12, k 2; or HyStart++: 3 minima 12, samples 1,
 *         round of CSS 1; or NewReno: counted 4                                    14
 *    330  when used 2                                                               2
 *    332  reordering: mult 1, persist 1; round 1; accurate ECN: option 1            4
 *         Seldom needed while all goes well, so that a cache has the rest:
 *    336  SACK: the last 3 ranges                                                  12
 *    348  RACK: widenedTo; episode: seq                                             8
 *    356  PRR: delivered out, flight (or pacing: when); undo: octets stamp         20
 *    376  congestion control: saved                                                 8
 *    384  accurate ECN: e0b e1b ceb 12, known edge 4; not on boards                16
 */
import { StatusFlag } from "../abi/status";
import { HAS_ACCURATE_ECN } from "../config";
import { Endpoint } from "./entry";

/** Bits of `Tcb.flags`; those that `status` shows are the bits of `StatusFlag`. */
export const enum TcbFlag {
  /** The peer's FIN is in order: `rcvNxt` is beyond it. */
  PeerFinReceived = StatusFlag.PeerFinished,
  /** Our FIN follows what is queued; its sequence number is `sndEnd`. */
  FinQueued = StatusFlag.Finishing,
  /** SYN-RECEIVED was reached from LISTEN (MUST-11). */
  Passive = StatusFlag.Passive,
  /** Nobody holds the handle: the connection ends on its own. */
  Orphan = StatusFlag.Orphan,
  /** Both sides scale windows. */
  WindowScale = StatusFlag.WindowScale,
  /** Established, and not yet accepted. */
  Pending = StatusFlag.Pending,
  /** An acknowledgment must leave at once. */
  AckNow = 64,
  /** The peer's FIN has arrived, with sequence number `rcvFin`. */
  PeerFinKnown = 128,
  /**
   * Our SYN is not acknowledged: SYN-SENT and SYN-RECEIVED, and FIN-WAIT-1 when CLOSE came before
   * that (RFC 9293 section 3.10.4).
   */
  Opening = 256,
  /** Fast recovery (RFC 6582). */
  InRecovery = 512,
  /** A segment that is lost must be sent again, whatever the congestion window says. */
  Resend = 1024,
  /** A window probe, or a small segment held back by silly window avoidance, must leave. */
  ProbeNow = 2048,
  /** A keep-alive probe must leave. */
  KeepAliveNow = 4096,
  /** The round trip of `rttSeq` is being timed. */
  RttTimed = 8192,
  /** A round trip has been measured: `srttUs8` is one. */
  RttKnown = 16384,
  /** Our SYN was sent more than once. */
  SynResent = 32768,
  /** R1 was reached; the host has been told. */
  Advised = 65536,
  /** The host found no room in the send ring: `Event.Writable` is owed. */
  NoRoom = 524288,
  /** Both sides take selective acknowledgments (RFC 2018). */
  Sack = StatusFlag.Sack,
  /** Both sides send timestamps (RFC 7323). */
  Timestamps = StatusFlag.Timestamps,
  /** A segment of `mssLimit` has been lost: the search goes on in small steps (RFC 4821). */
  LimitLost = 1 << 24,
  /** The next segment that is not a SYN bears our user timeout (RFC 5482). */
  TellTimeout = 1048576,
  /** Both sides heed marks of congestion (RFC 3168). */
  Ecn = StatusFlag.Ecn,
  /** A mark has come, and the peer has not said yet that it has slowed down. */
  EcnEcho = 4194304,
  /** We have slowed down: the next new text says so. */
  CwrDue = 8388608,
  /** What was sent earlier has arrived later (RFC 8985: RACK.reordering_seen). */
  Reordered = 1 << 25,
  /** A tail loss probe of new text must leave, whatever the congestion window says. */
  ProbeTail = 1 << 30,
  /** The congestion window was all used in this round, in the last (validation.ts). */
  CwndLimited = 1 << 27,
  WasLimited = 1 << 28,
  /** The threshold was reduced, and the window has not grown beyond it since. */
  Reduced = 1 << 29,
  /** The retransmission timer expired, the same. */
  TimedOut = 1 << 26,
}

/** Bits of `Tcb.episode`: what goes on in loss recovery. */
export const enum Episode {
  /** A tail loss probe is out; and it was of text sent before. */
  Probed = 1,
  ProbedAgain = 2,
  /** The reordering window has been widened in this round trip. */
  Widened = 4,
  /** The window was reduced, and may have been for nothing. */
  Undoable = 8,
  /** F-RTO waits for the first ACK after a timeout; for the second. */
  FrtoFirst = 16,
  FrtoSecond = 32,
  /** What is sent again is sent again for the first time: the echoed timestamp can tell (Eifel). */
  Datable = 64,
}

/** The flags that are `StatusFlag`s. */
export const STATUS_FLAGS: u32 = 63 | StatusFlag.Sack | StatusFlag.Timestamps | StatusFlag.Ecn;

@unmanaged
@final
export class Tcb extends Endpoint {
  flags: u32;

  // Trouble: all 0 while nothing is wrong, and nothing paced; looked at as one (usual.ts).
  /** Duplicate ACKs in a row. */
  dupAcks: u8;
  /** How often the retransmission timeout has been doubled. */
  backoff: u8;
  /** Ranges held out of order. */
  rangeCount: u8;
  /** Retransmissions (or probes) in a row without an answer. */
  retransmissions: u8;
  /** Duplicate ACKs owed, one for each segment out of order (RFC 5681 section 4.2). */
  acksOwed: u8;
  /** Bits of `Episode`. */
  episode: u8;
  /** Keep-alive probes in a row without an answer. */
  keepAliveProbes: u8;
  /** Bits of `Pacing` (pacing.ts); 0: the connection is not paced. */
  pacing: u8;

  /** The largest text we send: SND.MSS less the options that every segment has. */
  sndMss: u16;
  /** The index of the first transmission record, and how many there are: records.ts. */
  recordFirst: u8;
  recordCount: u8;

  /** SND.UNA: the oldest unacknowledged sequence number. */
  sndUna: u32;
  /** SND.NXT: goes back to `sndUna` only where the SYN must be sent again. */
  sndNxt: u32;
  /** One beyond the highest sequence number ever sent. */
  sndMax: u32;
  /** One beyond the last octet the host has committed; our FIN's number. */
  sndEnd: u32;

  /** RCV.NXT. */
  rcvNxt: u32;
  /** Octets. */
  cwnd: u32;
  ssthresh: u32;
  /** The highest sequence number sent when recovery began (RFC 6582). */
  recover: u32;

  /** SND.WND, scaled. */
  sndWnd: u32;
  /** The next octet the host will read. */
  rcvRead: u32;
  /** The right edge of the window as announced: RCV.NXT + RCV.WND. */
  rcvAdv: u32;
  /** Beyond SND.NXT of when an echoed mark was last heeded; until then SND.UNA (RFC 3168). */
  ecnMark: u32;

  sndWl1: u32;
  sndWl2: u32;
  /** The furthest right edge the peer ever told: its window field may round the next one down. */
  sndEdge: u32;
  /** The largest window the peer ever offered (RFC 9293 section 3.8.6.2.1: Max(SND.WND)). */
  maxSndWnd: u32;

  /** The peer's FIN, when known. */
  rcvFin: u32;
  /** RCV.NXT as last acknowledged. */
  rcvAcked: u32;
  /** The largest text received: an estimate of the peer's segments, for "every second". */
  rmss: u16;
  /** Octets that it may still send in `round`: turn.ts. */
  turnLeft: i16;

  /** SND.UP, RCV.UP: the octet after the last urgent one, or before: see urgent.ts. */
  sndUp: u32;
  rcvUp: u32;

  rttSeq: u32;
  rttAtUs: u32;
  /** Microseconds, times 8. */
  srttUs8: u32;
  /** Microseconds, times 4. */
  rttvarUs4: u32;
  /** RTO in milliseconds before backing off. */
  rtoMs: u32;

  /** Deadlines by `Timer` in milliseconds; 0: off. */
  retransmitAtMs: u32;
  persistAtMs: u32;
  ackAtMs: u32;
  keepAliveAtMs: u32;
  lingerAtMs: u32;
  recoveryAtMs: u32;

  /** When the oldest outstanding octet was first sent again (or probed for) without success. */
  stalledAtMs: u32;
  /** When the peer was last heard. */
  heardAtMs: u32;
  /** The states taken, four bits each, the newest in the low bits. */
  path: u32;

  /** What our timestamps are beyond our clock. */
  tsOffset: u32;
  /** TS.Recent (RFC 7323 section 4.3). */
  tsRecent: u32;

  /** What came twice, to be told in the next ACK (RFC 2883); two equal numbers: nothing. */
  dsackFrom: u32;
  dsackTo: u32;

  /** The slot of the listener that opened it, if one did. */
  listener: u16;
  /** What we announced. */
  rcvMss: u16;
  /** The while in which challenge ACKs were sent last, and how many in it. */
  challengedIn: u16;
  challenges: u8;
  rcvScale: u8;

  /** What `sndMss` was agreed to be, and never exceeds. */
  mssLimit: u16;
  /** The largest text known to have come through. */
  provenMss: u16;
  /** What a report that is not believed yet makes of `sndMss`; 0: there is none. */
  claimedMss: u16;
  /** The text of the segment that is being timed, and what options took of its room. */
  timedLen: u16;
  /** REMOTE_UTO: the peer's user timeout in seconds; 0: it has told none. */
  peerTimeoutS: u16;
  sndScale: u8;
  /** When a larger segment may be tried: black_hole.ts has the unit. */
  raiseAt: u8;

  /** The end of the last small segment sent (Minshall's variant of Nagle's algorithm). */
  sndSmall: u32;

  /** Marks that came (RFC 9768 section 3.2: r.cep), of it the low octet; and as told last. */
  rCep: u8;
  rCepTold: u8;
  /** The peer's ACE field: s.cep, of it the low three bits. */
  sCep: u8;
  /** Bits of `Accurate` (accurate_ecn.ts). */
  accurate: u8;

  /** Octets sent that the peer has out of order, and that are lost. */
  sackedOctets: u32;
  lostOctets: u32;
  /** RACK.xmit_ts, RACK.end_seq, RACK.rtt and RACK.min_RTT: microseconds. */
  rackUs: u32;
  rackEnd: u32;
  rackRttUs: u32;
  minRttUs: u32;

  /** When text or FIN last left, in milliseconds. */
  sentAtMs: u32;
  /** A round trip of acknowledgments ends with this number (validation.ts). */
  roundEnd: u32;
  /** pipeACK (RFC 7661): the most that was on its way of late; and when (validation.ts). */
  used: u32;
  /** Words that the algorithms share: see `Cubic`, `HyStart`, `NewReno`. */
  algorithm0: u32;
  algorithm1: u32;
  algorithm2: u32;
  algorithm3: u16;
  usedAt: u16;

  /** RACK.reo_wnd_mult and RACK.reo_wnd_persist (RFC 8985 section 5.3). */
  reorderingMult: u8;
  reorderingPersist: u8;
  /** The last round in which it had a turn: turn.ts. */
  round: u8;
  /** What the AccECN option has to tell, and how it fared (ecn_counts.ts). */
  ecnCounts: u8;

  // What is seldom needed while all goes well.
  /** Octets that came out of order, each of another range, the newest first. */
  sackRecent0: u32;
  sackRecent1: u32;
  sackRecent2: u32;
  /** RACK.dsack_round, while `Episode.Widened`. */
  widenedTo: u32;
  /** TLP.end_seq, while `Episode.Probed`; SND.UNA at the reduction, while `Episode.Undoable`. */
  episodeSeq: u32;
  /** RFC 9937: prr_delivered, prr_out. */
  prrDelivered: u32;
  prrOut: u32;
  /**
   * RecoverFS. Outside of recovery, while `Pacing.Running`: when all that has left would have left
   * at the pace, in microseconds (pacing.ts).
   */
  prrFlight: u32;
  /** What was sent again since the reduction that may be undone, and when first. */
  undoOctets: u32;
  resentStamp: u32;

  /** What `cwnd` and `ssthresh` were before they were reduced. */
  savedCwnd: u32;
  savedSsthresh: u32;

  // From here on not in the build for boards.
  /** Octets that came with ECT(0), ECT(1) and CE (RFC 9768 section 3.2: r.e0b, r.e1b, r.ceb). */
  rE0b: u32;
  rE1b: u32;
  rCeb: u32;
  /** Where the window ends that the peer knows of, if no AccECN option comes through. */
  knownEdge: u32;
}

/** Where the deadlines are, and how many octets they take. */
export const DEADLINES: usize = offsetof<Tcb>("retransmitAtMs");
export const DEADLINES_LEN: usize = offsetof<Tcb>("stalledAtMs") - DEADLINES;

const BOARD_LEN: u32 = offsetof<Tcb>("rE0b");
export const TCB_LEN: u32 = HAS_ACCURATE_ECN ? (offsetof<Tcb>() + 7) & ~7 : BOARD_LEN;

if (BOARD_LEN != 384) ERROR("a control block is 384 octets: see the drawing");
if (offsetof<Tcb>("path") > 255) ERROR("what status tells has its place in one octet");
if (offsetof<Tcb>("recover") > 127) ERROR("what is used often is in the first 128 octets");
if (offsetof<Tcb>("sndMss") - offsetof<Tcb>("dupAcks") != 8) ERROR("trouble is 8 octets");
if (offsetof<Tcb>("lostOctets") - offsetof<Tcb>("sackedOctets") != 4) ERROR("they are one word");

/** Where the variables of the congestion control algorithm are. */
export function algorithmOf(tcb: Tcb): usize {
  return changetype<usize>(tcb) + offsetof<Tcb>("algorithm0");
}

/** Whether nothing is lost, resent, out of order, probed for, waited for too long, or paced. */
export function isUntroubled(tcb: Tcb): bool {
  const at = changetype<usize>(tcb);
  const trouble = load<u64>(at, offsetof<Tcb>("dupAcks"));
  return (trouble | load<u64>(at, offsetof<Tcb>("sackedOctets"))) == 0;
}

/** Whether any of the bits `flag` is set. */
export function has(tcb: Tcb, flag: TcbFlag): bool {
  return (tcb.flags & flag) != 0;
}

/** Sets bits of `Episode`. */
export function beginEpisode(tcb: Tcb, bits: Episode): void {
  tcb.episode |= <u8>bits;
}

/** Clears bits of `Episode`. */
export function endEpisode(tcb: Tcb, bits: Episode): void {
  tcb.episode &= ~(<u8>bits);
}

/** Sets the bit, or each of several. */
export function setFlag(tcb: Tcb, flag: TcbFlag): void {
  tcb.flags |= flag;
}

/** Clears the bit, or each of several. */
export function clearFlag(tcb: Tcb, flag: TcbFlag): void {
  tcb.flags &= ~flag;
}
