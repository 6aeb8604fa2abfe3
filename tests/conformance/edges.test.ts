/**
 * RFC 9293 figure 5, edge by edge: scripts that walk through the states, each step under watch, and
 * together take every edge of the figure.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StateName } from "../../host/names.js";
import { type Build, Lab, onBothBuilds } from "../support/lab.js";
import { Remote } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

const OWN_PORT = 80;
const REFUSED = { code: "EADDRNOTAVAIL" };
const PEER = { address: "10.0.0.2", port: 5000 };

/** The figure's edges, with its notes: RST takes SYN-RECEIVED back; FIN and ACK may come in one. */
const FIGURE_5 = [
  "CLOSED LISTEN", "CLOSED SYN-SENT", "LISTEN CLOSED", "LISTEN SYN-SENT", "LISTEN SYN-RECEIVED",
  "SYN-SENT CLOSED", "SYN-SENT SYN-RECEIVED", "SYN-SENT ESTABLISHED", "SYN-RECEIVED LISTEN",
  "SYN-RECEIVED ESTABLISHED", "SYN-RECEIVED FIN-WAIT-1", "ESTABLISHED FIN-WAIT-1",
  "ESTABLISHED CLOSE-WAIT", "FIN-WAIT-1 FIN-WAIT-2", "FIN-WAIT-1 CLOSING", "FIN-WAIT-1 TIME-WAIT",
  "FIN-WAIT-2 TIME-WAIT", "CLOSING TIME-WAIT", "CLOSE-WAIT LAST-ACK", "LAST-ACK CLOSED",
  "TIME-WAIT CLOSED",
];

/** A script: calls of ours are words, a line is what the peer says. */
const SCRIPTS = [
  "listen; close",
  "listen; S 0; R 1; close",
  "listen; S 0; A 1 ack 1; accept; FA 1 ack 1; shutdown; A 2 ack 2; close",
  "listen; active; SA 0 ack 1; shutdown; A 1 ack 2; FA 1 ack 2; close; wait",
  "connect; close",
  "connect; S 0; SA 0 ack 1; shutdown; FA 1 ack 2; close; wait",
  "connect; S 0; shutdown; FA 1 ack 1; A 2 ack 2; close; wait",
];

/** One port of ours and one of the peer's, and what figure 5 says of them. */
class Walker {
  readonly edges: string[] = [];
  private readonly remote: Remote;
  private handle = 0;

  constructor(private readonly lab: Lab) {
    this.remote = new Remote(lab, { ...PEER, ownPort: OWN_PORT });
  }

  step(step: string): void {
    const before = this.state();
    this.do(step);
    this.lab.turn();
    this.remote.hears();
    const after = this.state();
    if (after !== before) this.edges.push(`${before} ${after}`);
  }

  private do(step: string): void {
    const { lab: { stack }, remote } = this;
    if (step === "listen") this.handle = stack.listen({ port: OWN_PORT });
    else if (step === "connect") this.handle = stack.connect({ ...PEER, localPort: OWN_PORT });
    else if (step === "active") this.handle = stack.connectFrom(this.handle, PEER);
    else if (step === "accept") this.accept();
    else if (step === "shutdown") stack.shutdown(this.handle);
    else if (step === "close") stack.close(this.handle);
    else if (step === "wait") this.lab.wait(61);
    else remote.says(step);
  }

  /** The listener goes, so that its port is in the one state that the figure would have. */
  private accept(): void {
    const listener = this.handle;
    this.handle = this.lab.stack.accept(listener);
    this.lab.stack.close(listener);
  }

  /** The state of the pair of ports, or of the port that listens for it. */
  private state(): StateName {
    const entries = this.lab.stack.connections().filter(({ table }) => table !== "neighbours");
    const own = entries.find(({ remotePort, state }) =>
      remotePort === PEER.port && state !== "CLOSED");
    const listener = entries.find(({ table }) => table === "listeners");
    return (own ?? listener)?.state as StateName | undefined ?? "CLOSED";
  }
}

for (const build of ["node", "board"] satisfies Build[]) {
  test(`every edge of figure 5 is taken, and no other [S12] [${build}] ` +
    `[RFC9293-3.10.6]`, () => {
    const taken = new Set<string>();
    for (const script of SCRIPTS) {
      const walker = new Walker(new Lab(build));
      for (const step of script.split("; ")) walker.step(step);
      for (const edge of walker.edges) taken.add(edge);
    }
    assert.deepEqual([...taken].sort(), [...FIGURE_5].sort());
  });
}

