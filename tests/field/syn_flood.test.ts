/**
 * A million SYNs from addresses that do not exist, and honest clients meanwhile: what they come
 * for takes no longer than on a quiet day. Method: two stacks 10 ms apart in virtual time; the
 * flood goes to the server alone, and what it answers goes nowhere.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Event } from "../../assembly/abi/event.js";
import { Stack, type StackEvent } from "../../host/stack.js";
import type { Build } from "../support/lab.js";
import { SynFlood } from "../support/syn_flood.js";

const SERVER = "10.0.0.1";
const CLIENT = "10.0.0.2";
const PORT = 80;
const DELAY_US = 10_000;
const TEXT = new Uint8Array(40_000).fill(77);
/** Between two visits of the honest client. */
const PAUSE_US = 500_000;
const SYNS = 1_000_000;

interface Flying {
  atUs: number;
  frame: Uint8Array;
}

/** A server under flood, and one client that comes again and again. */
class Siege {
  /** What each visit took, from SYN to the server's FIN, in microseconds. */
  readonly visits: number[] = [];
  readonly server: Stack;
  private readonly client: Stack;
  private readonly toServer: Flying[] = [];
  private readonly toClient: Flying[] = [];
  private readonly listener: number;
  private serverDueUs = 0;
  private clientDueUs = Infinity;
  private beganUs = 0;
  private nextVisitUs = 0;
  private left = TEXT;

  constructor(build: Build) {
    const entropy = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
    this.server = Stack.createSync({ module: build, entropy: entropy(1) });
    this.client = Stack.createSync({ entropy: entropy(2) });
    this.server.configure({ kind: "ip", address: `${SERVER}/8` });
    this.client.configure({ kind: "ip", address: `${CLIENT}/8` });
    this.listener = this.server.listen({ port: PORT });
  }

  /** Lets so many SYNs come, evenly; of 0 only the time passes. */
  run(seconds: number, syns: number): void {
    const flood = new SynFlood(PORT);
    for (let count = 0; count < syns; count++) {
      const nowUs = (count * seconds * 1e6) / syns;
      this.advance(nowUs);
      this.server.receive(flood.next(), nowUs);
      this.turnServer(nowUs);
    }
    this.advance(seconds * 1e6);
  }

  private advance(untilUs: number): void {
    for (;;) {
      const serverUs = Math.min(this.serverDueUs, this.toServer[0]?.atUs ?? Infinity);
      const ownUs = Math.min(this.clientDueUs, this.nextVisitUs);
      const clientUs = Math.min(ownUs, this.toClient[0]?.atUs ?? Infinity);
      const nowUs = Math.min(serverUs, clientUs);
      if (nowUs > untilUs) return;
      if (serverUs === nowUs) {
        take(this.toServer, nowUs, this.server);
        this.turnServer(nowUs);
      } else {
        take(this.toClient, nowUs, this.client);
        if (this.nextVisitUs <= nowUs) this.visit(nowUs);
        this.turnClient(nowUs);
      }
    }
  }

  private visit(nowUs: number): void {
    this.client.connect({ address: SERVER, port: PORT });
    this.left = TEXT;
    this.beganUs = nowUs;
    this.nextVisitUs = Infinity;
  }

  private turnServer(nowUs: number): void {
    const { server } = this;
    for (let isDone = false; !isDone; ) {
      send(server, nowUs, this.toClient);
      isDone = true;
      for (let event = server.nextEvent(); event !== null; event = server.nextEvent()) {
        isDone = false;
        if (event.handle === this.listener) server.accept(this.listener);
        else this.serve(event);
      }
    }
    this.serverDueUs = nowUs + server.nextDeadline(nowUs);
  }

  private serve({ handle, bits }: StackEvent): void {
    while (this.server.read(handle) !== null) continue;
    if ((bits & (Event.PeerFinished | Event.Closed)) !== 0) this.server.close(handle);
  }

  private turnClient(nowUs: number): void {
    const { client } = this;
    for (let isDone = false; !isDone; ) {
      send(client, nowUs, this.toServer);
      isDone = true;
      for (let event = client.nextEvent(); event !== null; event = client.nextEvent()) {
        isDone = false;
        this.act(event, nowUs);
      }
    }
    this.clientDueUs = nowUs + client.nextDeadline(nowUs);
  }

  private act({ handle, bits }: StackEvent, nowUs: number): void {
    const { client } = this;
    if ((bits & Event.Writable) !== 0 && this.left.length > 0) {
      this.left = this.left.subarray(client.write(handle, this.left));
      if (this.left.length === 0) client.shutdown(handle);
    }
    if ((bits & Event.Closed) === 0) return;
    assert.equal(client.status(handle).reason, "finished");
    client.close(handle);
    this.visits.push(nowUs - this.beganUs);
    this.nextVisitUs = nowUs + PAUSE_US;
  }
}

function take(queue: Flying[], nowUs: number, stack: Stack): void {
  while ((queue[0]?.atUs ?? Infinity) <= nowUs) stack.receive(queue.shift()!.frame, nowUs);
}

/** What goes to one of the two is under way; the rest goes nowhere. */
function send(stack: Stack, nowUs: number, queue: Flying[]): void {
  for (let frame = stack.transmit(nowUs); frame; frame = stack.transmit(nowUs)) {
    if (frame[16] === 10) queue.push({ atUs: nowUs + DELAY_US, frame: frame.slice() });
  }
}

for (const build of ["node", "board"] as const) {
  for (const perSecond of [1000, 10_000, 100_000]) {
    test(`1,000,000 SYNs, ${perSecond.toLocaleString("en")} a second: clients take at most 1.1 ` +
      `times as long [S14] [RFC4987-3.6a] [${build}]`, (t) => {
      const seconds = SYNS / perSecond;
      const [quiet, flooded] = [new Siege(build), new Siege(build)];
      quiet.run(10, 0);
      flooded.run(seconds, SYNS);
      const [usual, worst] = [quiet, flooded].map(({ visits }) => Math.max(...visits));
      t.diagnostic(`${flooded.visits.length} visits, ${usual} us, flooded ${worst} us at the most`);
      assert.ok(worst! <= 1.1 * usual!, `${worst} us in place of ${usual} us`);
      const expected = Math.floor((seconds * 1e6) / (PAUSE_US + 1.1 * usual!));
      assert.ok(flooded.visits.length >= expected, `${flooded.visits.length} visits`);
      const { InTcp, FramesIn } = flooded.server.counters();
      assert.ok(FramesIn > SYNS && InTcp > 0);
    });
  }
}
