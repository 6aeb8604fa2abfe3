/**
 * Aim: the ladder shows what passes, in the right states and words. Method: golden text for frames
 * made by hand; and the states that it infers against those that two real stacks have taken.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Endpoint } from "../../host/cli/ladder/endpoint.js";
import { Ladder } from "../../host/cli/ladder/ladder.js";
import { ObservedLink } from "../../host/cli/ladder/observed_link.js";
import { createNetwork, type Network } from "../../host/network.js";
import { createWire } from "../../host/link/wire.js";
import type { Socket } from "../../host/socket.js";
import type { ConnectionStatus } from "../../host/status.js";
import { parse } from "../support/parse_segment.js";
import { tcpFrame, type FrameFields } from "../support/tcp_frame.js";

const MSS = [2, 4, 5, 180];
const MSS_AND_SCALE = [...MSS, 1, 3, 3, 2];

/** A ladder on a line that a test moves: each segment is sent and arrives, unless it is lost. */
class Script {
  readonly lines: string[] = [];
  readonly ladder: Ladder;
  isOver = false;
  nowMs = 0;

  constructor(options: { isLineBad?: boolean; delayMs?: number } = {}) {
    this.ladder = new Ladder({
      print: (line) => void this.lines.push(line),
      names: { left: "client 10.0.0.1", right: "server 10.0.0.2" },
      onOver: () => void (this.isOver = true),
      ...options,
    });
  }

  send(from: "client" | "server", fields: FrameFields): Uint8Array {
    const frame = tcpFrame(from, fields);
    this.ladder.sent(from === "client" ? "left" : "right", frame, this.nowMs);
    return frame;
  }

  arrive(from: "client" | "server", frame: Uint8Array): void {
    this.ladder.arrived(from === "client" ? "right" : "left", frame, this.nowMs);
  }

  pass(from: "client" | "server", fields: FrameFields): void {
    this.arrive(from, this.send(from, fields));
    this.nowMs++;
  }

  open(): void {
    this.pass("client", { seq: 1000, flags: "S", options: MSS });
    this.pass("server", { seq: 5000, ack: 1001, flags: "S", options: MSS });
    this.pass("client", { seq: 1001, ack: 5001 });
  }

  /** The remarks between the columns, joined: what no wrapping changes. */
  get words(): string {
    return this.lines.map((line) => line.replace(/^.{12} │| *│[^│]*$/g, "").trim()).join(" ");
  }
}