onBothBuilds("OPEN, active, in LISTEN: the listener's port, its settings, and no listener any " +
  "more [S12] " +
  "[RFC9293-3.10.1c]", (lab) => {
  const { stack } = lab;
  const listener = stack.listen({ port: OWN_PORT });
  stack.setOption(listener, "timeToLive", 33);
  stack.setOption(listener, "maxSegment", 700);
  const handle = lab.do(() => stack.connectFrom(listener, PEER));
  const remote = new Remote(lab, PEER);
  assert.deepEqual(remote.hears(), ["S 0"]);
  assert.deepEqual([remote.last!.mss, remote.last!.octets[8]], [700, 33]);
  assert.deepEqual(stack.status(handle).path, ["LISTEN", "SYN-SENT"]);
  assert.throws(() => stack.accept(listener), { code: "EBADF" });
  assert.equal([...stack.entries("listeners")].length, 0);
  new Remote(lab, { port: 6000 }).says("S 0");
  assert.equal(lab.frames.pop()!.decoded.flags, 0x14, "nobody listens");
  remote.says("SA 0 ack 1");
  assert.deepEqual(stack.status(handle).path, ["LISTEN", "SYN-SENT", "ESTABLISHED"]);
  assert.deepEqual(lab.newsOf(handle), ["connected", "writable"]);
  lab.ignoreFrames();
});

onBothBuilds("SEND in LISTEN: the text follows the handshake [S12] " +
  "[RFC9293-3.10.2b]", (lab) => {
  const listener = lab.stack.listen({ port: OWN_PORT });
  const handle = lab.stack.connectFrom(listener, PEER);
  lab.write(handle, textOf(1, 10));
  const remote = new Remote(lab, PEER);
  assert.deepEqual(remote.hears(), ["S 0"]);
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
  remote.says("A 1 ack 11");
});

onBothBuilds("what a listener had goes with it when it becomes active: who waits is reset " +
  "(RFC 9293 3.10.1)", (lab) => {
  const listener = lab.stack.listen({ port: OWN_PORT });
  const waiting = new Remote(lab, { port: 6000 });
  waiting.opens();
  const handle = lab.do((stack) => stack.connectFrom(listener, PEER));
  assert.deepEqual(waiting.hears(), ["RA 1 ack 1"]);
  lab.do((stack) => stack.listen({ port: OWN_PORT }));
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  lab.ignoreFrames();
});

onBothBuilds("OPEN, active, in LISTEN, that cannot be leaves the listener as it was " +
  "(RFC 9293 3.10.1) [MUST-46]", (lab) => {
  const { stack } = lab;
  const listener = stack.listen({ port: OWN_PORT });
  for (const address of ["10.0.0.255", "224.0.0.1", "10.0.0.1"]) {
    assert.throws(() => stack.connectFrom(listener, { address, port: 9 }), REFUSED);
  }
  const handle = stack.connect({ ...PEER, localPort: OWN_PORT });
  assert.throws(() => stack.connectFrom(listener, PEER), { code: "EADDRINUSE" });
  assert.throws(() => stack.connectFrom(handle, PEER), { code: "EBADF" });
  assert.equal(stack.status(listener).state, "LISTEN");
  lab.ignoreFrames();
});

onBothBuilds("a port may be listened on while a connection of it is in SYN-SENT or SYN-RECEIVED " +
  "[MUST-42]", (lab) => {
  const { stack } = lab;
  lab.do(() => stack.connect({ ...PEER, localPort: OWN_PORT }));
  const listener = lab.do(() => stack.listen({ port: OWN_PORT }));
  const remote = new Remote(lab, PEER);
  remote.hears();
  remote.says("S 0");
  assert.equal([...stack.entries("connections")][0]!.state, "SYN-RECEIVED");
  stack.close(listener);
  const again = lab.do(() => stack.listen({ port: OWN_PORT }));
  new Remote(lab, { port: 6000 }).opens();
  assert.notEqual(stack.accept(again), 0);
  assert.equal([...stack.entries("connections")][0]!.state, "SYN-RECEIVED", "left alone");
  lab.ignoreFrames();
});
