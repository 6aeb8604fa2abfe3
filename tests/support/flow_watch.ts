/**
 * Watches what two stacks say to each other, from the frames alone, and knows nothing of their
 * insides: no acknowledgment of what was never sent, none taken back, no window taken back or
 * larger than the ring, no text beyond the window or other than what the application wrote.
 */
import { Bit, type Decoded, seqDiff } from "./wire.js";

/** Which of the two stacks speaks. */
export type Side = 0 | 1;

/** The octets that an application sends on one connection. */
export interface TextSource {
  /** Octets written so far. */
  readonly written: number;
  /** Whether `octets` lie at `offset`. */
  matches(offset: number, octets: Uint8Array): boolean;
}

export interface SideFacts {
  /** Octets of a receive ring. */
  receiveRing: number;
  /** What the application sends between two ports, as far as the test knows. */
  textOf(localPort: number, remotePort: number): TextSource | undefined;
}

/** What one side has said on one connection. */
class Flow {
  /** One beyond the highest sequence number sent. */
  end: number;
  /** Its highest acknowledgment; the right edge of its window. */
  ack = 0;
  edge = 0;
  hasAcked = false;
  /** The sequence number of its FIN. */
  fin: number | undefined;
  /** It has sent nothing but its SYN. */
  isOpening = true;
  /** What it answered earlier copies of the SYN with: a cookie has a number of its own. */
  earlier: Flow[] = [];
  /** What was said on the connection before between these ports. */
  former: Flow | undefined;

  constructor(
    readonly iss: number,
    readonly mss: number,
    readonly scale: number,
  ) {
    this.end = (iss + 1) >>> 0;
  }
}

/** RFC 9293 section 3.7.1, MUST-15. */
const DEFAULT_MSS = 536;

export class FlowWatch {
  private readonly flows = [new Map<number, Flow>(), new Map<number, Flow>()] as const;
  /** Those that a RST has ended, which the other side may not have heard. */
  private readonly ended = [new Map<number, Flow>(), new Map<number, Flow>()] as const;

  constructor(private readonly facts: readonly [SideFacts, SideFacts]) {}

  /** A side sends a segment. Returns what is wrong with that, or null. */
  see(side: Side, segment: Decoded): string | null {
    const other = this.flows[1 - side]!;
    const ownKey = segment.sourcePort * 65536 + segment.destinationPort;
    const peerKey = segment.destinationPort * 65536 + segment.sourcePort;
    if ((segment.flags & Bit.Rst) !== 0) {
      // A connection is given up. What is on its way may open it anew, if a cookie had opened it.
      if ((segment.flags & Bit.Ack) !== 0) {
        this.end(side, ownKey);
        this.end((1 - side) as Side, peerKey);
      }
      return null;
    }
    if ((segment.flags & Bit.Syn) !== 0) this.open(side, segment, ownKey, peerKey);
    this.choose(side, ownKey, segment.seq, segment);
    this.choose((1 - side) as Side, peerKey, segment.ack, segment);
    const own = this.flows[side].get(ownKey);
    // Of a connection that is over and whose ports are in use again: nothing is known.
    if (own === undefined) return null;
    const peer = other.get(peerKey);
    return (
      checkSequence(own, segment) ??
      (peer === undefined ? null : checkAck(own, peer, segment, this.facts[side].receiveRing)) ??
      (segment.payloadLen === 0 ? null : this.checkText(side, own, peer, segment))
    );
  }

  private end(side: Side, key: number): void {
    const flow = this.flows[side].get(key);
    if (flow !== undefined) this.ended[side].set(key, flow);
    this.flows[side].delete(key);
  }

  private open(side: Side, segment: Decoded, ownKey: number, peerKey: number): void {
    const before = this.flows[side].get(ownKey);
    // Sent again; or the number of a connection that is over, from which an old SYN opens another
    // within the same few microseconds.
    if (before?.iss === segment.seq && before.isOpening) return;
    const flow = new Flow(segment.seq, segment.mss || DEFAULT_MSS, segment.scale);
    const isAnswer = (segment.flags & Bit.Ack) !== 0;
    if (isAnswer && before?.isOpening) flow.earlier = [...before.earlier, before];
    flow.former = before ?? this.ended[side].get(ownKey);
    this.flows[side].set(ownKey, flow);
    const other = this.flows[1 - side]!;
    const peer = other.get(peerKey);
    if (peer === undefined) return;
    // Its acknowledgments were of other numbers, if an old SYN opens something after the end.
    peer.hasAcked = false;
    // What the peer has said belongs to the connection before, unless both open at once.
    if (!peer.isOpening && (segment.flags & Bit.Ack) === 0) other.delete(peerKey);
  }

