/**
 * A board with eight connections, and a page that a hundred browsers open at once: some keep their
 * connection, some are slow, some say nothing, some never finish their handshake. No place is taken
 * before a handshake is complete, and who comes too early waits; all are served.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Host, hosts } from "../support/hosts.js";
import { packetOf } from "../support/segment_line.js";
import { bodyOf, type Manner, REQUESTS, Visitor, WebServer } from "../support/small_web.js";

const CONNECTIONS = 8;
const VISITORS = 100;
const MANNERS: Manner[] = ["plain", "kept alive", "slow", "late", "half-closing"];
const SILENT = 10;
const NEVER_SEEN_AGAIN = 50;
/**
 * In which they all come. Who comes too early says its request again after 1, 2, 4 ... seconds: the
 * closer together they come, the more of them are late again together.
 */
const RUSH_SECONDS = 0.5;
const MOST_SECONDS = 60;
const MOST_STEPS = 100_000;

/** The third segment of this handshake never comes: its sender has gone. */
function syn(index: number): Uint8Array {
  return packetOf("S 0", {
    source: `10.0.1.${index + 1}`, destination: "10.0.0.2", sourcePort: 1024 + index,
    destinationPort: 80, sourceIsn: index * 1000, destinationIsn: 0,
  });
}

for (const build of ["board", "node"] as const) {
  test(`100 browsers at eight connections: all are served in turn, each with its own answer ` +
    `[S14] [S22] [${build}]`, (t) => {
    const budget = build === "board" ? {} : { connections: CONNECTIONS };
    const { pair, left, right } = hosts({ build, budgets: [{}, budget], wire: { delayMs: 10 } });
    const server = new WebServer(right);
    const visitors = Array.from({ length: VISITORS + SILENT }, (_, index) => {
      const manner = index < SILENT ? "silent" : MANNERS[index % MANNERS.length]!;
      return new Visitor(left, `visitor-${index}`, manner);
    });
    spread(left, visitors.length, (index) => visitors[index]!.come());
    spread(left, NEVER_SEEN_AGAIN, (index) => right.hears(syn(index)));
    const guests = visitors.filter(({ manner }) => manner !== "silent");
    const isOver = (): boolean => guests.every(({ reason }) => reason !== undefined);
    pair.drive("all served", isOver, MOST_SECONDS, MOST_STEPS);

    for (const { name, manner, bodies, reason } of visitors) {
      // Who says nothing is shown out, or has not even been noticed.
      if (manner !== "silent") assert.equal(reason, "finished", `${name}, ${manner}`);
      for (const [path, body] of bodies) assert.equal(body, bodyOf(path));
      assert.equal(bodies.size, REQUESTS[manner], `answers to ${name}, ${manner}`);
    }
    const refused = right.stack.counter("DropTcpNoSlot") + right.stack.counter("DropTcpBacklog");
    assert.ok(refused > 0, "nobody had to wait: this was no rush");
    assert.equal(server.mostOpen, CONNECTIONS, "no place stood empty");
    assert.equal(right.stack.counter("TcpResetsSent"), 0);
    t.diagnostic(`${(pair.clock.now() / 1e6).toFixed(0)} s until the last had left`);
  });
}

/** Calls so often, evenly over the rush. */
function spread(host: Host, count: number, act: (index: number) => void): void {
  for (let index = 0; index < count; index++) {
    host.after((index * RUSH_SECONDS) / count, () => act(index));
  }
}
