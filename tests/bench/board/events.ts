/** What is counted: an event, repeated, and what it costs on the average. */
import { Bit } from "../../support/wire.js";
import { Cost, Peer, PeerConnection, type Segment } from "./peer.js";

export interface Figure {
  event: string;
  /** Instructions an event, all frames in and out of the driver among them. */
  instructions: number;
  framesIn: number;
  framesOut: number;
  /** Where they went, most first. */
  functions: [name: string, instructions: number][];
}

const WARM_UP = 8;
const REPEATS = 32;
const MSS = 1460;
const BULK_SEGMENTS = 64;
enum Port { Echo = 7, Discard = 9, Source = 20 }

let nextPort = 49152;

/** Runs `event` often, and counts it but for the first times. */
async function repeat(peer: Peer, event: () => Promise<void>): Promise<Cost> {
  for (let count = 0; count < WARM_UP; count++) {
    await event();
    await peer.pause();
  }
  const cost = (peer.cost = new Cost());
  for (let count = 0; count < REPEATS; count++) {
    await event();
    await peer.pause();
  }
  peer.cost = new Cost();
  return cost;
}

function figure(event: string, cost: Cost, times: number): Figure {
  return {
    event,
    instructions: Math.round(cost.instructions / times),
    framesIn: cost.framesIn / times,
    framesOut: cost.framesOut / times,
    functions: [...cost.functions]
      .map(([name, count]): [string, number] => [name, Math.round(count / times)])
      .filter(([, count]) => count > 0)
      .sort(([, a], [, b]) => b - a),
  };
}

async function open(peer: Peer, port: Port): Promise<PeerConnection> {
  const connection = new PeerConnection(peer, port, nextPort++);
  await connection.open();
  await peer.pause();
  return connection;
}

function textOf(segments: readonly Segment[]): Uint8Array {
  return Buffer.concat(segments.map(({ text }) => text));
}

/** A data segment in, one out, and the ACK of that; and that ACK alone. */
async function echo(peer: Peer, octets: number): Promise<Figure[]> {
  const connection = await open(peer, Port.Echo);
  const text = new Uint8Array(octets).map((_, index) => index * 7);
  const ack = new Cost();
  let acks = 0;
  const all = await repeat(peer, async () => {
    await connection.write(text);
    const back = textOf(connection.heard.splice(0));
    if (Buffer.compare(back, text) !== 0) throw new Error("not what was sent comes back");
    const { cost } = peer;
    peer.cost = new Cost();
    await connection.acknowledge();
    if (connection.heard.length > 0) throw new Error("an ACK is answered");
    const { instructions, functions } = peer.cost;
    for (const one of [cost, ...(acks++ < WARM_UP ? [] : [ack])]) {
      one.add({ instructions, functions, frames: [] });
    }
    peer.cost = cost;
  });
  await connection.close();
  return [
    figure(`TCP echo, ${octets} octets`, all, REPEATS),
    figure(`ACK processed (of ${octets} octets)`, ack, REPEATS),
  ];
}

/** Text to port 9, as fast as the window lets it; by the segment. */
async function bulkReceive(peer: Peer): Promise<Figure> {
  const connection = await open(peer, Port.Discard);
  const text = new Uint8Array(MSS).fill(0xa5);
  const transfer = async (segments: number): Promise<void> => {
    for (let sent = 0; sent < segments; sent++) {
      for (let turns = 0; connection.window - connection.unacknowledged < MSS; turns++) {
        if (turns > 100) throw new Error("the window stays shut");
        await connection.wait();
      }
      await connection.write(text, Bit.Ack);
      connection.heard.length = 0;
    }
  };
  await transfer(WARM_UP);
  const cost = (peer.cost = new Cost());
  await transfer(BULK_SEGMENTS);
  await connection.wait(500_000);
  peer.cost = new Cost();
  await connection.close();
  return figure("bulk receive, a segment of 1460", cost, BULK_SEGMENTS);
}

/** Text from port 20, an ACK for every second segment; by 1460 octets. */
async function bulkSend(peer: Peer): Promise<Figure> {
  const connection = await open(peer, Port.Source);
  const transfer = async (octets: number): Promise<number> => {
    let taken = 0;
    while (taken < octets) {
      const segments = connection.heard.splice(0, 2);
      if (segments.length === 0) throw new Error("the board has stopped sending");
      taken += textOf(segments).length;
      const last = segments.at(-1)!;
      await connection.acknowledge(last.seq + last.text.length);
    }
    return taken;
  };
  await transfer(16 * MSS);
  const cost = (peer.cost = new Cost());
  const taken = await transfer(BULK_SEGMENTS * MSS);
  return figure("bulk send, a segment of 1460", cost, taken / MSS);
}

async function connectAndClose(peer: Peer): Promise<Figure> {
  const cost = await repeat(peer, async () => {
    const connection = new PeerConnection(peer, Port.Echo, nextPort++);
    await connection.open();
    await connection.close();
  });
  return figure("handshake and close", cost, REPEATS);
}

/** All events, with one stack. */
export async function countEvents(peer: Peer): Promise<Figure[]> {
  nextPort = 49152;
  await peer.greet();
  const figures = [...await echo(peer, 64), ...await echo(peer, 1400)];
  figures.push(await bulkReceive(peer), await connectAndClose(peer));
  for (const octets of [64, 1400]) {
    const cost = await repeat(peer, () => peer.ping(octets));
    figures.push(figure(`ICMP echo, ${octets} octets`, cost, REPEATS));
  }
  const idle = await repeat(peer, async () => peer.cost.add(await peer.board.wait(0)));
  figures.push(figure("idle poll", idle, REPEATS));
  // Its connection stays open.
  figures.push(await bulkSend(peer));
  return figures;
}
