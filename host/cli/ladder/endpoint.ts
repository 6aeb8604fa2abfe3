/**
 * One end of a connection as an onlooker knows it: its state by RFC 9293 figure 5, from nothing but
 * the segments that it sends and gets. Independent of the core, whose states it therefore checks.
 */
import type { StateName } from "../../names.js";
import { Flag, seqAhead, segmentLen, type Segment } from "../codec/tcp.js";

export class Endpoint {
  state: StateName;
  /** Initial sequence number; undefined before the SYN. */
  iss: number | undefined;
  /** Behind the last octet sent so far. */
  sndMax = 0;
  /** The latest acknowledgment number and window sent; -1 for none yet. */
  lastAck = -1;
  lastWindow = -1;
  /** What was offered in the SYN: shift of the window field. */
  windowShift: number | undefined;
  /** The sequence number of the FIN sent. */
  private finSeq: number | undefined;
  /** The next sequence number expected. */
  private rcvNxt = 0;
  private peerFinSeq: number | undefined;
  private isPeerFinished = false;

  constructor(state: "CLOSED" | "LISTEN") {
    this.state = state;
  }

  /** Nothing more can come from this end but repetitions. */
  get isOver(): boolean {
    return this.state === "TIME-WAIT" || (this.state === "CLOSED" && this.iss !== undefined);
  }

  /** A sequence number of this end, counted from its SYN; the first octet of text is number 1. */
  relative(seq: number): number {
    return (seq - (this.iss ?? seq)) >>> 0;
  }

  /** Whether all of the segment's sequence space was sent before. */
  isAgain(segment: Segment): boolean {
    const len = segmentLen(segment);
    if (len === 0 || this.iss === undefined) return false;
    return seqAhead(segment.seq + len, this.sndMax) <= 0;
  }

  /** Whether it acknowledges the peer's FIN for the first time. */
  seesPeerFin(segment: Segment): boolean {
    if (this.peerFinSeq === undefined || (segment.flags & Flag.Ack) === 0) return false;
    const isFin = segment.ack === (this.peerFinSeq + 1) >>> 0;
    return isFin && this.lastAck !== segment.ack;
  }

  onSent(segment: Segment): void {
    const { flags, seq, ack } = segment;
    if ((flags & Flag.Syn) !== 0) this.sendSyn(segment);
    const end = seq + segmentLen(segment);
    if (this.iss !== undefined && seqAhead(end, this.sndMax) > 0) this.sndMax = end >>> 0;
    if ((flags & Flag.Ack) !== 0) {
      this.lastAck = ack;
      this.lastWindow = segment.window;
      // It has accepted what we may have missed, as out of order.
      if (this.rcvNxt !== 0 && seqAhead(ack, this.rcvNxt) > 0) this.advance(ack);
    }
    if ((flags & Flag.Fin) !== 0) this.sendFin(seq + segment.text.length);
    if ((flags & Flag.Rst) !== 0) this.end();
  }

  onReceived(segment: Segment): void {
    const { flags, seq } = segment;
    if ((flags & Flag.Rst) !== 0) return this.end();
    if ((flags & Flag.Syn) !== 0) this.receiveSyn(segment);
    if ((flags & Flag.Ack) !== 0) this.receiveAck(segment.ack);
    if ((flags & Flag.Fin) !== 0) this.peerFinSeq = (seq + segment.text.length) >>> 0;
    const end = seq + segmentLen(segment);
    const isNext = seqAhead(seq, this.rcvNxt) <= 0 && seqAhead(end, this.rcvNxt) >= 0;
    if (this.rcvNxt !== 0 && isNext) this.advance(end >>> 0);
  }

  private sendSyn({ seq, flags, windowScale }: Segment): void {
    this.windowShift = windowScale;
    if (this.iss !== undefined) return;
    this.iss = seq;
    this.sndMax = seq;
    if ((flags & Flag.Ack) === 0) this.state = "SYN-SENT";
  }

  private receiveSyn({ seq, flags }: Segment): void {
    this.rcvNxt = (seq + 1) >>> 0;
    const isAnswer = (flags & Flag.Ack) !== 0;
    if (this.state === "LISTEN") this.state = "SYN-RECEIVED";
    else if (this.state === "SYN-SENT") this.state = isAnswer ? "ESTABLISHED" : "SYN-RECEIVED";
  }

  private receiveAck(ack: number): void {
    if (this.iss === undefined) return;
    if (this.state === "SYN-RECEIVED" && ack !== this.iss) this.state = "ESTABLISHED";
    if (this.finSeq === undefined || seqAhead(ack, this.finSeq) <= 0) return;
    if (this.state === "FIN-WAIT-1") this.state = "FIN-WAIT-2";
    else if (this.state === "CLOSING") this.state = "TIME-WAIT";
    else if (this.state === "LAST-ACK") this.state = "CLOSED";
  }

  private sendFin(finSeq: number): void {
    this.finSeq = finSeq >>> 0;
    if (this.state === "CLOSE-WAIT") this.state = "LAST-ACK";
    else if (this.state === "ESTABLISHED" || this.state === "SYN-RECEIVED") {
      this.state = "FIN-WAIT-1";
    }
  }

  private advance(seq: number): void {
    this.rcvNxt = seq;
    if (this.peerFinSeq === undefined || this.isPeerFinished) return;
    if (seqAhead(seq, this.peerFinSeq) <= 0) return;
    this.isPeerFinished = true;
    if (this.state === "ESTABLISHED") this.state = "CLOSE-WAIT";
    else if (this.state === "FIN-WAIT-1") this.state = "CLOSING";
    else if (this.state === "FIN-WAIT-2") this.state = "TIME-WAIT";
  }

  private end(): void {
    this.state = "CLOSED";
    this.iss ??= 0;
  }
}
