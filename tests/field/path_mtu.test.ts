/**
 * Narrow paths: reported, silent, changing; and reports that are forged. A transfer goes through,
 * in segments as large as the path takes, and none but the path makes them small.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event } from "../../assembly/abi/event.js";
import type { BudgetOptions } from "../../host/budget.js";
import type { WireOptions } from "../../host/link/wire.js";
import { type Host, hosts } from "../support/hosts.js";
import type { Build } from "../support/lab.js";
import { ipPacket } from "../support/segment_line.js";
import { isPattern, patternAt } from "../support/pattern.js";
import type { Pair } from "../support/pair.js";
import { put16, put32, repairTransport } from "../support/wire.js";

const PIECE = 1460;
const BUILDS: Build[] = ["node", "board"];

/** A transfer from the build under test to a desk, as it goes. */
class Transfer {
  readonly pair: Pair;
  readonly sender: Host;
  received = 0;
  /** The sender's handle. */
  handle = 0;
  private sent = 0;
  private total = 0;

  constructor(build: Build, wire: WireOptions = {}, budget: BudgetOptions = {}) {
    const { pair, left, right } = hosts({
      build, wire: { delayMs: 10, rateBitsPerSecond: 10_000_000, ...wire },
      budgets: [{}, { connections: 1, sendRing: 8192, receiveRing: 1024, ...budget }],
    });
    this.pair = pair;
    this.sender = right;
    right.listen({ port: 7 }, (handle) => {
      this.handle = handle;
      return () => this.write();
    });
    const client = left.connect({ port: 7 }, (bits) => {
      assert.equal(bits & Event.Closed, 0, "closed");
      const text = left.read(client);
      assert.ok(isPattern(0, this.received, text), "other octets than were sent");
      this.received += text.length;
    });
    pair.drive("the connection", () => this.handle !== 0, 60, 10_000);
  }

  /** The path from the sender takes packets of so many octets. */
  narrow(pathMtu: number, isSilent = false): void {
    Object.assign(this.pair.narrows[1]!, { pathMtu, isSilent });
  }

  /** Sends so many octets more, and waits until they have come. How many seconds that took. */
  carry(octets: number, mostSeconds = 600): number {
    const began = this.pair.clock.now();
    this.total += octets;
    this.write();
    this.sender.station.turn();
    this.pair.drive("the transfer", () => this.received === this.total, mostSeconds, 400_000);
    return (this.pair.clock.now() - began) / 1e6;
  }

  /** The packet size that it thinks the path takes. */
  get pathMtu(): number {
    return this.sender.stack.status(this.handle).pathMtu;
  }

  private write(): void {
    for (let taken = 1; taken > 0 && this.sent < this.total; this.sent += taken) {
      const len = Math.min(PIECE, this.total - this.sent);
      taken = this.sender.write(this.handle, patternAt(0, this.sent, len));
    }
  }
}

for (const build of BUILDS) {
  for (const mtu of [296, 300, 576, 1006, 1280, 1492]) {
    test(`a path of ${mtu}, reported: found in a few round trips, and used to the octet ` +
      `[S03] [${build}]`, () => {
      const transfer = new Transfer(build);
      transfer.narrow(mtu);
      const seconds = transfer.carry(200_000);
      assert.equal(transfer.pathMtu, mtu);
      assert.equal(transfer.sender.stack.counter("TcpRetransmissionTimeouts"), 0);
      assert.ok(seconds < 60, `${seconds} s`);
    });
  }

  for (const [mtu, found] of [[1492, 1492], [1400, 1400], [1100, 1024], [700, 512], [400, 296]]) {
    test(`a path of ${mtu}, silent: all is delivered, in packets of ${found} before long ` +
      `[RFC4821-7.7] [${build}]`, () => {
      const transfer = new Transfer(build);
      transfer.narrow(mtu!, true);
      const seconds = transfer.carry(200_000);
      assert.ok(seconds < 120, `${seconds} s`);
      transfer.pair.run(600);
      transfer.carry(200_000);
      for (let minutes = 0; minutes < 30; minutes += 3) {
        transfer.pair.run(180);
        transfer.carry(20_000);
      }
      assert.equal(transfer.pathMtu, found);
    });
  }

  for (const isSilent of [false, true]) {
    const how = isSilent ? "without a word" : "with reports";
    test(`a path that becomes narrow, ${how}, and wide again: segments follow ` +
      `[RFC1191-6.3] [${build}]`, () => {
      const transfer = new Transfer(build);
      transfer.carry(100_000);
      assert.equal(transfer.pathMtu, 1500);
      transfer.narrow(600, isSilent);
      transfer.carry(100_000);
      assert.ok(transfer.pathMtu <= 600);
      transfer.narrow(Infinity);
      for (let minutes = 0; minutes < 30; minutes++) {
        transfer.pair.run(60);
        transfer.carry(10_000);
      }
      assert.equal(transfer.pathMtu, 1500);
    });
  }

  test(`an outage is no narrow path: the size is back soon after it [RFC4821-7.7] [${build}]`,
    () => {
    const transfer = new Transfer(build);
    transfer.carry(50_000);
    const { stations } = transfer.pair;
    for (const station of stations) station.isCut = true;
    assert.throws(() => transfer.carry(50_000, 100), /not reached/);
    assert.ok(transfer.pathMtu < 1500);
    for (const station of stations) station.isCut = false;
    transfer.carry(50_000);
    assert.equal(transfer.pathMtu, 1500);
  });

  test(`loss of 5 % with a path of 1,000: both are coped with [RFC4821-7.6] [${build}]`, () => {
    const transfer = new Transfer(build, { loss: 0.05, seed: 3 });
    transfer.narrow(1000, true);
    transfer.carry(200_000, 1200);
    assert.ok(transfer.pathMtu <= 1000);
  });

  test(`forged reports, thousands, with numbers that are guessed: segments stay as large ` +
    `[RFC5927-4.1] [${build}]`, () => {
    const transfer = new Transfer(build);
    const { remotePort, sendNext } = transfer.sender.stack.status(transfer.handle);
    const forge = (count: number): void => {
      for (let index = 0; index < 2000; index++) {
        transfer.sender.hears(forged(remotePort, Math.imul(index + count * 7919, 2654435761)));
      }
    };
    for (let count = 0; count < 20; count++) {
      forge(count);
      transfer.carry(5000);
    }
    assert.equal(transfer.pathMtu, 1500);
    // Who can see the numbers can forge better; but what comes through refutes it.
    for (let count = 0; count < 20; count++) {
      transfer.sender.hears(forged(remotePort, sendNext + transfer.received));
      transfer.carry(5000);
    }
    assert.equal(transfer.pathMtu, 1500);
  });
}

/** "Fragmentation needed", for packets of more than 68 octets, about a segment of port 7. */
function forged(remotePort: number, seq: number): Uint8Array {
  const quoted = new Uint8Array(8);
  put16(quoted, 0, 7);
  put16(quoted, 2, remotePort);
  put32(quoted, 4, seq >>> 0);
  const segment = ipPacket(6, { source: "10.0.0.2", destination: "10.0.0.1" }, quoted);
  const message = Uint8Array.of(3, 4, 0, 0, 0, 0, 0, 68, ...segment);
  const packet = ipPacket(1, { source: "192.0.2.1", destination: "10.0.0.2" }, message);
  repairTransport(packet, 0, packet.length);
  return packet;
}
