/**
 * Small rings: a window of one to four segments, and both sides wait for each other all the time.
 * No transfer may stop until some timer goes off. Method: many sizes of rings and segments, each
 * way and both at once, in virtual time; the longest time in which no frame was on the wire.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event } from "../../assembly/abi/event.js";
import type { CounterName } from "../../host/names.js";
import type { Build } from "../support/lab.js";
import { type Host, hosts } from "../support/hosts.js";
import { isPattern, patternAt } from "../support/pattern.js";

const DELAY_MS = 1;
const BYTES = 60_000;
const PIECE = 10_000;
const ROUND_TRIP_US = 2 * DELAY_MS * 1000;
/** Of both directions, at the stack under test and at its peer. */
const RINGS = [[1024, 1024], [2048, 65536], [1024, 2048], [4096, 1024]] as const;
/** Some of which divide the rings, some not. */
const SEGMENTS = [256, 341, 512, 700, 1024, 1460];
/** An application that reads at once, and one that lets the window close. */
const READ_DELAYS_US = [0, 20_000];
const NEVER: CounterName[] = ["TcpRetransmissions", "TcpRetransmissionTimeouts"];
const MOST_SECONDS = 60;
const MOST_STEPS = 50_000;

type Way = "there" | "back" | "both";

/** One end: writes all it has as soon as there is room, reads at once or late. */
class End {
  received = 0;
  private sent = 0;
  private hasShut = false;
  private isReading = false;

  constructor(
    private readonly host: Host, readonly stream: number, readonly sends: number,
    readonly expects: number, private readonly readDelayUs: number,
  ) {}

  onEvent(handle: number, bits: number): void {
    const { host } = this;
    if (this.readDelayUs === 0) this.read(handle);
    else if (!this.isReading && (bits & Event.Readable) !== 0) {
      this.isReading = true;
      host.after(this.readDelayUs / 1e6, () => {
        this.isReading = false;
        this.read(handle);
      });
    }
    this.write(handle);
  }

  private read(handle: number): void {
    const text = this.host.read(handle);
    assert.ok(isPattern(1 - this.stream, this.received, text), "other octets than were sent");
    this.received += text.length;
  }

  private write(handle: number): void {
    const { host, stream, sends } = this;
    for (let taken = 1; taken > 0 && this.sent < sends; this.sent += taken) {
      const length = Math.min(PIECE, sends - this.sent);
      taken = host.write(handle, patternAt(stream, this.sent, length));
    }
    // FIN lets the last octets go, for which Nagle's algorithm would wait.
    if (this.sent === sends && !this.hasShut) host.station.do((stack) => stack.shutdown(handle));
    this.hasShut = this.sent === sends;
  }
}

interface Sizes {
  ring: number;
  peerRing: number;
  segment: number;
  readDelayUs: number;
}

/** The longest time without a frame, in microseconds, between the first and the last octet. */
function longestQuiet(build: Build, sizes: Sizes, way: Way): number {
  const { ring, peerRing, segment, readDelayUs } = sizes;
  const budgetOf = (size: number) =>
    ({ connections: 2, receiveRing: size, sendRing: size });
  const { pair, left, right } = hosts({
    build, mtu: segment + 40, wire: { delayMs: DELAY_MS },
    budgets: [budgetOf(peerRing), budgetOf(ring)],
  });
  const [there, back] = [way === "back" ? 0 : BYTES, way === "there" ? 0 : BYTES];
  const ends = [
    new End(left, 0, there, back, readDelayUs), new End(right, 1, back, there, readDelayUs),
  ] as const;
  right.listen({ port: 7 }, (handle) => (bits) => ends[1].onEvent(handle, bits));
  const handle = left.connect({ port: 7 }, (bits) => ends[0].onEvent(handle, bits));
  let quietUs = 0;
  let lastUs = 0;
  let sent = 0;
  const isDone = (): boolean => ends.every(({ received, expects }) => received === expects);
  pair.drive("the transfer", () => {
    const count = left.station.sent + right.station.sent;
    if (count !== sent) {
      quietUs = Math.max(quietUs, pair.clock.now() - lastUs);
      lastUs = pair.clock.now();
      sent = count;
    }
    return isDone();
  }, MOST_SECONDS, MOST_STEPS);
  for (const { stack } of [left, right]) {
    for (const name of NEVER) assert.equal(stack.counter(name), 0, name);
  }
  return quietUs;
}

for (const build of ["board", "node"] as const) {
  for (const way of ["there", "back", "both"] as const) {
    for (const [ring, peerRing] of RINGS) {
      test(`rings of ${ring}, at the peer of ${peerRing}, text ${way}: no window update and no ` +
        `ACK comes late [S18] [${build}]`, () => {
        const least = Math.min(ring, peerRing);
        for (const segment of SEGMENTS.filter((size) => size <= least)) {
          for (const readDelayUs of READ_DELAYS_US) {
            const quiet = longestQuiet(build, { ring, peerRing, segment, readDelayUs }, way);
            const about = `segments of ${segment}, read after ${readDelayUs} us`;
            const most = ROUND_TRIP_US + readDelayUs;
            assert.ok(quiet <= most, `${about}: ${quiet} us without a frame`);
          }
        }
      });
    }
  }
}