describe("Ladder", () => {
  it("draws a connection from its first segment to its last", () => {
    const script = new Script();
    script.open();
    script.pass("client", { seq: 1001, ack: 5001, flags: "P", text: "GET / HTTP/1.0\r\n\r\n" });
    script.pass("server", { seq: 5001, ack: 1019, flags: "PF", text: "hi", window: 8000 });
    script.pass("client", { seq: 1019, ack: 5004 });
    script.pass("client", { seq: 1019, ack: 5004, flags: "F" });
    script.pass("server", { seq: 5004, ack: 1020, window: 8000 });
    assert.deepEqual(script.lines.join("\n"), GOLDEN);
    assert.equal(script.isOver, true);
  });

  it("shows windows in octets when both sides scale them", () => {
    const script = new Script();
    script.pass("client", { seq: 0xffffffff, flags: "S", options: MSS_AND_SCALE });
    script.pass("server", { seq: 9, ack: 0, flags: "S", options: MSS_AND_SCALE });
    script.pass("client", { seq: 0, ack: 10, window: 1000 });
    assert.match(script.words, /ACK seq=1 ack=1 wnd=4000/);
    assert.match(script.words, /will tell windows in units of 4/);
  });

  it("counts the middle of a long transfer, and what is sent again in it", () => {
    const script = new Script();
    script.open();
    for (let count = 0; count < 40; count++) {
      script.pass("client", { seq: 1001 + 10 * count, ack: 5001, text: "0123456789" });
    }
    script.pass("client", { seq: 1001, ack: 5001, text: "0123456789" });
    assert.doesNotMatch(script.words, /more segments/);
    script.pass("client", { seq: 1401, ack: 5001, flags: "F" });
    // 14 are drawn from the start; 30 of 41 are left out.
    assert.match(script.words, /… 30 more segments with 300 octets, 1 of them sent once more …/);
    assert.match(script.lines.at(-2)!, /^FIN-WAIT-1 +│ ── FIN ACK seq=401 ack=1 .*▶ │ CLOSE-WAIT$/);
  });

  it("tells after a pause what it has counted, and draws the next segments", () => {
    const script = new Script();
    script.open();
    for (let count = 0; count < 20; count++) {
      script.pass("client", { seq: 1001 + count, ack: 5001, text: "." });
    }
    script.ladder.tick(script.nowMs + 100);
    assert.doesNotMatch(script.words, /more segments/);
    script.nowMs += 1000;
    script.ladder.tick(script.nowMs);
    assert.match(script.words, /… 9 more segments with 9 octets …/);
    script.pass("client", { seq: 1021, ack: 5001, text: "next" });
    assert.match(script.words, /4 octets, numbers 21 to 24: "next"/);
  });

  it("says what was lost, and what is sent again", () => {
    const script = new Script();
    script.send("client", { seq: 1000, flags: "S" });
    script.nowMs = 390;
    script.ladder.tick(390);
    assert.doesNotMatch(script.words, /lost/);
    script.ladder.tick(400);
    assert.match(script.lines.at(-2)!, /^SYN-SENT +│ ── SYN seq=1000 wnd=65535 ─+✗ +│$/);
    script.nowMs = 1000;
    script.pass("client", { seq: 1000, flags: "S" });
    assert.match(script.words, /once more, as no answer came: asks to open/);
    assert.match(script.lines.at(-3)!, /│ SYN-RECEIVED$/);
  });

  it("takes the later of two alike for the one that arrived, when the first is too old", () => {
    const script = new Script({ delayMs: 20 });
    script.send("client", { seq: 1000, flags: "S" });
    script.nowMs = 200;
    const again = script.send("client", { seq: 1000, flags: "S" });
    script.nowMs = 220;
    script.arrive("client", again);
    const drawn = script.lines.filter((line) => /SYN seq/.test(line));
    assert.match(drawn[0]!, /✗/);
    assert.match(drawn[1]!, /▶ │ SYN-RECEIVED$/);
  });

  it("does not believe what arrives damaged", () => {
    const script = new Script({ isLineBad: true });
    script.open();
    const frame = script.send("server", { seq: 5001, ack: 1001, text: "x" });
    const damaged = frame.slice();
    damaged[14 + 20 + 13]! |= 4; // RST
    script.arrive("server", damaged);
    script.ladder.tick(1000);
    assert.match(script.words, /is lost on the way, or damaged/);
    assert.equal(script.isOver, false);
  });

  it("tells a refusal from a break", () => {
    const refused = new Script();
    refused.pass("client", { seq: 1000, flags: "S" });
    refused.pass("server", { seq: 0, ack: 1001, flags: "R" });
    assert.match(refused.words, /refuses: nobody listens on port 80/);
    assert.equal(refused.isOver, true);

    const broken = new Script();
    broken.open();
    broken.pass("client", { seq: 1001, ack: 5001, flags: "R" });
    assert.match(broken.words, /breaks off/);
    assert.equal(broken.isOver, true);
  });

  it("explains windows and repeated acknowledgments", () => {
    const script = new Script();
    script.open();
    script.pass("server", { seq: 5001, ack: 1001, text: "abc" });
    script.pass("client", { seq: 1001, ack: 5004, window: 0 });
    script.pass("client", { seq: 1001, ack: 5004, window: 700 });
    script.pass("client", { seq: 1001, ack: 5004, window: 700 });
    assert.match(script.words, /has all before number 4; has no room left: wait/);
    assert.match(script.words, /has room for 700 octets now/);
    assert.match(script.words, /still waits for number 4/);
  });

  it("says how far the stream is urgent", () => {
    const script = new Script();
    script.open();
    script.pass("client", { seq: 1001, ack: 5001, flags: "P", text: "stop", urgent: 4 });
    script.pass("client", { seq: 1005, ack: 5001, urgent: 9 });
    assert.match(script.lines.join("\n"), /PSH ACK URG seq=1 ack=1 len=4 urg=4/);
    assert.match(script.words, /4 octets, numbers 1 to 4: "stop"; urgent up to number 4/);
    assert.match(script.words, /urgent up to number 13/);
  });

  it("draws the first connection only, and nothing that is no TCP", () => {
    const script = new Script();
    script.ladder.sent("left", new Uint8Array(60), 0);
    script.ladder.sent("right", tcpFrame("server", { seq: 1, flags: "S" }), 0);
    script.ladder.sent("left", tcpFrame("client", { seq: 1, ack: 1 }), 0);
    assert.deepEqual(script.lines, []);
    script.open();
    const { length } = script.lines;
    script.pass("client", { seq: 7, flags: "S", sourcePort: 50000 });
    assert.equal(script.lines.length, length);
  });

  it("keeps its columns, whatever is written", () => {
    const script = new Script();
    const seq = 0xffffffff;
    script.pass("client", { seq, flags: "S", options: MSS_AND_SCALE });
    script.pass("server", { seq, ack: 0, flags: "S", options: MSS_AND_SCALE });
    script.pass("client", { seq: 0, ack: 0, flags: "P", text: "A".repeat(1400) });
    for (const line of script.lines.slice(1)) {
      assert.equal(line.indexOf("│"), 13, line);
      assert.equal(line.lastIndexOf("│"), 76, line);
    }
  });
});

