/**
 * The Linux end of a test with a board: a program that opens connections to it and obeys lines,
 * with an answer to each.
 *
 *   node --import tsx tests/support/board_client.ts ADDRESS
 *
 *   echo OCTETS         so many to port 7 and back, both ways at once: "same", or what differs
 *   hold NAME           opens a connection to port 7: "connected", or the error's code
 *   say NAME TEXT       sends on it; answers with the echo, or "silence" after a second
 *   talk NAME TEXT      the same, with patience
 *   hear NAME OCTETS    the next so many that come back: within a minute
 *   drop NAME           ends it: "closed" when the board has ended it, too
 *   discard OCTETS      to port 9: "taken" when all is acknowledged and closed
 *   chargen OCTETS      so many from port 19: "got"
 *   abort OCTETS        sends so many to port 7, and resets: "aborted"
 *   ping COUNT          so many times 64 octets there and back: the median, in microseconds
 *   poke PORT TEXT      sends TEXT, in hex; the first octets that come back as text, or the error
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type Socket, connect } from "node:net";
import { createInterface } from "node:readline";

const [, , host] = process.argv;
const PIECE_OCTETS = 64 * 1024;
const PING_OCTETS = 64;
const SILENCE_MS = 1000;
const PATIENCE_MS = 60_000;
const held = new Map<string, Socket>();

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host!);
    socket.once("error", reject);
    socket.once("connect", () => resolve(socket));
  });
}

/** Sends as the board takes it, so that what comes back must be read at the same time. */
async function send(socket: Socket, octets: Buffer): Promise<void> {
  for (let at = 0; at < octets.length; at += PIECE_OCTETS) {
    if (!socket.write(octets.subarray(at, at + PIECE_OCTETS))) await once(socket, "drain");
  }
  socket.end();
}

async function echo(octets: number): Promise<string> {
  const socket = await open(7);
  const there = randomBytes(octets);
  const sending = send(socket, there);
  let at = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    if (!chunk.equals(there.subarray(at, at + chunk.length))) return `differs after ${at} octets`;
    at += chunk.length;
  }
  await sending;
  return at === octets ? "same" : `${at} octets came back`;
}

/** The next octets, or "silence". */
async function hear(socket: Socket, octets: number, timeoutMs: number): Promise<string> {
  const timer = AbortSignal.timeout(timeoutMs);
  let heard = "";
  while (heard.length < octets) {
    try {
      const [chunk] = await once(socket, "data", { signal: timer }) as [Buffer];
      heard += chunk.toString();
    } catch {
      return "silence";
    }
  }
  return heard;
}

async function ping(count: number): Promise<number> {
  const socket = await open(7);
  socket.setNoDelay();
  const times: number[] = [];
  for (let left = count; left > 0; left--) {
    const startMs = performance.now();
    socket.write(randomBytes(PING_OCTETS));
    for (let heard = 0; heard < PING_OCTETS; ) {
      const [chunk] = await once(socket, "data") as [Buffer];
      heard += chunk.length;
    }
    times.push(performance.now() - startMs);
  }
  socket.end();
  times.sort((a, b) => a - b);
  return Math.round(times[times.length >> 1]! * 1000);
}

async function obey(verb: string, word: string, text: string): Promise<string> {
  switch (verb) {
    case "echo":
      return echo(Number(word));
    case "hold":
      held.set(word, await open(7));
      return "connected";
    case "say":
      held.get(word)!.write(text);
      return hear(held.get(word)!, text.length, SILENCE_MS);
    case "talk":
      held.get(word)!.write(text);
      return hear(held.get(word)!, text.length, PATIENCE_MS);
    case "hear":
      return hear(held.get(word)!, Number(text), PATIENCE_MS);
    case "drop": {
      const socket = held.get(word)!;
      socket.end();
      await once(socket.resume(), "close");
      return "closed";
    }
    case "discard": {
      const socket = await open(9);
      await send(socket, randomBytes(Number(word)));
      await once(socket.resume(), "close");
      return "taken";
    }
    case "chargen": {
      const socket = await open(19);
      // A server that answered by a cookie and lost our ACK does not know of us until we speak.
      socket.write("?");
      let left = Number(word);
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        left -= chunk.length;
        if (left <= 0) return "got";
      }
      return `${left} octets did not come`;
    }
    case "abort": {
      const socket = await open(7);
      await new Promise<void>((sent) => socket.write(randomBytes(Number(word)), () => sent()));
      socket.resetAndDestroy();
      return "aborted";
    }
    case "ping":
      return `${await ping(Number(word))}`;
    case "poke": {
      const socket = await open(Number(word));
      socket.write(Buffer.from(text, "hex"));
      const [octets] = await once(socket, "data") as [Buffer];
      socket.end();
      return octets.toString();
    }
    default:
      return `what is ${verb}?`;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [, verb, word, text] = /^(\S+) ?(\S*) ?(.*)$/.exec(line)!;
  const answer = await obey(verb!, word!, text!).catch((error: NodeJS.ErrnoException) =>
    error.code ?? error.message);
  console.log(answer);
}
