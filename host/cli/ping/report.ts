/** What `ping` prints, in the form that everybody knows. */
import { IcmpType } from "../codec/icmp.js";
import type { PingOutcome } from "./pinger.js";

/** RFC 792 and RFC 1122 section 3.2.2.1; the codes that are met with. */
const UNREACHABLE = [
  "network unreachable", "host unreachable", "protocol unreachable", "port unreachable",
  "fragmentation needed",
];

export function outcomeText(outcome: PingOutcome): string {
  const { sequence } = outcome;
  switch (outcome.kind) {
    case "reply":
      return `${outcome.octets} octets from ${outcome.from}: seq=${sequence} ` +
        `ttl=${outcome.ttl} time=${milliseconds(outcome.rttMs)}`;
    case "damaged":
      return `from ${outcome.from}: seq=${sequence} the answer is not what was sent`;
    case "error":
      return `from ${outcome.from}: seq=${sequence} ${errorText(outcome.type, outcome.code)}`;
    case "silence":
      return `seq=${sequence} no answer`;
    case "unreachable":
      return `seq=${sequence} unreachable: ${outcome.reason}`;
  }
}

function errorText(type: number, code: number): string {
  if (type === IcmpType.TimeExceeded) return "time to live exceeded";
  return UNREACHABLE[code] ?? `unreachable (code ${code})`;
}

export function statisticsText(host: string, outcomes: readonly PingOutcome[]): string {
  const rtts = outcomes.flatMap((outcome) => (outcome.kind === "reply" ? [outcome.rttMs] : []));
  const sent = outcomes.length;
  const lost = sent === 0 ? 0 : (100 * (sent - rtts.length)) / sent;
  const lines = [
    `--- ${host}: ${sent} sent, ${rtts.length} answered, ${lost.toFixed(0)} % lost`,
  ];
  if (rtts.length > 0) {
    const average = mean(rtts);
    const deviation = Math.sqrt(mean(rtts.map((rtt) => (rtt - average) ** 2)));
    const figures = [Math.min(...rtts), average, Math.max(...rtts), deviation];
    const words = figures.map((figure) => figure.toFixed(2)).join("/");
    lines.push(`round trip min/avg/max/mdev = ${words} ms`);
  }
  return lines.join("\n");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
}
