/** What a segment says, in the words of somebody who explains TCP. */
import { Flag, type Segment } from "../codec/tcp.js";
import type { Endpoint } from "./endpoint.js";

/** Octets of text that are quoted. */
const QUOTE_OCTETS = 24;

/** In the words of tcpdump: `SYN seq=… ack=… len=… wnd=…`, numbers counted from the SYN. */
export function labelOf(segment: Segment, sender: Endpoint, receiver: Endpoint): string {
  const { flags, seq, ack, text, window, urgent } = segment;
  const isSyn = (flags & Flag.Syn) !== 0;
  const words: string[] = [];
  for (const [bit, name] of FLAG_NAMES) if ((flags & bit) !== 0) words.push(name);
  words.push(`seq=${isSyn ? seq : sender.relative(seq)}`);
  if ((flags & Flag.Ack) !== 0) words.push(`ack=${isSyn ? ack : receiver.relative(ack)}`);
  if (text.length > 0) words.push(`len=${text.length}`);
  if (urgent > 0) words.push(`urg=${urgent}`);
  words.push(`wnd=${isSyn ? window : windowOf(window, sender, receiver)}`);
  return words.join(" ");
}

const FLAG_NAMES = [
  [Flag.Syn, "SYN"], [Flag.Fin, "FIN"], [Flag.Rst, "RST"], [Flag.Psh, "PSH"], [Flag.Ack, "ACK"],
  [Flag.Urg, "URG"],
] as const;

/** RFC 7323: scaled only when both sides have offered it. */
function windowOf(window: number, sender: Endpoint, receiver: Endpoint): number {
  if (receiver.windowShift === undefined) return window;
  return window * 2 ** (sender.windowShift ?? 0);
}

/** What the segment means. `sender` as it was before it sent it. */
export function explain(segment: Segment, sender: Endpoint, receiver: Endpoint): string {
  const { flags } = segment;
  if ((flags & Flag.Rst) !== 0) return explainReset(sender, segment);
  const parts: string[] = [];
  if ((flags & Flag.Syn) !== 0) parts.push(explainSyn(segment));
  if (segment.text.length > 0) parts.push(explainText(segment, sender));
  if ((flags & Flag.Fin) !== 0) parts.push(explainFin(sender));
  if (segment.urgent > 0) parts.push(explainUrgent(segment, sender));
  if (parts.length === 0) return explainAck(segment, sender, receiver);
  const again = sender.isAgain(segment) ? "once more, as no answer came: " : "";
  return again + parts.join("; ");
}

function explainReset(sender: Endpoint, { sourcePort }: Segment): string {
  return sender.iss === undefined
    ? `refuses: nobody listens on port ${sourcePort}`
    : "breaks off: the connection is over, and what was under way is lost";
}

/** RFC 9293 section 3.7.1, RFC 7323 section 2. */
function explainSyn({ flags, seq, ack, mss, windowScale }: Segment): string {
  const what = (flags & Flag.Ack) === 0
    ? `asks to open; its numbers start at ${seq}`
    : `agrees, and opens its own direction: numbers from ${seq}; expects number ${ack} next`;
  const size = mss === undefined ? "" : `; takes up to ${grouped(mss)} octets in a segment`;
  const unit = 2 ** (windowScale ?? 0);
  return what + size + (unit === 1 ? "" : `, and will tell windows in units of ${unit}`);
}

function explainText({ seq, text }: Segment, sender: Endpoint): string {
  const first = sender.relative(seq);
  const last = first + text.length - 1;
  const numbers = text.length === 1 ? `number ${grouped(first)}`
    : `numbers ${grouped(first)} to ${grouped(last)}`;
  const octets = text.length === 1 ? "1 octet" : `${grouped(text.length)} octets`;
  return `${octets}, ${numbers}${quote(text)}`;
}

/** RFC 9293 section 3.8.5: the pointer is of the octet behind. */
function explainUrgent({ seq, urgent }: Segment, sender: Endpoint): string {
  return `urgent up to number ${grouped(sender.relative(seq) + urgent - 1)}`;
}

function explainFin(sender: Endpoint): string {
  return sender.state === "CLOSE-WAIT"
    ? "has nothing more to send either: ends its direction, too"
    : "has nothing more to send: ends its direction";
}

function explainAck(segment: Segment, sender: Endpoint, receiver: Endpoint): string {
  const next = grouped(receiver.relative(segment.ack));
  const full = segment.window === 0 ? "; has no room left: wait" : "";
  if (sender.lastAck < 0) return "acknowledges: ready, both directions stand";
  if (sender.seesPeerFin(segment)) return "has all there was, the end included";
  if (segment.ack !== sender.lastAck) return `has all before number ${next}${full}`;
  if (segment.window !== sender.lastWindow && segment.window > 0) {
    const room = grouped(windowOf(segment.window, sender, receiver));
    return `has room for ${room} octets now`;
  }
  return full === "" ? `still waits for number ${next}` : `still full, waits for number ${next}`;
}

/** The beginning of a text that can be read: `: "GET / HTTP/1.1"`. */
function quote(text: Uint8Array): string {
  const line = /^[\x20-\x7e]+/.exec(String.fromCharCode(...text.subarray(0, QUOTE_OCTETS + 1)));
  if (line === null || line[0].length < Math.min(4, text.length)) return "";
  const words = line[0];
  return words.length > QUOTE_OCTETS ? `: "${words.slice(0, QUOTE_OCTETS)}…"` : `: "${words}"`;
}

export function grouped(value: number): string {
  return value.toLocaleString("en");
}
