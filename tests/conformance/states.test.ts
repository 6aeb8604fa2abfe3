/**
 * The state machine (RFC 9293 section 3.3.2, figure 5): every edge that a connection can take, what
 * `status` tells of it (S25), and who learns how it ended (S26).
 */
import assert from "node:assert/strict";
import type { ReasonName, StateName } from "../../host/names.js";
import { type Lab, onBothBuilds } from "../support/lab.js";
import {
  type Opened, Remote, accepted, connected, connecting, listening,
} from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

type Opening = "connect" | "accept" | "cross";
/** What happens, in order: a line is said by the peer, the words are calls of ours. */
type Step = string;

interface Walk {
  opening: Opening;
  steps: Step[];
  /** The states after opening: the path's end. */
  path: StateName[];
  reason: ReasonName;
}

const WALKS: Walk[] = [
  {
    opening: "connect", steps: ["shutdown", "A 1 ack 2", "FA 1 ack 2"], reason: "finished",
    path: ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"],
  },
  {
    opening: "connect", steps: ["shutdown", "FA 1 ack 1", "A 2 ack 2"], reason: "finished",
    path: ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "CLOSING", "TIME-WAIT"],
  },
  {
    opening: "accept", steps: ["FA 1 ack 1", "shutdown", "A 2 ack 2"], reason: "finished",
    path: ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"],
  },
  {
    opening: "accept", steps: ["R 1"], reason: "reset",
    path: ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSED"],
  },
  {
    opening: "accept", steps: ["FA 1 ack 1", "R 2"], reason: "reset",
    path: ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "CLOSED"],
  },
  {
    opening: "cross", steps: ["SA 0 ack 1", "FA 1 ack 1", "shutdown", "A 2 ack 2"],
    reason: "finished",
    path: ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"],
  },
  {
    opening: "cross", steps: ["shutdown", "A 1 ack 1", "A 1 ack 2", "FA 1 ack 2"],
    reason: "finished",
    path: [
      "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
    ],
  },
  {
    opening: "cross", steps: ["SA 0 ack 1", "shutdown", "FA 1 ack 1", "A 2 ack 2"],
    reason: "finished",
    path: ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "CLOSING", "TIME-WAIT"],
  },
  {
    opening: "cross", steps: ["R 1"], reason: "refused",
    path: ["SYN-SENT", "SYN-RECEIVED", "CLOSED"],
  },
];

function open(lab: Lab, opening: Opening): Opened {
  if (opening === "connect") return connected(lab);
  if (opening === "accept") return accepted(lab);
  const crossing = connecting(lab);
  crossing.remote.hears();
  crossing.remote.says("S 0");
  return crossing;
}

for (const { opening, steps, path, reason } of WALKS) {
  onBothBuilds(`${path.join(", ")}: ${reason} (figure 5) [S12, S25]`, (lab) => {
    const { remote, handle } = open(lab, opening);
    for (const step of steps) {
      if (step === "shutdown") lab.do((stack) => stack.shutdown(handle));
      else remote.says(step);
    }
    const status = lab.stack.status(handle);
    assert.deepEqual([status.path, status.reason], [path, reason]);
    assert.equal(status.state, path.at(-1));
    assert.ok(lab.newsOf(handle).includes("closed"));
    lab.ignoreFrames();
  });
}

onBothBuilds("SYN-SENT to CLOSED on time-out, and to CLOSED by CLOSE [S12, S26]", (lab) => {
  const { handle } = connecting(lab);
  lab.wait(400);
  const status = lab.stack.status(handle);
  assert.deepEqual([status.path, status.reason], [["SYN-SENT", "CLOSED"], "timed out"]);
  const other = connecting(lab, { ownPort: 50001 });
  lab.do((stack) => stack.close(other.handle));
  assert.equal([...lab.stack.entries("connections")].length, 1);
  lab.ignoreFrames();
});

onBothBuilds("LISTEN stays LISTEN while its connections come and go [S12]", (lab) => {
  const { remote, handle, listener } = accepted(lab);
  assert.equal(lab.stack.status(listener).state, "LISTEN");
  remote.says("R 1");
  assert.equal(lab.stack.status(handle).state, "CLOSED");
  assert.equal(lab.stack.status(listener).state, "LISTEN");
});

onBothBuilds("netstat: addresses, ports, queues, windows and timers of a connection " +
  "[S25]", (lab) => {
  const { remote, handle } = connected(lab, { syn: { window: 3000, mss: 1000 } });
  lab.write(handle, textOf(1, 700));
  remote.says("PA 1+40 ack 1");
  const [entry] = [...lab.stack.entries("connections")];
  assert.deepEqual(entry, lab.stack.status(handle));
  assert.deepEqual(
    [entry!.localAddress, entry!.localPort, entry!.remoteAddress, entry!.remotePort],
    ["10.0.0.1", 50000, "10.0.0.2", 80],
  );
  assert.deepEqual([entry!.sendQueue, entry!.receiveQueue, entry!.outOfOrder], [700, 40, 0]);
  assert.deepEqual([entry!.sendWindow, entry!.segmentSize], [3000, 1000]);
  assert.equal((entry!.sendNext - entry!.sendUnacknowledged) >>> 0, 700);
  assert.deepEqual(Object.keys(entry!.timers).sort(), ["ack", "retransmit"]);
  assert.equal(entry!.timers.retransmit, 1000);
  lab.ignoreFrames();
});

onBothBuilds("netstat: listeners, half-open entries and TIME-WAITs are listed with theirs " +
  "[S25]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("FA 1 ack 2");
  lab.do((stack) => stack.close(handle));
  new Remote(lab, { port: 6000 }).says("S 0");
  lab.ignoreFrames();
  const listed = lab.stack.connections().map(({ table, state, remotePort }) =>
    [table, state, remotePort]);
  assert.deepEqual(listed, [
    ["listeners", "LISTEN", 0], ["half-open", "SYN-RECEIVED", 6000],
    ["time-wait", "TIME-WAIT", 5000],
  ]);
  const [waiting] = [...lab.stack.entries("time-wait")];
  assert.equal(waiting!.timers.timeWait, 60_000);
  const [listener] = [...lab.stack.entries("listeners")];
  assert.deepEqual([listener!.sendQueue, listener!.receiveQueue], [16, 0], "backlog, to accept");
});

onBothBuilds("the peer's end and the connection's end are two pieces of news " +
  "[S26, MUST-12, RFC9293-3.10.7.4.8a]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("FPA 1+3 ack 1");
  assert.deepEqual(lab.newsOf(handle), ["readable", "peerFinished"]);
  assert.ok(lab.stack.status(handle).flags.includes("peerFinished"));
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 5 ack 2");
  assert.deepEqual(lab.newsOf(handle), ["closed", "sent"]);
  lab.ignoreFrames();
});

onBothBuilds("after the end: what came can be read, nothing written, then the handle is let go " +
  "[S22, S26, RFC9293-3.10.3d]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.opens();
  const handle = lab.stack.accept(listener);
  remote.says("PA 1+20 ack 1");
  remote.says("R 21");
  assert.deepEqual(lab.read(handle, 5), textOf(1, 5));
  assert.throws(() => lab.stack.write(handle, textOf(1, 1)), { code: "EPIPE" });
  assert.throws(() => lab.stack.shutdown(handle), { code: "ENOTCONN" });
  assert.deepEqual(lab.read(handle), textOf(6, 15));
  lab.do((stack) => stack.close(handle));
  assert.throws(() => lab.stack.read(handle), { code: "EBADF" });
  lab.ignoreFrames();
});
