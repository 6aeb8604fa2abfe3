/** What `netstat` prints: every entry of the stack's tables, as text and as JSON. */
import type { Network } from "../../network.js";
import type { ConnectionStatus } from "../../status.js";

/** All there is to know, for programs: sequence numbers, timers in milliseconds, counters. */
export function netstatJson(network: Network): string {
  const report = { connections: network.connections(), counters: network.counters() };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The same for people: one line an entry, then what has been counted. */
export function netstatText(network: Network): string {
  const all = network.connections();
  const neighbours = all.filter(({ table }) => table === "neighbours");
  const others = all.filter(({ table }) => table !== "neighbours");
  const parts = [table(CONNECTION_COLUMNS, others)];
  if (neighbours.length > 0) parts.push(table(NEIGHBOUR_COLUMNS, neighbours));
  parts.push(`${countersText(network)}\n`);
  return parts.join("\n");
}

/** Columns of the connections alone, for the terminal. */
export function connectionsText(network: Network): string {
  const entries = network.connections().filter(({ table }) => table !== "neighbours");
  return table(CONNECTION_COLUMNS, entries);
}

interface Column {
  title: string;
  isNumber?: true;
  cell(entry: ConnectionStatus): string;
}

const CONNECTION_COLUMNS: Column[] = [
  { title: "local", cell: (entry) => place(entry.localAddress, entry.localPort) },
  { title: "remote", cell: (entry) => place(entry.remoteAddress, entry.remotePort) },
  { title: "state", cell: ({ state }) => state },
  { title: "recv-q", isNumber: true, cell: ({ receiveQueue }) => `${receiveQueue}` },
  { title: "send-q", isNumber: true, cell: ({ sendQueue }) => `${sendQueue}` },
  { title: "window", isNumber: true, cell: (entry) => ofConnection(entry, entry.sendWindow) },
  { title: "cwnd", isNumber: true, cell: (entry) => ofConnection(entry, entry.congestionWindow) },
  { title: "rtt ms", isNumber: true, cell: rttText },
  {
    title: "rto ms", isNumber: true,
    cell: (entry) => ofConnection(entry, entry.retransmissionTimeoutMs),
  },
  { title: "timers", cell: timersText },
  { title: "remarks", cell: remarksText },
];

const NEIGHBOUR_COLUMNS: Column[] = [
  { title: "neighbour", cell: ({ remoteAddress }) => remoteAddress },
  { title: "state", cell: ({ state }) => state },
];

function table(columns: readonly Column[], entries: readonly ConnectionStatus[]): string {
  const rows = [columns.map(({ title }) => title)];
  for (const entry of entries) rows.push(columns.map(({ cell }) => cell(entry)));
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, index) => {
      const width = widths[index]!;
      return columns[index]!.isNumber ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd());
  return `${lines.join("\n")}\n`;
}

/** "10.0.0.2:80"; any is "*". */
function place(address: string, port: number): string {
  return `${address === "0.0.0.0" ? "*" : address}:${port === 0 ? "*" : port}`;
}

/** Listeners, half-open and TIME-WAIT entries have no control block. */
function ofConnection({ table }: ConnectionStatus, value: number): string {
  return table === "connections" ? `${value}` : "";
}

function rttText({ table, smoothedRttUs }: ConnectionStatus): string {
  return table === "connections" && smoothedRttUs > 0 ? (smoothedRttUs / 1000).toFixed(1) : "";
}

/** "retransmit 0.98 s, ack 0.02 s" */
function timersText({ timers }: ConnectionStatus): string {
  const names = { keepAlive: "keep-alive", timeWait: "time-wait", synAck: "syn-ack" };
  return Object.entries(timers)
    .map(([name, leftMs]) => {
      const words = names[name as keyof typeof names] ?? name;
      return `${words} ${(leftMs / 1000).toFixed(leftMs < 10_000 ? 2 : 0)} s`;
    })
    .join(", ");
}

function remarksText(entry: ConnectionStatus): string {
  const remarks: string[] = [];
  if (entry.table === "listeners") return "recv-q: to be accepted; send-q: backlog";
  if (entry.flags.includes("pending")) remarks.push("not accepted yet");
  if (entry.flags.includes("orphan")) remarks.push("let go of");
  if (entry.retransmissions > 0) remarks.push(`${entry.retransmissions} retransmissions`);
  if (entry.outOfOrder > 0) remarks.push(`${entry.outOfOrder} octets out of order`);
  if (entry.softError !== "none") remarks.push(entry.softError);
  if (entry.reason !== "none") remarks.push(entry.reason);
  return remarks.join(", ");
}

/** The counters that are not 0. */
function countersText(network: Network): string {
  const counted = Object.entries(network.counters()).filter(([, value]) => value !== 0);
  const width = Math.max(0, ...counted.map(([, value]) => `${value}`.length));
  return counted.map(([name, value]) => `${`${value}`.padStart(width)}  ${name}`).join("\n");
}
