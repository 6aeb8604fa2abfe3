/**
 * What went wrong in the field can be had again at a desk. From a capture of the line and the
 * entropy alone: the same stack with the same application says the same octets at the same
 * microsecond. From a snapshot and a log of calls: so does a stack that begins in the middle.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Clock, type Timer, VirtualClock } from "../../host/link/clock.js";
import type { Link } from "../../host/link/link.js";
import { withCapture } from "../../host/link/pcap.js";
import { createWire } from "../../host/link/wire.js";
import { Stack } from "../../host/stack.js";
import { Host } from "../support/hosts.js";
import type { Build } from "../support/lab.js";
import { DoubleLink } from "../support/link_double.js";
import { ADDRESSES } from "../support/pair.js";
import { parsePcapng } from "../support/pcapng_file.js";
import { type Line, recorded, replay } from "../support/recording.js";
import { type Manner, Visitor, WebServer } from "../support/small_web.js";
import { Station } from "../support/station.js";

const MANNERS: Manner[] = ["plain", "kept alive", "slow", "late", "half-closing", "silent"];
/** A delay that is no multiple of the stack's milliseconds, lest an arrival ties with a timer. */
const BAD_LINE = {
  delayMs: 10.137, loss: 0.1, duplicate: 0.1, reorder: 0.1, corrupt: 0.1, seed: 5,
};
const SPEED = 1.000_113;
const VISITORS = 24;
const SECONDS = 120;

const folder = mkdtempSync(join(tmpdir(), "motetcp-replay-"));
after(() => rmSync(folder, { recursive: true }));

/** Visitors of all manners come, a second after each other. */
function visit(host: Host): void {
  for (let index = 0; index < VISITORS; index++) {
    const manner = MANNERS[index % MANNERS.length]!;
    host.after(index, () => new Visitor(host, `visitor-${index}`, manner).come());
  }
}

/** A clock that is a bit fast, as one of two always is: nothing happens at the same microsecond. */
class FastClock implements Clock {
  constructor(private readonly clock: Clock) {}

  now(): number {
    return Math.floor(this.clock.now() * SPEED);
  }

  setTimer(delayUs: number, callback: () => void): Timer {
    return this.clock.setTimer(Math.ceil(delayUs / SPEED), callback);
  }

  clearTimer(timer: Timer): void {
    this.clock.clearTimer(timer);
  }
}

/** The visitors' machine. */
function desk(link: Link, clock: Clock): Host {
  return new Machine(boot("node", 1), link, new FastClock(clock), 0).host;
}

/** A stack with an application, and what it says from the beginning, with the time. */
class Machine {
  readonly sent: string[] = [];
  readonly host: Host;

  constructor(stack: Stack, link: Link, clock: Clock, side: 0 | 1) {
    stack.configure({ kind: "ip", address: `${ADDRESSES[side]}/24` });
    const station = new Station(`machine ${side}`, stack, link, clock, {
      onSend: (_, octets) => {
        this.sent.push(`${clock.now()}: ${Buffer.from(octets).toString("hex")}`);
      },
      fail: (message) => assert.fail(message),
    });
    this.host = new Host(station, clock, ADDRESSES[1 - side]!);
    station.turn();
  }
}

function boot(module: Build, fill: number): Stack {
  return Stack.createSync({ module, entropy: new Uint8Array(32).fill(fill) });
}

for (const build of ["board", "node"] as const) {
  test(`a capture and the entropy give the same octets at the same time again ` +
    `[S23] [${build}]`, async () => {
    const capture = join(folder, build);
    const clock = new VirtualClock();
    const [left, right] = createWire({ ...BAD_LINE, kind: "ip", clock });
    const link = withCapture(right, `${capture}.pcapng`, { now: () => clock.now() });
    const board = new Machine(boot(build, 2), link, clock, 1);
    new WebServer(board.host);
    visit(desk(left, clock));
    clock.runUntil(SECONDS * 1e6);
    await link.close();
    assert.ok(board.sent.length > 50, `${board.sent.length} frames`);

    const { packets } = parsePcapng(readFileSync(`${capture}.pcapng`));
    const heard = packets.filter(({ outbound }) => !outbound);
    const again = new VirtualClock();
    const double = new DoubleLink("ip");
    for (const timeUs of new Set(heard.map((frame) => frame.timeUs))) {
      const batch = heard.filter((frame) => frame.timeUs === timeUs).map(({ packet }) => packet);
      again.setTimer(timeUs, () => double.arrive(...batch));
    }
    const twin = new Machine(boot(build, 2), double, again, 1);
    new WebServer(twin.host);
    again.runUntil(SECONDS * 1e6);
    assert.deepEqual(twin.sent, board.sent);
  });

  test(`a snapshot and the calls after it give the same answers and the same memory again ` +
    `[S23] [${build}]`, () => {
    const clock = new VirtualClock();
    const [left, right] = createWire({ ...BAD_LINE, kind: "ip", clock });
    const lines: Line[] = [];
    const stack = boot(build, 2);
    const board = new Machine(recorded(stack, lines), right, clock, 1);
    new WebServer(board.host);
    visit(desk(left, clock));
    clock.runUntil((SECONDS / 10) * 1e6);
    assert.ok(stack.connections().length > 1, "something is under way");
    const snapshot = stack.snapshot();
    lines.length = 0;
    clock.runUntil(SECONDS * 1e6);
    assert.ok(lines.length > 200, `${lines.length} calls`);

    const twin = boot(build, 9);
    twin.restore(snapshot, { reseed: false });
    assert.equal(replay(twin, lines), -1, "the line that is answered otherwise");
    assert.equal(Buffer.compare(twin.core.octets, stack.core.octets), 0, "memory");

    const received = lines.filter((line) => line.startsWith('["receive"'));
    const longest = received.reduce((most, line) => (line.length > most.length ? line : most));
    lines.splice(lines.indexOf(longest), 1);
    twin.restore(snapshot, { reseed: false });
    assert.notEqual(replay(twin, lines), -1, "a frame less, and nobody noticed");
  });
}