  /** The handshake goes on with one of several SYN+ACKs: `next` is what follows its number. */
  private choose(side: Side, key: number, next: number, segment: Decoded): void {
    const flow = this.flows[side].get(key);
    if (flow === undefined || !flow.isOpening || (segment.flags & Bit.Syn) !== 0) return;
    const chosen = flow.earlier.find(({ iss }) => ((iss + 1) >>> 0) === next);
    if (chosen === undefined) return;
    chosen.earlier = [...flow.earlier.filter((other) => other !== chosen), flow];
    flow.earlier = [];
    this.flows[side].set(key, chosen);
  }

  private checkText(
    side: Side, own: Flow, peer: Flow | undefined, segment: Decoded,
  ): string | null {
    const { seq, payloadLen, payloadAt, octets } = segment;
    const offset = seqDiff(seq, own.iss) - 1;
    if (offset < 0) return "text before the first octet";
    if (peer !== undefined) {
      if (payloadLen > peer.mss) return `${payloadLen} octets of text, the peer takes ${peer.mss}`;
      const beyond = seqDiff(seq, peer.edge) + payloadLen;
      // A window probe is one octet beyond.
      if (beyond > (payloadLen === 1 ? 1 : 0)) return `text ${beyond} octets beyond the window`;
    }
    const source = this.facts[side].textOf(segment.sourcePort, segment.destinationPort);
    if (source === undefined) return null;
    if (offset + payloadLen > source.written) return "text that was never written";
    const text = octets.subarray(payloadAt, payloadAt + payloadLen);
    return source.matches(offset, text) ? null : `other text than was written at ${offset}`;
  }
}

function checkSequence(own: Flow, segment: Decoded): string | null {
  const { seq, payloadLen, flags } = segment;
  if ((flags & Bit.Syn) !== 0) return payloadLen === 0 ? null : "text on a SYN";
  own.isOpening = false;
  if (payloadLen === 0 && (flags & Bit.Fin) === 0) {
    return seqDiff(seq, own.end) > 0 ? "a sequence number beyond all that was sent" : null;
  }
  if (seqDiff(seq, own.end) > 0) return "a hole in what was sent";
  const textEnd = (seq + payloadLen) >>> 0;
  if (own.fin !== undefined && seqDiff(textEnd, own.fin) > 0) return "text behind the FIN";
  const hasFin = (flags & Bit.Fin) !== 0;
  if (hasFin && own.fin !== undefined && own.fin !== textEnd) return "a FIN at another place";
  if (hasFin && seqDiff(own.end, textEnd) > 0 && own.fin === undefined) return "a FIN in the text";
  if (hasFin) own.fin = textEnd;
  const end = hasFin ? (textEnd + 1) >>> 0 : textEnd;
  if (seqDiff(end, own.end) > 0) own.end = end;
  return null;
}

function checkAck(own: Flow, peer: Flow, segment: Decoded, ring: number): string | null {
  if ((segment.flags & Bit.Ack) === 0) return null;
  const { ack } = segment;
  // Of the connection before, between the same ports.
  if (seqDiff(ack, peer.iss) <= 0) return null;
  if (seqDiff(ack, peer.end) > 0) {
    return isOf(peer.former, ack) ? null : "an acknowledgment of what was never sent";
  }
  if (own.hasAcked && seqDiff(ack, own.ack) < 0) return "an acknowledgment taken back";
  const isFirst = !own.hasAcked;
  own.ack = ack;
  own.hasAcked = true;
  // Behind the peer's FIN there is nothing left to receive.
  if (peer.fin !== undefined && seqDiff(ack, peer.fin) > 0) return null;
  const isScaled = (segment.flags & Bit.Syn) === 0 && own.scale >= 0 && peer.scale >= 0;
  const shift = isScaled ? own.scale : 0;
  const window = segment.window * 2 ** shift;
  if (window > ring) return `a window of ${window} octets, the ring has ${ring}`;
  const edge = (ack + window) >>> 0;
  const moved = isFirst ? 0 : seqDiff(edge, own.edge);
  // RFC 7323 section 2.4: the shift may hide some octets. A SYN sent again cannot tell more.
  const isSyn = (segment.flags & Bit.Syn) !== 0;
  if (moved <= -(2 ** shift) && !isSyn) return `the window's right edge moved left by ${-moved}`;
  if (isFirst || moved > 0) own.edge = edge;
  return null;
}

/** Whether a connection that is over may have had this number acknowledged. */
function isOf(former: Flow | undefined, ack: number): boolean {
  if (former === undefined) return false;
  return seqDiff(ack, former.iss) > 0 && seqDiff(ack, former.end) <= 0;
}
