/** Packets and times as lines of a script. */
import { icmpName } from "./icmp_names.js";
import { optionsText } from "./option_octets.js";
import type { EventTime, IpNotes, Segment } from "./script.js";

export function secondsText(us: number): string {
  return (us / 1e6).toFixed(6);
}

export function timeText(time: EventTime): string {
  if (time.kind === "any") return "*";
  const sign = time.isRelative ? "+" : "";
  const end = time.kind === "range" ? `~${sign}${secondsText(time.endUs)}` : "";
  return `${sign}${secondsText(time.us)}${end}`;
}

/** "S. 0:0(0) ack 1 win 65535 <mss 1460>"; the flag of no flag is "-". */
export function segmentText(segment: Segment): string {
  const { flags, seq, length, ack, window, urgent, options } = segment;
  const parts = [flags || "-", `${seq}:${(seq + length) >>> 0}(${length})`];
  if (ack !== undefined && flags.includes(".")) parts.push(`ack ${ack}`);
  if (window !== undefined) parts.push(`win ${window}`);
  if (urgent !== undefined && (urgent !== 0 || flags.includes("U"))) parts.push(`urg ${urgent}`);
  if (options === undefined) parts.push("<...>");
  else if (options.length > 0) parts.push(`<${optionsText(options)}>`);
  return parts.join(" ");
}

/** "[ect0, ttl 3] ", or nothing. */
export function ipNotesText(ip: IpNotes): string {
  const { ecn, tos, ttl, port, localPort, dontFragment } = ip;
  const notes: string[] = [];
  if (dontFragment !== undefined) notes.push(dontFragment ? "df" : "nodf");
  if (ecn !== undefined) notes.push(ecn);
  if (tos !== undefined) notes.push(`tos 0x${tos.toString(16)}`);
  if (ttl !== undefined) notes.push(`ttl ${ttl}`);
  if (port !== undefined) notes.push(`port ${port}`);
  if (localPort !== undefined) notes.push(`localport ${localPort}`);
  return notes.length === 0 ? "" : `[${notes.join(", ")}] `;
}

export function icmpText(
  type: number, code: number, mtu?: number, quoted?: { seq: number; length: number },
): string {
  const parts = [`icmp ${icmpName(type, code)}`];
  if (mtu !== undefined) parts.push(`mtu ${mtu}`);
  if (quoted !== undefined) {
    const { seq, length } = quoted;
    parts.push(`[${seq}:${(seq + length) >>> 0}(${length})]`);
  }
  return parts.join(" ");
}
