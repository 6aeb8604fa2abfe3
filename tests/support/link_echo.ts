/**
 * A host made by hand, for tests of links: answers ARP requests and ICMP echo requests for any
 * address, counts what arrives, and obeys one-line commands on stdin. It needs no stack, so that a
 * fault found with it is a fault of the link. A program:
 *
 *   node --import tsx tests/support/link_echo.ts LINK
 *
 * prints "ready" when the link is open, "error MESSAGE" when opening fails or the link breaks, and
 * "closed" when all is released. Commands: "counts" prints the counters as JSON; "cpu MS" the CPU
 * time in milliseconds that the next MS milliseconds took; "flood N" sends N datagrams; "close"
 * closes the link, after which the process must end by itself; "exit" calls process.exit.
 */
import { createInterface } from "node:readline";
import { openLink } from "../../host/link/open.js";
import { SlipDecoder, SlipEncoder } from "../../host/link/slip.js";
import { get16, put16 } from "./link_packets.js";

const MAC = [2, 0, 0, 0, 0, 9];

const spec = process.argv[2] ?? "";
const counts = { frames: 0, batches: 0, arps: 0, echoes: 0, refused: 0, lost: 0 };
const answer = new Uint8Array(65535 + 14);
const decoder = new SlipDecoder();
const encoder = new SlipEncoder();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The answer to an ARP request for anybody; its length. */
function answerArp(frame: Uint8Array): number {
  counts.arps++;
  answer.set(frame.subarray(0, 42));
  answer.set(frame.subarray(6, 12), 0);
  answer.set(MAC, 6);
  answer[21] = 2; // reply
  answer.set(MAC, 22);
  answer.set(frame.subarray(38, 42), 28);
  answer.set(frame.subarray(22, 32), 32);
  return 42;
}

/** The answer to an ICMP echo request whose IP packet begins at `at`; its length. */
function answerEcho(frame: Uint8Array, at: number): number {
  counts.echoes++;
  answer.set(frame);
  if (at > 0) {
    answer.set(frame.subarray(6, 12), 0);
    answer.set(MAC, 6);
  }
  answer.set(frame.subarray(at + 12, at + 16), at + 16);
  answer.set(frame.subarray(at + 16, at + 20), at + 12);
  answer[at + 20] = 0; // reply: the checksum grows by what the type has lost
  const sum = get16(frame, at + 22) + 0x0800;
  put16(answer, at + 22, sum > 0xffff ? sum - 0xffff : sum);
  return frame.length;
}

const link = await openLink(spec);
const at = link.kind === "ethernet" ? 14 : 0;

function send(octets: Uint8Array): void {
  const isTaken = link.send(link.kind === "serial" ? encoder.encode(octets) : octets);
  if (!isTaken) counts.refused++;
}

function onPacket(frame: Uint8Array): void {
  counts.frames++;
  if (at > 0 && get16(frame, 12) === 0x0806) {
    if (frame[21] === 1) send(answer.subarray(0, answerArp(frame)));
  } else if (at === 0 || get16(frame, 12) === 0x0800) {
    const isEcho = frame[at]! >> 4 === 4 && frame[at + 9] === 1 && frame[at + 20] === 8;
    if (isEcho) send(answer.subarray(0, answerEcho(frame, at)));
  }
}

async function obey(line: string): Promise<void> {
  const [command, argument] = line.split(" ");
  if (command === "counts") {
    if ("lostCount" in link) counts.lost = link.lostCount as number;
    say(JSON.stringify(counts));
  } else if (command === "cpu") {
    const before = process.cpuUsage();
    await new Promise((done) => setTimeout(done, Number(argument)));
    const { user, system } = process.cpuUsage(before);
    say(String((user + system) / 1000));
  } else if (command === "flood") {
    const frame = new Uint8Array(at + 28);
    frame[at] = 0x45;
    frame[at + 9] = 17;
    put16(frame, at + 2, 28);
    if (at > 0) put16(frame, 12, 0x0800);
    for (let sent = 0; sent < Number(argument); sent++) send(frame);
    say("flooded");
  } else if (command === "close") {
    await link.close();
    commands.close();
    process.stdin.destroy();
    say("closed");
  } else if (command === "exit") {
    process.exit(3);
  }
}

link.onFrame =
  link.kind === "serial" ? (octets) => decoder.push(octets, onPacket) : (frame) => onPacket(frame);
link.onBatchEnd = () => void counts.batches++;
link.onError = (error) => say(`error ${error.message}`);
const commands = createInterface({ input: process.stdin });
commands.on("line", (line) => void obey(line));
try {
  await link.open();
  say("ready");
} catch (error) {
  say(`error ${(error as Error).message}`);
  process.exit(1);
}
