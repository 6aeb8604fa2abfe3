/**
 * The ladder of a connection's segments, drawn for somebody who learns TCP: client left, server
 * right, what each segment says and which states it brings about. Shows the first connection that
 * it sees: how it opens, how it begins, and how it closes; the middle of a long one is counted.
 *
 * It is told what each end sends and what arrives at each end, so that it can tell what was lost.
 */
import { EtherType, parseEthernet } from "../codec/ethernet.js";
import { Protocol, parseIpv4 } from "../codec/ipv4.js";
import { Flag, isTcpIntact, parseTcp, type Segment } from "../codec/tcp.js";
import { drawArrow, drawHead, drawLost, drawWords, type Side } from "./drawing.js";
import { Endpoint } from "./endpoint.js";
import { explain, grouped, labelOf } from "./explain.js";

/** Segments drawn before the rest is counted; after a pause a few more are. */
const FIRST_SEGMENTS = 14;
const SEGMENTS_AFTER_PAUSE = 6;
/** What is counted is told after so long without a segment; and what is as late is lost. */
const PAUSE_MS = 400;
const NOTABLE = Flag.Syn | Flag.Fin | Flag.Rst;

export interface LadderOptions {
  print: (line: string) => void;
  names: Record<Side, string>;
  /** How long the way is from one end to the other; 0 by default. */
  delayMs?: number;
  /** The line may damage or reorder what it carries. */
  isLineBad?: boolean;
  /** The ends of the connection are both CLOSED or in TIME-WAIT. */
  onOver?: () => void;
}

/** A segment that was sent, and is drawn when it arrives. */
interface UnderWay {
  from: Side;
  key: string;
  label: string;
  words: string;
  /** The sender's state, if sending changed it; else "". */
  state: string;
  sentAtMs: number;
  /** Counts up from one to the next. */
  order: number;
}

export class Ladder {
  isOver = false;
  private readonly ends: Record<Side, Endpoint> =
    { left: new Endpoint("CLOSED"), right: new Endpoint("LISTEN") };
  private clientPort = 0;
  private serverPort = 0;
  private underWay: UnderWay[] = [];
  private drawnLeft = FIRST_SEGMENTS;
  private readonly skipped = { segments: 0, octets: 0, again: 0 };
  private lastSentAtMs = 0;
  private sentCount = 0;

  constructor(private readonly options: LadderOptions) {}

  /** That end has sent a frame (borrowed). Times never go backwards. */
  sent(from: Side, frame: Uint8Array, nowMs: number): void {
    if (this.isOver) return;
    const segment = this.segmentOf(frame, from);
    if (segment === null) return;
    const sender = this.ends[from];
    const receiver = this.ends[otherSide(from)];
    this.lastSentAtMs = nowMs;
    const isNotable = (segment.flags & NOTABLE) !== 0;
    if (isNotable) this.drawnLeft = Math.max(this.drawnLeft, SEGMENTS_AFTER_PAUSE);
    if (this.drawnLeft === 0) {
      this.skip(segment, sender);
      sender.onSent(segment);
      return;
    }
    this.drawnLeft--;
    this.tellSkipped();
    const words = explain(segment, sender, receiver);
    const stateBefore = sender.state;
    sender.onSent(segment);
    const label = labelOf(segment, sender, receiver);
    const state = sender.state === stateBefore ? "" : sender.state;
    const order = this.sentCount++;
    this.underWay.push({
      from, key: keyOf(segment), label, words, state, sentAtMs: nowMs, order,
    });
  }

  /** A frame (borrowed) has arrived at that end. */
  arrived(at: Side, frame: Uint8Array, nowMs: number): void {
    if (this.isOver) return;
    const from = otherSide(at);
    const segment = this.segmentOf(frame, from, this.options.isLineBad);
    if (segment === null) return;
    const receiver = this.ends[at];
    const stateBefore = receiver.state;
    receiver.onReceived(segment);
    const reached = receiver.state === stateBefore ? "" : receiver.state;
    this.drawArrival(from, segment, reached, nowMs);
    if (this.ends.left.isOver && this.ends.right.isOver) this.end();
  }

  /** To be called a few times a second: tells what was lost, and after a pause what was skipped. */
  tick(nowMs: number): void {
    if (this.isOver) return;
    const lostAfterMs = (this.options.delayMs ?? 0) + PAUSE_MS;
    this.drawLost((one) => nowMs - one.sentAtMs >= lostAfterMs);
    if (nowMs - this.lastSentAtMs < PAUSE_MS || this.drawnLeft > 0) return;
    this.tellSkipped();
    this.drawnLeft = SEGMENTS_AFTER_PAUSE;
  }

