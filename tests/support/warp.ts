/**
 * Brings stacks to where numbers wrap, by the means a host has: deep sleep and the choice of ports.
 * Initial sequence numbers are a clock of 4 us plus a function of the pair (RFC 9293 section
 * 3.4.1), so a fork of the stack can be asked what they will be, and how long to wait.
 */
import type { Random } from "../../host/link/random.js";
import type { Stack } from "../../host/stack.js";
import type { Side } from "./flow_watch.js";
import { ADDRESSES, type Pair } from "./pair.js";
import { Bit, Decoded, decodeFrame, put16, put32, repairIp, repairTransport } from "./wire.js";

const SECONDS_PER_SLEEP = 1_000_000;
const AWAKE_SECONDS = 3;
const WRAP = 2 ** 32;
const TICKS_PER_SECOND = 250_000;
/** Octets before the wrap at which a stream shall begin, at the most. */
const CLOSE_BY = 6000;
const FIRST_PORT = 20_000;
const PORTS = 4000;

/** Both stacks sleep until their milliseconds are `seconds` before 2^32. */
export function wrapMilliseconds(pair: Pair, seconds: number): void {
  let left = Math.floor(WRAP / 1000) - seconds;
  while (left > 0) {
    const piece = Math.min(left, SECONDS_PER_SLEEP);
    for (const station of pair.stations) {
      station.do((stack) => stack.sleep(piece));
      station.turn();
    }
    // What is due after the sleep must be done before the next one, however slow the line is.
    pair.run(AWAKE_SECONDS);
    left -= piece + AWAKE_SECONDS;
  }
}

/**
 * Lets both stacks wait until a connection from `opener` to `port` begins with sequence numbers
 * just before 2^32 on both sides. Returns the local port with which it does.
 */
export function wrapSequenceNumbers(
  pair: Pair, opener: Side, port: number, random: Random,
): number {
  // Time is needed for the address to be ours, and the neighbour known.
  pair.run(10);
  const active = pair.stations[opener];
  const passive = pair.stations[(1 - opener) as Side];
  const nowUs = pair.clock.now();
  const travelTicks = ((pair.options.wire.delayMs ?? 0) * 1000) / 4;
  const target = WRAP - random.between(1, CLOSE_BY);
  const asked = {
    active: active.stack.fork({ reseed: false }), passive: passive.stack.fork({ reseed: false }),
  };
  let best = { port: FIRST_PORT, distance: Infinity, waitTicks: 0, isses: [0, 0] };
  for (let localPort = FIRST_PORT; localPort < FIRST_PORT + PORTS; localPort++) {
    const ours = activeIss(asked.active, ADDRESSES[1 - opener]!, port, localPort);
    const waitTicks = modulo(target - ours, TICKS_PER_SECOND);
    const theirs = passiveIss(pair, opener, asked.passive, port, localPort, nowUs);
    if (theirs === undefined) break;
    const distance = modulo(WRAP - theirs - waitTicks - travelTicks, TICKS_PER_SECOND);
    if (distance < best.distance) {
      best = { port: localPort, distance, waitTicks, isses: [ours, theirs] };
    }
    if (distance < CLOSE_BY) break;
  }
  const { waitTicks, isses } = best;
  pair.run((waitTicks * 4) / 1e6);
  [active, passive].forEach((station, index) => {
    const ticks = modulo(WRAP - isses[index]! - waitTicks - index * travelTicks, WRAP);
    const seconds = Math.floor(ticks / TICKS_PER_SECOND);
    if (seconds > 0) station.do((stack) => stack.sleep(seconds));
    station.turn();
  });
  return best.port;
}

function modulo(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}

function activeIss(stack: Stack, address: string, port: number, localPort: number): number {
  const handle = stack.connect({ address, port, localPort });
  const iss = stack.status(handle).sendUnacknowledged;
  stack.abort(handle);
  return iss;
}

const decoded = new Decoded();

/** What a listener answers to a SYN from the port; undefined when it does not answer. */
function passiveIss(
  pair: Pair, opener: Side, stack: Stack, port: number, localPort: number, nowUs: number,
): number | undefined {
  const frame = synFrame(pair, opener, port, localPort);
  if (pair.options.kind === "ethernet") {
    frame.set([2, 0, 0, 0, 0, 2 - opener], 0);
    frame.set([2, 0, 0, 0, 0, 1 + opener], 6);
  }
  stack.receive(frame, nowUs);
  for (let answer = stack.transmit(nowUs); answer !== null; answer = stack.transmit(nowUs)) {
    const kind = pair.options.kind === "serial" ? "ip" : pair.options.kind;
    if (decodeFrame(kind, answer, pair.options.mtu, decoded) !== null) continue;
    const isOurs = decoded.destinationPort === localPort;
    if (isOurs && (decoded.flags & Bit.Syn) !== 0) return decoded.seq;
  }
  return undefined;
}

function synFrame(pair: Pair, opener: Side, port: number, localPort: number): Uint8Array {
  const at = pair.options.kind === "ethernet" ? 14 : 0;
  const frame = new Uint8Array(at + 40);
  if (at > 0) put16(frame, 12, 0x0800);
  frame[at] = 0x45;
  put16(frame, at + 2, 40);
  frame[at + 8] = 64;
  frame[at + 9] = 6;
  put32(frame, at + 12, 0x0a000001 + opener);
  put32(frame, at + 16, 0x0a000002 - opener);
  put16(frame, at + 20, localPort);
  put16(frame, at + 22, port);
  put32(frame, at + 24, 1);
  put16(frame, at + 32, 0x5002);
  put16(frame, at + 34, 4096);
  repairIp(frame, at, frame.length);
  repairTransport(frame, at, frame.length);
  return frame;
}
