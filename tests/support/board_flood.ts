/**
 * As `host/tools/board/join.ts`, with an attacker on the same wire, whose SYNs pass between the
 * frames of others. A program:
 *
 *   node --import tsx tests/support/board_flood.ts LINE DEVICE ADDRESS MAC [faults]
 *
 * "flood PORT COUNT" sends so many SYNs to the board; it answers "flooded" when all have gone.
 */
import { createInterface } from "node:readline";
import { readArguments } from "../../host/cli/command_line.js";
import { withFaults } from "../../host/link/faults.js";
import { FAULT_OPTIONS, parseFaultOptions } from "../../host/link/faults_options.js";
import { join } from "../../host/tools/board/join.js";
import { openLink } from "../../host/link/open.js";
import { SlipEncoder } from "../../host/link/slip.js";
import { SynFlood } from "./syn_flood.js";

/** SYNs before others get their turn. */
const BURST = 8;
/** To the board's address, from one of no card's, IPv4. */
const ETHERNET_TAIL = [0x02, 0, 0, 0, 0, 0x66, 0x08, 0x00];

const { values, positionals } = readArguments(
  process.argv.slice(2), FAULT_OPTIONS, ["LINE", "DEVICE", "ADDRESS", "MAC"]);
const [lineSpec = "", deviceSpec = "", address, mac = ""] = positionals;
const line = await openLink(lineSpec);
const device = await openLink(deviceSpec);
const faults = parseFaultOptions(values);
await join(line, faults === undefined ? device : withFaults(device, faults));
const station = mac.split(":").map((octet) => parseInt(octet, 16));
const header = Uint8Array.of(...station, ...ETHERNET_TAIL);
const encoder = new SlipEncoder();
console.log("ready");

/** As the line carries it. */
function framed(packet: Uint8Array): Uint8Array {
  return line.kind === "serial" ? encoder.encode(packet) : Buffer.concat([header, packet]);
}

async function flood(port: number, count: number): Promise<void> {
  const syns = new SynFlood(port, address);
  for (let frame = framed(syns.next()); syns.count <= count; ) {
    let sent = 0;
    while (sent < BURST && syns.count <= count && line.send(frame)) {
      frame = framed(syns.next());
      sent++;
    }
    await new Promise<void>((resolve) => {
      if (sent > 0) setImmediate(resolve);
      else setTimeout(resolve, 1);
    });
  }
}

for await (const text of createInterface({ input: process.stdin })) {
  const [, port, count] = /^flood (\d+) (\d+)$/.exec(text)!;
  await flood(Number(port), Number(count));
  console.log("flooded");
}
process.exit(0);