  /** Draws the segment that has arrived, and before it what it tells to be lost. */
  private drawArrival(from: Side, segment: Segment, reached: string, nowMs: number): void {
    const found = this.takeUnderWay(from, segment, nowMs);
    if (found === undefined) return; // one that was skipped, or a duplicate
    this.drawLost((one) => one.from === from && one.key === found.key &&
      one.order < found.order);
    const states = from === "left" ? { left: found.state, right: reached }
      : { left: reached, right: found.state };
    this.print(drawArrow(from, found.label, found.words, states));
  }

  /** Of several that look alike, the one that was sent as long ago as the way takes. */
  private takeUnderWay(from: Side, segment: Segment, nowMs: number): UnderWay | undefined {
    if (this.underWay.length === 0) return undefined;
    const key = keyOf(segment);
    const expectedAtMs = nowMs - (this.options.delayMs ?? 0);
    const distance = ({ sentAtMs }: UnderWay): number => Math.abs(sentAtMs - expectedAtMs);
    const [best] = this.underWay.filter((one) => one.from === from && one.key === key)
      .sort((a, b) => distance(a) - distance(b) || a.order - b.order);
    if (best !== undefined) this.underWay.splice(this.underWay.indexOf(best), 1);
    return best;
  }

  private drawLost(isLost: (one: UnderWay) => boolean): void {
    for (const one of this.underWay.filter(isLost)) {
      const states = { left: "", right: "", [one.from]: one.state };
      this.print(drawLost(one.from, one.label, states));
    }
    this.underWay = this.underWay.filter((one) => !isLost(one));
  }

  /** The frame's segment, if it is one of the connection that is drawn. */
  private segmentOf(frame: Uint8Array, from: Side, isSuspect = false): Segment | null {
    const ethernet = parseEthernet(frame);
    if (ethernet === null || ethernet.type !== EtherType.Ipv4) return null;
    const packet = parseIpv4(ethernet.payload);
    if (packet === null || packet.protocol !== Protocol.Tcp) return null;
    const segment = parseTcp(packet.payload);
    if (segment === null || !this.isOfConnection(segment, from)) return null;
    return isSuspect && !isTcpIntact(packet) ? null : segment;
  }

  /** The first SYN from the left chooses the connection. */
  private isOfConnection({ sourcePort, destinationPort, flags }: Segment, from: Side): boolean {
    if (this.clientPort === 0) {
      if (from !== "left" || (flags & (Flag.Syn | Flag.Ack)) !== Flag.Syn) return false;
      this.clientPort = sourcePort;
      this.serverPort = destinationPort;
      this.print(drawHead(this.options.names, { left: "CLOSED", right: "LISTEN" }));
    }
    return from === "left"
      ? sourcePort === this.clientPort && destinationPort === this.serverPort
      : sourcePort === this.serverPort && destinationPort === this.clientPort;
  }

  private skip(segment: Segment, sender: Endpoint): void {
    this.skipped.segments++;
    this.skipped.octets += segment.text.length;
    if (sender.isAgain(segment)) this.skipped.again++;
  }

  private tellSkipped(): void {
    const { segments, octets, again } = this.skipped;
    if (segments === 0) return;
    const repeated = again === 0 ? "" : `, ${grouped(again)} of them sent once more`;
    const plural = segments === 1 ? "segment" : "segments";
    this.print(drawWords(
      `… ${grouped(segments)} more ${plural} with ${grouped(octets)} octets${repeated} …`));
    this.skipped.segments = this.skipped.octets = this.skipped.again = 0;
  }

  private end(): void {
    this.tellSkipped();
    const waiting = (["left", "right"] as const).filter(
      (side) => this.ends[side].state === "TIME-WAIT");
    const words = waiting.length === 0 ? "both ends are closed"
      : "closed; TIME-WAIT stays for a minute, to answer should the last ACK have been lost";
    this.print(drawWords(words));
    this.isOver = true;
    this.options.onOver?.();
  }

  private print(lines: string[]): void {
    for (const line of lines) this.options.print(line);
  }
}

/** Tells a segment from the others of its connection, as good as need be. */
function keyOf({ seq, ack, flags, window, text }: Segment): string {
  return `${seq} ${ack} ${flags} ${window} ${text.length}`;
}

function otherSide(side: Side): Side {
  return side === "left" ? "right" : "left";
}