const GOLDEN = `\
client 10.0.0.1                                                             server 10.0.0.2
CLOSED       │                                                              │ LISTEN
SYN-SENT     │ ── SYN seq=1000 wnd=65535 ─────────────────────────────────▶ │ SYN-RECEIVED
             │   asks to open; its numbers start at 1000; takes up to       │
             │   1,460 octets in a segment                                  │
ESTABLISHED  │ ◀──────────────────── SYN ACK seq=5000 ack=1001 wnd=65535 ── │
             │   agrees, and opens its own direction: numbers from 5000;    │
             │   expects number 1001 next; takes up to 1,460 octets in a    │
             │   segment                                                    │
             │ ── ACK seq=1 ack=1 wnd=65535 ──────────────────────────────▶ │ ESTABLISHED
             │   acknowledges: ready, both directions stand                 │
             │ ── PSH ACK seq=1 ack=1 len=18 wnd=65535 ───────────────────▶ │
             │   18 octets, numbers 1 to 18: "GET / HTTP/1.0"               │
CLOSE-WAIT   │ ◀──────────────── FIN PSH ACK seq=1 ack=19 len=2 wnd=8000 ── │ FIN-WAIT-1
             │   2 octets, numbers 1 to 2: "hi"; has nothing more to        │
             │   send: ends its direction                                   │
             │ ── ACK seq=19 ack=4 wnd=65535 ─────────────────────────────▶ │ FIN-WAIT-2
             │   has all there was, the end included                        │
LAST-ACK     │ ── FIN ACK seq=19 ack=4 wnd=65535 ─────────────────────────▶ │ TIME-WAIT
             │   has nothing more to send either: ends its direction, too   │
CLOSED       │ ◀────────────────────────────── ACK seq=4 ack=20 wnd=8000 ── │
             │   has all there was, the end included                        │
             │   closed; TIME-WAIT stays for a minute, to answer should     │
             │   the last ACK have been lost                                │`;

/** The states that an onlooker infers at both ends of a real connection, next to the real ones. */
async function compare(
  act: (client: Socket, served: Socket) => void,
): Promise<{ inferred: string[][]; taken: string[][] }> {
  const ends = createWire();
  const links = ends.map((end) => new ObservedLink(end));
  const [left, right] = await Promise.all(links.map((link, index) =>
    createNetwork({ link, address: `10.0.0.${index + 1}/24` }))) as [Network, Network];
  const points = [new Endpoint("CLOSED"), new Endpoint("LISTEN")];
  const inferred: string[][] = [[], ["LISTEN"]];
  links.forEach((link, index) => {
    const note = (): void => {
      const { state } = points[index]!;
      if (inferred[index]!.at(-1) !== state) inferred[index]!.push(state);
    };
    link.onlooker = {
      sent: (frame) => parse(frame, (segment) => (points[index]!.onSent(segment), note())),
      arrived: (frame) => parse(frame, (segment) => (points[index]!.onReceived(segment), note())),
    };
  });
  const released = (socket: Socket): Promise<ConnectionStatus> =>
    new Promise((resolve) => void socket.once("released", resolve));
  const served = new Promise<Socket>((resolve) => {
    right.createServer({ allowHalfOpen: true }, resolve).listen(80);
  });
  const client = left.connect({ host: "10.0.0.2", port: 80, allowHalfOpen: true });
  const sockets = [client, await served] as [Socket, Socket];
  for (const socket of sockets) socket.on("error", () => {}).resume();
  const ended = Promise.all(sockets.map(released));
  act(...sockets);
  const taken = (await ended).map(({ path }) => path as string[]);
  await Promise.all([left.close(), right.close()]);
  return { inferred, taken };
}

describe("Endpoint, looking on, infers the states that the stacks take", () => {
  const closings: Record<string, (client: Socket, served: Socket) => void> = {
    "when the client closes first": (client, served) => {
      client.end("request");
      served.once("end", () => served.end("answer"));
    },
    "when the server closes first": (client, served) => {
      served.end("answer");
      client.once("end", () => client.end());
    },
    "when both close at once": (client, served) => {
      client.end();
      served.end();
    },
  };
  for (const [name, act] of Object.entries(closings)) {
    it(name, async () => {
      const { inferred, taken } = await compare(act);
      assert.deepEqual(inferred, taken);
      assert.ok(taken[0]!.length >= 3);
    });
  }

  // Who breaks off lets go at once, and what it knows last is from before.
  it("when the client breaks off", async () => {
    const { inferred, taken } = await compare((client) => void client.resetAndDestroy());
    assert.deepEqual(inferred, [[...taken[0]!, "CLOSED"], taken[1]]);
  });

  it("when the server breaks off", async () => {
    const { inferred, taken } = await compare((_, served) => void served.resetAndDestroy());
    assert.deepEqual(inferred, [taken[0], [...taken[1]!, "CLOSED"]]);
  });
});
