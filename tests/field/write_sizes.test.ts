/**
 * Sizes of writes and of rings: whatever they are, text never waits for the peer's delayed ACK when
 * there is a window for it; but for two writes in a row that are both small, which is what Nagle's
 * algorithm is about. Method: many sizes in virtual time; between a write and its answer no time
 * may pass without a frame but round trips.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event } from "../../assembly/abi/event.js";
import type { Build } from "../support/lab.js";
import { type Host, hosts } from "../support/hosts.js";

const DELAY_MS = 1;
const ROUND_TRIP_US = 2 * DELAY_MS * 1000;
const RINGS = [256, 512, 1024, 2048, 4096];
const PEER_RINGS = [256, 1024, 2048, 65536];
const MTUS = [576, 1500];
/** IP, TCP, timestamps. */
const HEADERS = 52;
const ROUNDS = 3;
const PAUSE_S = 0.2;
const MOST_SECONDS = 60;
const MOST_STEPS = 100_000;

interface Sizes {
  ring: number;
  peerRing: number;
  mtu: number;
}

/** Writes, each as soon as there is room and the one before has left; then waits for an octet. */
class Client {
  rounds = 0;
  isWaiting = false;
  private readonly queue: number[] = [];
  private handle = 0;

  constructor(private readonly host: Host, private readonly writes: readonly number[]) {}

  begin(noDelay: boolean): void {
    const { host } = this;
    this.handle = host.connect({ port: 7 }, (bits) => {
      if (host.read(this.handle).length > 0) this.onAnswer();
      if ((bits & Event.Connected) !== 0) this.ask();
      else this.push();
    });
    host.stack.setOption(this.handle, "noDelay", noDelay);
  }

  private ask(): void {
    this.isWaiting = true;
    this.queue.push(...this.writes);
    this.push();
  }

  private onAnswer(): void {
    this.isWaiting = false;
    this.rounds++;
    this.host.after(PAUSE_S, () => this.ask());
  }

  private push(): void {
    for (let left = this.queue.shift(); left !== undefined; left = this.queue.shift()) {
      const taken = this.host.write(this.handle, new Uint8Array(left));
      this.host.station.turn();
      if (taken === left) continue;
      this.queue.unshift(left - taken);
      return;
    }
  }
}

/** The longest time without a frame while the client waits, in microseconds. */
function longestWait(
  build: Build, { ring, peerRing, mtu }: Sizes, writes: readonly number[], noDelay = false,
): number {
  const budgetOf = (size: number) => ({ connections: 2, receiveRing: size, sendRing: size });
  const { pair, left, right } = hosts({
    build, mtu, wire: { delayMs: DELAY_MS }, budgets: [budgetOf(peerRing), budgetOf(ring)],
  });
  const total = writes.reduce((sum, length) => sum + length);
  let got = 0;
  left.listen({ port: 7 }, (handle) => () => {
    got += left.read(handle).length;
    if (got >= total) left.write(handle, new Uint8Array(1));
    if (got >= total) got = 0;
  });
  const client = new Client(right, writes);
  client.begin(noDelay);
  let [longestUs, lastUs, sent] = [0, 0, 0];
  pair.drive("the rounds", () => {
    const count = left.station.sent + right.station.sent;
    if (count !== sent || !client.isWaiting) lastUs = pair.clock.now();
    sent = count;
    longestUs = Math.max(longestUs, pair.clock.now() - lastUs);
    return client.rounds === ROUNDS;
  }, MOST_SECONDS, MOST_STEPS);
  return longestUs;
}

/**
 * Writes in a row, of which none ends with a small segment but the last; or a small one, and a
 * large one. `mss`: octets of a full segment, which is half the ring at the most.
 */
function patterns(mss: number): number[][] {
  const half = Math.floor(mss / 2);
  return [
    [1], [half], [mss - 1], [mss], [mss + 1], [mss + half], [2 * mss], [2 * mss + 1],
    [3 * mss - 100], [4 * mss + 17], [10 * mss + 17], [mss, 20], [mss, half], [half, mss],
    [20, 2 * mss], [20, 2 * mss + 20],
  ];
}

for (const build of ["board", "node"] as const) {
  for (const mtu of MTUS) {
    test(`MTU ${mtu}: no write waits for a delayed ACK, whatever the sizes of writes and rings ` +
      `(RFC 9293 A.3) [SHLD-7] [${build}]`, () => {
      for (const ring of RINGS) {
        for (const peerRing of PEER_RINGS) {
          for (const writes of patterns(Math.min(mtu - HEADERS, ring / 2))) {
            const wait = longestWait(build, { ring, peerRing, mtu }, writes);
            const about = `ring ${ring}, the peer's ${peerRing}, writes of ${writes.join(" and ")}`;
            assert.ok(wait <= ROUND_TRIP_US, `${about}: ${wait} us without a frame`);
          }
        }
      }
    });
  }

  test("of two small writes in a row the second waits for the peer's delayed ACK, unless noDelay " +
    `is set [SHLD-7, MUST-17] [${build}]`, () => {
    const sizes = { ring: 4096, peerRing: 4096, mtu: 1500 };
    assert.ok(longestWait(build, sizes, [20, 20]) > 10 * ROUND_TRIP_US);
    assert.ok(longestWait(build, sizes, [20, 20], true) <= ROUND_TRIP_US);
  });
}
