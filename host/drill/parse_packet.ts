/** Packets of a script: `< S 0:0(0) win 1000 <mss 1460>`, `> [ect0] P. 1:101(100) ack 1`, icmp. */
import type { Cursor } from "./cursor.js";
import { ICMP_TYPES } from "./icmp_names.js";
import type {
  Direction, EcnWord, IcmpAction, IpNotes, PacketAction, Quoted, Segment, TcpOption,
} from "./script.js";

/** In the order in which segments are printed. */
export const FLAG_LETTERS = "SFRPUEWA.";
const FLAGS = /[SFRPUEWAC.]+(?![\w(])|-(?!\d)/y;
const RANGE = /(\d+)\s*:\s*(\d+)\s*(?:\(\s*(\d+)\s*\))?/y;
const NUMBER = /0[xX][0-9a-fA-F]+|\d+/y;
const ECN = /noecn|ect01|ect0|ect1|ce/y;
const IPV4 = /\d+\.\d+\.\d+\.\d+/y;
const U16 = 0xffff;
const U32 = 0xffffffff;

/** Reads a packet from behind its direction on. */
export function parsePacket(
  cursor: Cursor, direction: Direction, notesBefore: IpNotes,
): PacketAction {
  const ip: IpNotes = { ...notesBefore };
  let quote: Quote = {};
  while (cursor.peek(/[[(]/y) !== null) {
    if (cursor.peek(/\[\s*(\d+\s*:|udp)/y) !== null) quote = parseQuote(cursor);
    else Object.assign(ip, parseIpNotes(cursor));
  }
  if (cursor.acceptWord("ipv4")) cursor.accept(":");
  if (cursor.acceptWord("icmp")) return parseIcmp(cursor, direction, ip, quote);
  if (cursor.acceptWord("udp")) return { kind: "udp", direction, ip, length: parseLength(cursor) };
  return { kind: "segment", direction, ip, segment: parseSegment(cursor, direction) };
}

/** `[ect0, ttl 3]`, `(tos 0x10)`: what is to be in the IP header. */
export function parseIpNotes(cursor: Cursor): IpNotes {
  const close = cursor.accept("[") ? "]" : (cursor.require("("), ")");
  const notes: IpNotes = {};
  for (let count = 0; !cursor.accept(close); count++) {
    if (count > 0) cursor.accept(",");
    parseIpNote(cursor, notes);
  }
  return notes;
}

function parseIpNote(cursor: Cursor, notes: IpNotes): void {
  const ecn = cursor.take(ECN);
  if (ecn !== null) {
    notes.ecn = ecn[0] as EcnWord;
    return;
  }
  const [word] = cursor.expect(/[a-z_]+/y,
    "a note on the IP header (noecn, ect0, ect1, ect01, ce, tos N, ttl N, port N, localport N, " +
    "src A, dst A, df, nodf, frag N, badsum, badipsum)");
  switch (word) {
    case "tos": notes.tos = parseNumber(cursor, "tos", 255); break;
    case "ttl": notes.ttl = parseNumber(cursor, "ttl", 255); break;
    case "port": notes.port = parseNumber(cursor, "port", U16); break;
    case "localport": notes.localPort = parseNumber(cursor, "localport", U16); break;
    case "src": notes.source = cursor.expect(IPV4, "an IPv4 address")[0]; break;
    case "dst": notes.destination = cursor.expect(IPV4, "an IPv4 address")[0]; break;
    case "badsum": notes.badChecksum = "tcp"; break;
    case "badipsum": notes.badChecksum = "ip"; break;
    case "df": notes.dontFragment = true; break;
    case "nodf": notes.dontFragment = false; break;
    case "frag": notes.fragment = parseFragment(cursor); break;
    case "flowlabel": return cursor.fail("flow labels are of IPv6, which is not supported");
    default: cursor.fail(`unknown note "${word}" on the IP header`);
  }
}

function parseFragment(cursor: Cursor): number {
  const start = cursor.at;
  const octets = parseNumber(cursor, "frag", U16);
  if (octets === 0 || octets % 8 !== 0) cursor.fail("fragments are multiples of 8 octets", start);
  return octets;
}

function parseSegment(cursor: Cursor, direction: Direction): Segment {
  const [flags] = cursor.expect(FLAGS, 'flags such as "S", "S.", "P.", "." or "-", or "icmp"');
  const { seq, length } = parseRange(cursor, "a sequence range such as 1:101(100)");
  const segment: Segment = { flags: sortFlags(flags, cursor), seq, length };
  for (;;) {
    if (cursor.acceptWord("ack")) segment.ack = parseNumber(cursor, "ack", U32);
    else if (cursor.acceptWord("win")) segment.window = parseNumber(cursor, "win", U16);
    else if (cursor.acceptWord("urg")) segment.urgent = parseNumber(cursor, "urg", U16);
    else break;
  }
  const options = parseOptions(cursor);
  if (options !== null) segment.options = options;
  if (options === null && direction === "in") cursor.fail("<...> is for packets with > only");
  return segment;
}

function sortFlags(flags: string, cursor: Cursor): string {
  if (flags === "-") return "";
  if (new Set(flags).size !== flags.length) cursor.fail(`a flag twice in "${flags}"`);
  const plain = flags.replace("C", "W");
  return [...FLAG_LETTERS].filter((letter) => plain.includes(letter)).join("");
}

function parseRange(cursor: Cursor, what: string): { seq: number; length: number } {
  const start = cursor.at;
  const [, from, to, given] = cursor.expect(RANGE, what);
  const seq = Number(from);
  const length = (Number(to) - seq) >>> 0;
  if (seq > U32 || Number(to) > U32) cursor.fail("a sequence number has 32 bits", start);
  if (given !== undefined && length !== Number(given)) {
    cursor.fail(`${from}:${to} are ${length} octets, not ${given}`, start);
  }
  if (length > U16) cursor.fail(`no packet holds ${length} octets`, start);
  return { seq, length };
}

export function parseNumber(cursor: Cursor, what: string, most: number): number {
  const start = cursor.at;
  const value = Number(cursor.expect(NUMBER, `a number behind ${what}`)[0]);
  if (value > most) cursor.fail(`${what} is at most ${most}, not ${value}`, start);
  return value;
}

/** The list in angle brackets; [] when there is none; null for `<...>`. */
function parseOptions(cursor: Cursor): TcpOption[] | null {
  if (!cursor.accept("<")) return [];
  if (cursor.accept("...")) {
    cursor.require(">");
    return null;
  }
  const options: TcpOption[] = [];
  while (!cursor.accept(">")) {
    if (options.length > 0) cursor.require(",", 'or ">"');
    options.push(parseOption(cursor));
  }
  return options;
}

function parseOption(cursor: Cursor): TcpOption {
  const [word] = cursor.expect(/[A-Za-z]\w*/y,
    "an option (mss N, wscale N, sackOK, sack N:N, TS val N ecr N, nop, eol, FO, kind N, raw HEX)");
  switch (word) {
    case "nop": case "eol": case "sackOK": return { kind: word };
    case "mss": return { kind: "mss", value: parseNumber(cursor, word, U16) };
    case "wscale": return { kind: "wscale", value: parseNumber(cursor, word, 255) };
    case "sack": return { kind: "sack", blocks: parseBlocks(cursor) };
    case "TS": return parseTimestamps(cursor);
    case "FO": return { kind: "other", code: 34, data: parseHex(cursor) };
    case "FOEXP": return { kind: "other", code: 254, data: [0xf9, 0x89, ...parseHex(cursor)] };
    case "md5": return { kind: "other", code: 19, data: parseHex(cursor) };
    case "raw": return { kind: "raw", data: parseHex(cursor) };
    case "uto": return { kind: "other", code: 28, data: parseUserTimeout(cursor) };
    case "kind": case "unknown":
      return { kind: "other", code: parseNumber(cursor, word, 255), data: parseHex(cursor) };
    default: return cursor.fail(`unknown TCP option "${word}"`);
  }
}

function parseTimestamps(cursor: Cursor): TcpOption {
  if (!cursor.acceptWord("val")) cursor.fail(`expected "val" behind TS, found ${cursor.found()}`);
  const value = parseNumber(cursor, "val", U32);
  if (!cursor.acceptWord("ecr")) cursor.fail(`expected "ecr", found ${cursor.found()}`);
  return { kind: "TS", value, echo: parseNumber(cursor, "ecr", U32) };
}

function parseBlocks(cursor: Cursor): [number, number][] {
  const blocks: [number, number][] = [];
  while (cursor.peek(/\d+\s*:/y) !== null) {
    const [, from, to] = cursor.take(/(\d+)\s*:\s*(\d+)/y) ?? cursor.fail("expected FROM:TO");
    blocks.push([Number(from), Number(to)]);
  }
  if (blocks.length === 0) cursor.fail(`expected a block FROM:TO, found ${cursor.found()}`);
  return blocks;
}

/** Octets as hexadecimal digits, perhaps none. */
function parseHex(cursor: Cursor): number[] {
  const start = cursor.at;
  const digits = (cursor.take(/(?:0x)?[0-9a-fA-F]+/y)?.[0] ?? "").replace(/^0x/, "");
  if (digits.length % 2 !== 0) cursor.fail("octets are two hexadecimal digits each", start);
  return (digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
}

/** RFC 5482: `uto 30 s`, `uto 5 min`; seconds when not said. */
function parseUserTimeout(cursor: Cursor): number[] {
  const value = parseNumber(cursor, "uto", 0x7fff);
  const isMinutes = cursor.take(/min\b|m\b/y) !== null;
  if (!isMinutes) cursor.take(/sec\b|s\b/y);
  return [(isMinutes ? 0x80 : 0) | (value >> 8), value & 255];
}

/** `icmp unreachable frag_needed mtu 1200 [1:1461(1460)]`; the quote may stand before, too. */
function parseIcmp(
  cursor: Cursor, direction: Direction, ip: IpNotes, before: Quote,
): IcmpAction {
  const start = cursor.at;
  const names = Object.keys(ICMP_TYPES).join(", ");
  const [typeName] = cursor.expect(/\w+/y, `a type of ICMP message (${names})`);
  const known = ICMP_TYPES[typeName];
  const type = known?.type ?? Number(typeName);
  if (!(type <= 255)) cursor.fail(`unknown ICMP type "${typeName}"; there are ${names}`, start);
  const action: IcmpAction = { kind: "icmp", direction, ip, type, code: 0 };
  const code = cursor.take(/(?!mtu\b)[a-z]\w*|\d+(?!\s*[.~:])(?=\s*(?:mtu|\[))/y)?.[0];
  if (code !== undefined) {
    action.code = known?.codes[code] ?? Number(code);
    if (!(action.code <= 255)) {
      cursor.fail(`unknown code "${code}" of ICMP ${typeName}`, start);
    }
  }
  if (cursor.acceptWord("mtu")) action.mtu = parseNumber(cursor, "mtu", U16);
  Object.assign(action, cursor.peek(/\[/y) === null ? before : parseQuote(cursor));
  if (cursor.peek(/\(/y) !== null) action.echoLength = parseLength(cursor);
  return action;
}

type Quote = Pick<IcmpAction, "quoted" | "quotedUdp">;

function parseQuote(cursor: Cursor): Quote {
  cursor.require("[");
  const quote: Quote = cursor.acceptWord("udp") ? { quotedUdp: parseLength(cursor) } : {
    quoted: parseRange(cursor, "the quoted segment's range, such as [1:1461(1460)]") as Quoted,
  };
  cursor.require("]");
  return quote;
}

/** "(100)" */
function parseLength(cursor: Cursor): number {
  cursor.require("(");
  const length = parseNumber(cursor, "(", U16);
  cursor.require(")");
  return length;
}
