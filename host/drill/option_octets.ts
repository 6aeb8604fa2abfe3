/** TCP options between octets (RFC 9293 section 3.2) and the words of a script. */
import type { TcpOption } from "./script.js";

const enum Kind {
  End = 0,
  NoOperation = 1,
  Mss = 2,
  WindowScale = 3,
  SackPermitted = 4,
  Sack = 5,
  Timestamps = 8,
  UserTimeout = 28,
}

const MOST_OCTETS = 40;

/** Octets of the options, filled up with zeros to whole words. Throws RangeError beyond 40. */
export function optionOctets(options: readonly TcpOption[]): Uint8Array {
  const octets = options.flatMap(octetsOf);
  while (octets.length % 4 !== 0) octets.push(Kind.End);
  if (octets.length > MOST_OCTETS) {
    throw new RangeError(`options take ${octets.length} octets, a segment has ${MOST_OCTETS}`);
  }
  return Uint8Array.from(octets);
}

function octetsOf(option: TcpOption): number[] {
  switch (option.kind) {
    case "eol": return [Kind.End];
    case "nop": return [Kind.NoOperation];
    case "mss": return [Kind.Mss, 4, ...u16(option.value)];
    case "wscale": return [Kind.WindowScale, 3, option.value];
    case "sackOK": return [Kind.SackPermitted, 2];
    case "sack": {
      const edges = option.blocks.flat();
      return [Kind.Sack, 2 + 4 * edges.length, ...edges.flatMap(u32)];
    }
    case "TS": return [Kind.Timestamps, 10, ...u32(option.value), ...u32(option.echo)];
    case "raw": return option.data;
    case "other": return [option.code, 2 + option.data.length, ...option.data];
  }
}

function u16(value: number): number[] {
  return [(value >> 8) & 255, value & 255];
}

function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** Reads options up to the end of the header. Null: they are malformed. */
export function readOptions(octets: Uint8Array): TcpOption[] | null {
  const options: TcpOption[] = [];
  for (let at = 0; at < octets.length; ) {
    const code = octets[at]!;
    if (code === Kind.End || code === Kind.NoOperation) {
      options.push({ kind: code === Kind.End ? "eol" : "nop" });
      at++;
      continue;
    }
    const length = octets[at + 1] ?? 0;
    if (length < 2 || at + length > octets.length) return null;
    options.push(readOption(code, octets.subarray(at + 2, at + length)));
    at += length;
  }
  return options;
}

function readOption(code: number, data: Uint8Array): TcpOption {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (code === Kind.Mss && data.length === 2) return { kind: "mss", value: view.getUint16(0) };
  if (code === Kind.WindowScale && data.length === 1) return { kind: "wscale", value: data[0]! };
  if (code === Kind.SackPermitted && data.length === 0) return { kind: "sackOK" };
  if (code === Kind.Timestamps && data.length === 8) {
    return { kind: "TS", value: view.getUint32(0), echo: view.getUint32(4) };
  }
  if (code === Kind.Sack && data.length > 0 && data.length % 8 === 0) {
    const blocks: [number, number][] = [];
    for (let at = 0; at < data.length; at += 8) {
      blocks.push([view.getUint32(at), view.getUint32(at + 4)]);
    }
    return { kind: "sack", blocks };
  }
  return { kind: "other", code, data: [...data] };
}

/** "mss 1460,nop,wscale 7" */
export function optionsText(options: readonly TcpOption[]): string {
  return options.map(optionText).join(",");
}

export function optionText(option: TcpOption): string {
  switch (option.kind) {
    case "mss": case "wscale": return `${option.kind} ${option.value}`;
    case "sack": return `sack ${option.blocks.map(([from, to]) => `${from}:${to}`).join(" ")}`;
    case "TS": return `TS val ${option.value} ecr ${option.echo}`;
    case "other": return otherText(option.code, option.data);
    case "raw": return `raw ${hexText(option.data)}`;
    default: return option.kind;
  }
}

function otherText(code: number, data: number[]): string {
  if (code === Kind.UserTimeout && data.length === 2) {
    const value = ((data[0]! & 0x7f) << 8) | data[1]!;
    return `uto ${value} ${data[0]! >= 0x80 ? "min" : "s"}`;
  }
  const digits = hexText(data);
  return `kind ${code}${digits && ` ${digits}`}`;
}

function hexText(data: readonly number[]): string {
  return data.map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
