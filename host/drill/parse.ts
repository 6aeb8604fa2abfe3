/** A script of packetdrill's language, read into its events (docs/drill.md has the language). */
import { Cursor } from "./cursor.js";
import { parseCall } from "./parse_call.js";
import { parseIpNotes, parsePacket } from "./parse_packet.js";
import type { EventTime, InitOption, Script, ScriptEvent } from "./script.js";

const OPTION = /--([A-Za-z0-9_.]+)(?:\s*=\s*("[^"\n]*"|[^\s"`]+))?/y;
const BACK_QUOTED = /`((?:\\[^]|[^`\\])*)`/y;
const CODE = /%\{([^]*?)\}%/y;
const TIME = /\d+\.\d+|\.\d+|\d+\.(?!\.)|\d+/y;
const NO_TIME: EventTime = { kind: "at", isRelative: true, us: 0 };
const MICROSECONDS = 1e6;

/** Throws ScriptError. */
export function parseScript(text: string, file: string): Script {
  const cursor = new Cursor(text.replace(/\r\n/g, "\n"), file);
  const script: Script = { file, options: [], initCommands: [], events: [] };
  for (let option = parseOption(cursor); option !== null; option = parseOption(cursor)) {
    script.options.push(option);
  }
  while (!cursor.isAtEnd) script.events.push(parseEvent(cursor));
  const first = script.events.findIndex((event) => event.kind !== "command" || hasTime(event));
  for (const event of script.events.splice(0, first < 0 ? script.events.length : first)) {
    if (event.kind === "command") script.initCommands.push(event);
  }
  return script;
}

function hasTime(event: ScriptEvent): boolean {
  return event.time !== NO_TIME;
}

function parseOption(cursor: Cursor): InitOption | null {
  const line = cursor.lineOf();
  const match = cursor.take(OPTION);
  if (match === null) return null;
  return { name: match[1]!, value: (match[2] ?? "").replace(/^"(.*)"$/, "$1"), line };
}

function parseEvent(cursor: Cursor): ScriptEvent {
  const start = cursor.at;
  const line = cursor.lineOf();
  // Commands and code may do without a time: they happen when the event before has happened.
  const isBare = cursor.peek(/`|%\{/y) !== null;
  const time = isBare ? NO_TIME : parseTime(cursor);
  const end = isBare || !cursor.accept("...") ? undefined : parseEnd(cursor);
  const action = parseAction(cursor, line, end);
  if (end !== undefined && action.kind !== "call") {
    cursor.fail("only a call lasts from one time ... to another", start);
  }
  const text = cursor.text.slice(start, cursor.at)
    .replace(/\/\/[^\n]*|\/\*[^]*?\*\//g, " ").replace(/\s+/g, " ").trim();
  return { ...action, line, time, text } as ScriptEvent;
}

function parseAction(cursor: Cursor, line: number, endUs: number | undefined) {
  const command = cursor.take(BACK_QUOTED);
  if (command !== null) return { kind: "command" as const, line, command: command[1]! };
  if (cursor.peek(/`/y) !== null) cursor.fail("this ` has no second one");
  const start = cursor.at + 2;
  const code = cursor.take(CODE);
  if (code !== null) {
    const margin = cursor.text.slice(0, start).replace(/[^\n]/g, " ");
    return { kind: "code" as const, code: code[1]!, margin };
  }
  if (cursor.peek(/%/y) !== null) cursor.fail("expected %{ code }%");
  const notes = cursor.peek(/[[(]/y) === null ? {} : parseIpNotes(cursor);
  if (cursor.accept("<")) return parsePacket(cursor, "in", notes);
  if (cursor.accept(">")) return parsePacket(cursor, "out", notes);
  return parseCall(cursor, endUs);
}

function parseTime(cursor: Cursor): EventTime {
  if (cursor.accept("*")) return { kind: "any" };
  const isRelative = cursor.accept("+");
  const us = parseSeconds(cursor);
  if (!cursor.accept("~")) return { kind: "at", isRelative, us };
  if (isRelative) cursor.accept("+");
  const endAt = cursor.at;
  const endUs = parseSeconds(cursor);
  if (endUs < us) cursor.fail("a range of times ends before it begins", endAt);
  return { kind: "range", isRelative, us, endUs };
}

/** The end of a blocking call is relative when its beginning is. */
function parseEnd(cursor: Cursor): number {
  cursor.accept("+");
  return parseSeconds(cursor);
}

/** Seconds as microseconds. */
function parseSeconds(cursor: Cursor): number {
  const [text] = cursor.expect(TIME, "a time (0.1, +.1, *, 0.1~0.2, 0.1...0.2)");
  return Math.round(Number(text) * MICROSECONDS);
}
