/** Timestamps and PAWS (RFC 7323), and what they do for TIME-WAIT (RFC 6191). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import {
  type Opened, Remote, accepted, connected, connecting, listening,
} from "../support/remote.js";
import { textOf } from "../support/segment_line.js";

/** What the peer's clock says at first, unless a test says otherwise. */
const PEER_CLOCK = 7000;
const DAY_S = 24 * 60 * 60;

/** TSval and TSecr of the segment heard last. */
function heard({ last }: Remote): [number, number] {
  return [last!.tsVal, last!.tsEcr];
}

/** A connection that the remote opened with timestamps; both clocks as they stood then. */
function timed(lab: Lab, peerClock = PEER_CLOCK): Opened & { ours: number } {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0", { mss: 1000, ts: [peerClock, 0] });
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  const [ours, echoed] = heard(remote);
  assert.equal(echoed, peerClock);
  remote.says("A 1 ack 1", { ts: [peerClock, ours] });
  const handle = lab.stack.accept(listener);
  lab.newsOf(listener);
  return { remote, handle, ours };
}

onBothBuilds("a SYN offers timestamps; when the SYN+ACK has them all segments do, and they echo " +
  "[RFC7323-3.2a, RFC7323-3.2b, RFC7323-3.2e, RFC7323-5.4a]", (lab) => {
  const { remote, handle } = connecting(lab);
  assert.deepEqual(remote.hears(), ["S 0"]);
  const [first, none] = heard(remote);
  assert.notEqual(first, -1);
  assert.equal(none, 0, "nothing to echo yet");
  lab.wait(0.1);
  remote.says("SA 0 ack 1", { ts: [PEER_CLOCK, first] });
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.deepEqual(heard(remote), [first + 100, PEER_CLOCK], "milliseconds");
  lab.write(handle, textOf(1, 10));
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
  assert.equal(heard(remote)[1], PEER_CLOCK);
  assert.ok(lab.stack.status(handle).flags.includes("timestamps"));
});

onBothBuilds("a SYN+ACK bears timestamps only when the SYN did [RFC7323-3.2a]", (lab) => {
  const { remote } = accepted(lab);
  remote.says("PA 1+10 ack 1");
  lab.wait(0.1);
  assert.deepEqual(remote.hears(), ["A 1 ack 11"]);
  assert.deepEqual(heard(remote), [-1, -1]);
});

onBothBuilds("timestamps can be turned off, for both ways to open", (lab) => {
  const { remote } = connecting(lab);
  const listener = listening(lab);
  lab.stack.setOption(listener, "timestamps", false);
  lab.stack.setOption(listener, "sack", false);
  remote.hears();
  const other = new Remote(lab);
  other.says("S 0", { ts: [1, 0], sackPermitted: true, scale: 2 });
  other.hears();
  assert.deepEqual(heard(other), [-1, -1]);
  assert.equal(other.last!.mayAcknowledgeSelectively, false);
  assert.notEqual(other.last!.scale, -1);
});

onBothBuilds("text makes room for the option: the segment stays within the MSS " +
  "[RFC6691-2b, MUST-16]", (lab) => {
  const { remote, handle } = timed(lab);
  lab.write(handle, textOf(1, 2000));
  assert.deepEqual(remote.hears(), ["A 1+988 ack 1", "A 989+988 ack 1", "PA 1977+24 ack 1"]);
});

onBothBuilds("a segment without the timestamp agreed on is dropped in silence, a RST is not " +
  "[RFC7323-3.2c, RFC7323-3.2d]", (lab) => {
  const { remote, handle } = timed(lab);
  remote.says("PA 1+5 ack 1");
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.counter("TcpTimestampMissing"), 1);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  remote.says("R 1");
  assert.equal(lab.stack.status(handle).reason, "reset");
});

onBothBuilds("an older timestamp: answered with an ACK, and dropped (PAWS) " +
  "[RFC7323-5.3a]", (lab) => {
  const { remote, handle, ours } = timed(lab);
  remote.says("PA 1+5 ack 1", { ts: [PEER_CLOCK - 1, ours] });
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(heard(remote)[1], PEER_CLOCK);
  assert.equal(lab.read(handle).length, 0);
  assert.equal(lab.stack.counter("TcpTimestampOld"), 1);
  remote.says("PA 1+5 ack 1", { ts: [PEER_CLOCK, ours] });
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.ignoreFrames();
});

onBothBuilds("timestamps wrap: older is the shorter way back [RFC7323-5.3a]", (lab) => {
  const { remote, handle, ours } = timed(lab, 0xfffffff0);
  remote.says("PA 1+5 ack 1", { ts: [5, ours] });
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.wait(0.1);
  assert.equal((remote.hears(), heard(remote)[1]), 5);
  remote.says("PA 6+5 ack 1", { ts: [0xfffffff0, ours] });
  assert.equal(lab.read(handle).length, 0);
  lab.ignoreFrames();
});

onBothBuilds("a RST is believed however old its timestamp is [RFC7323-5.2]", (lab) => {
  const { remote, handle, ours } = timed(lab);
  remote.says("R 1", { ts: [PEER_CLOCK - 1000, ours] });
  assert.equal(lab.stack.status(handle).reason, "reset");
});

onBothBuilds("after 24 days of silence the last timestamp says nothing any more " +
  "[RFC7323-5.5]", (lab) => {
  const { remote, handle, ours } = timed(lab);
  const old = { ts: [PEER_CLOCK - 5, ours] } as const;
  lab.stack.sleep(10 * DAY_S);
  lab.stack.sleep(10 * DAY_S);
  remote.says("PA 1+5 ack 1", old);
  assert.equal(lab.read(handle).length, 0, "20 days");
  lab.stack.sleep(5 * DAY_S);
  remote.says("PA 1+5 ack 1", old);
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.ignoreFrames();
});

onBothBuilds("delayed ACK: the echo is of the first segment that it answers " +
  "[RFC7323-4.3b, RFC7323-4.3a]", (lab) => {
  const { remote, handle, ours } = timed(lab);
  remote.says("PA 1+900 ack 1", { ts: [PEER_CLOCK + 1, ours] });
  remote.says("PA 901+900 ack 1", { ts: [PEER_CLOCK + 2, ours] });
  assert.deepEqual(remote.hears(), ["A 1 ack 1801"]);
  assert.equal(heard(remote)[1], PEER_CLOCK + 1);
  lab.read(handle);
  lab.ignoreFrames();
});

onBothBuilds("a hole: the echo stays, until the segment that fills it " +
  "[RFC7323-4.3c, RFC7323-4.3d]", (lab) => {
  const { remote, handle, ours } = timed(lab);
  remote.says("PA 901+900 ack 1", { ts: [PEER_CLOCK + 5, ours] });
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(heard(remote)[1], PEER_CLOCK);
  remote.says("PA 1+900 ack 1", { ts: [PEER_CLOCK + 6, ours] });
  assert.deepEqual(remote.hears(), ["A 1 ack 1801"]);
  assert.equal(heard(remote)[1], PEER_CLOCK + 6);
  lab.read(handle);
  lab.ignoreFrames();
});

onBothBuilds("after a timeout the echo tells the round trip, where Karn's rule is silent " +
  "[RFC7323-4.1]", (lab) => {
  const { remote, handle } = timed(lab);
  lab.write(handle, textOf(1, 10));
  remote.hears();
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["PA 1+10 ack 1"]);
  const [again] = heard(remote);
  lab.wait(0.25);
  remote.says("A 1 ack 11", { ts: [PEER_CLOCK + 9, again] });
  const { retransmissionTimeoutMs, smoothedRttUs } = lab.stack.status(handle);
  // A millisecond by the handshake, and an eighth of this one (RFC 6298 rule 2.3).
  assert.equal(smoothedRttUs, (7 * 1000 + 250_000) / 8);
  assert.equal(retransmissionTimeoutMs, 1000, "not backed off any more");
});

onBothBuilds("SYNs that cross agree on timestamps, too [S04, RFC7323-3.2b]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  const [first] = heard(remote);
  remote.says("S 0", { ts: [PEER_CLOCK, 0] });
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.deepEqual(heard(remote), [first, PEER_CLOCK]);
  remote.says("SA 0 ack 1", { ts: [PEER_CLOCK + 1, first] });
  remote.hears();
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  lab.write(handle, textOf(1, 5));
  assert.deepEqual(remote.hears(), ["PA 1+5 ack 1"]);
  assert.notEqual(heard(remote)[0], -1);
});

onBothBuilds("each pair of ends has its own offset [RFC7323-5.4b]", (lab) => {
  listening(lab);
  const values = [5001, 5002].map((port) => {
    const remote = new Remote(lab, { port });
    remote.says("S 0", { ts: [1, 0] });
    remote.hears();
    return heard(remote)[0];
  });
  assert.ok(Math.abs(values[0]! - values[1]!) > 1000);
});

onBothBuilds("a half-open entry keeps to the timestamps: none and old ones are not taken " +
  "[RFC7323-3.2c, RFC7323-5.3a]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0", { ts: [PEER_CLOCK, 0] });
  remote.hears();
  const [ours] = heard(remote);
  remote.says("A 1 ack 1");
  assert.deepEqual(remote.hears(), []);
  remote.says("A 1 ack 1", { ts: [PEER_CLOCK - 1, ours] });
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(heard(remote)[1], PEER_CLOCK);
  assert.equal(lab.stack.accept(listener), 0);
  lab.wait(1);
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.deepEqual(heard(remote), [ours + 1000, PEER_CLOCK], "of the SYN");
  remote.says("A 1 ack 1", { ts: [PEER_CLOCK + 1, ours] });
  assert.notEqual(lab.stack.accept(listener), 0);
});

/** A connection with timestamps, if `peerClock` is one, that we have closed, in TIME-WAIT. */
function waiting(lab: Lab, peerClock?: number): Remote {
  const listener = listening(lab);
  const remote = new Remote(lab);
  const ts = peerClock === undefined ? {} : { ts: [peerClock, 0] as const };
  remote.says("S 0", ts);
  remote.hears();
  remote.says("A 1 ack 1", ts);
  const handle = lab.stack.accept(listener);
  lab.do((stack) => stack.close(handle));
  assert.deepEqual(remote.hears(), ["FA 1 ack 1"]);
  remote.says("FA 1 ack 2", ts);
  assert.deepEqual(remote.hears(), ["A 2 ack 2"]);
  assert.equal(heard(remote)[1], peerClock ?? -1, "the last ACK has a timestamp like the others");
  assert.equal([...lab.stack.entries("time-wait")].length, 1);
  return remote;
}

for (const { clock, seq, opens, why } of [
  { clock: PEER_CLOCK + 1, seq: -5000, opens: true, why: "a newer timestamp, whatever its number" },
  { clock: PEER_CLOCK, seq: 5000, opens: true, why: "the same timestamp, a number beyond" },
  { clock: PEER_CLOCK, seq: -5000, opens: false, why: "the same timestamp, a number before" },
  { clock: PEER_CLOCK - 1, seq: 5000, opens: false, why: "an older timestamp" },
  { clock: undefined, seq: 5000, opens: true, why: "no timestamp, a number beyond" },
  { clock: undefined, seq: -5000, opens: false, why: "no timestamp, a number before" },
]) {
  onBothBuilds(`TIME-WAIT with timestamps, a SYN with ${why}: ` +
    `${opens ? "opens a new connection" : "is answered with an ACK"} ` +
    "[S10, SHLD-4, MAY-2, RFC6191-2a, RFC6191-2b, RFC6191-2c, RFC6191-2d]", (lab) => {
    const remote = waiting(lab, PEER_CLOCK);
    const again = new Remote(lab, { isn: remote.isn + seq });
    again.says("S 0", clock === undefined ? {} : { ts: [clock, 0] });
    const [answer] = again.hears();
    assert.equal(answer!.startsWith("SA"), opens);
    const step = (again.last!.seq - remote.ownIsn!) | 0;
    if (opens) assert.ok(step > 0, "beyond the numbers of the old connection");
    else assert.equal(answer!.startsWith("A"), true);
  });
}

onBothBuilds("TIME-WAIT without timestamps: a SYN with one opens a new connection " +
  "[S10, SHLD-4, RFC6191-2c]", (lab) => {
  const remote = waiting(lab);
  const again = new Remote(lab, { isn: remote.isn - 5000 });
  again.says("S 0", { ts: [1, 0] });
  assert.match(again.hears()[0]!, /^SA/);
});

onBothBuilds("our last ACK and our RST bear timestamps as well [RFC7323-3.2b]", (lab) => {
  const { remote, handle } = connected(lab, { syn: { ts: [PEER_CLOCK, 0] } });
  lab.do((stack) => stack.abort(handle));
  assert.deepEqual(remote.hears(), ["RA 1 ack 1"]);
  assert.equal(heard(remote)[1], PEER_CLOCK);
});

onBothBuilds("timestamps that were not agreed on are ignored, and the text is taken " +
  "[RFC7323-3.2f]", (lab) => {
  const { remote, handle } = accepted(lab);
  remote.says("PA 1+5 ack 1", { ts: [PEER_CLOCK, 1] });
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.wait(0.1);
  assert.deepEqual((remote.hears(), heard(remote)), [-1, -1]);
});

onBothBuilds("PAWS comes before the window: what is beyond it and old is old " +
  "[RFC7323-5.3b]", (lab) => {
  const { remote, ours } = timed(lab);
  remote.says("PA 100001+5 ack 1", { ts: [PEER_CLOCK - 1, ours] });
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  assert.equal(lab.stack.counter("TcpTimestampOld"), 1);
  assert.equal(lab.stack.counter("TcpOutOfWindow"), 0);
});

onBothBuilds("old segments of the pair's last connection are kept out of its next one " +
  "[RFC7323-5.8, S28]", (lab) => {
  const remote = waiting(lab, PEER_CLOCK);
  const again = new Remote(lab, { isn: remote.isn - 20 });
  again.says("S 0", { ts: [PEER_CLOCK + 50, 0] });
  again.hears();
  again.says("A 1 ack 1", { ts: [PEER_CLOCK + 51, 0] });
  again.says("PA 1+9 ack 1", { ts: [PEER_CLOCK, 0], text: "old words" });
  again.says("PA 1+9 ack 1", { ts: [PEER_CLOCK + 52, 0], text: "new words" });
  assert.equal(lab.stack.counter("TcpTimestampOld"), 1);
  const listener = [...lab.stack.entries("listeners")][0]!.handle;
  assert.equal(String(lab.read(lab.stack.accept(listener))), "new words");
  lab.ignoreFrames();
});

onBothBuilds("one measurement a round trip, however many ACKs bring an echo " +
  "[RFC7323-4.1, RFC7323-4.2]", (lab) => {
  const { remote, handle, ours } = timed(lab);
  lab.write(handle, textOf(1, 3000));
  lab.wait(0.1);
  lab.ignoreFrames();
  for (let acked = 301; acked < 3000; acked += 300) {
    remote.says(`A 1 ack ${acked}`, { ts: [PEER_CLOCK + 1, ours - 5000] });
    remote.says(`A 1 ack ${acked}`, { ts: [PEER_CLOCK + 1, ours - 9000] });
  }
  lab.ignoreFrames();
  assert.equal(lab.stack.status(handle).smoothedRttUs, (7 * 1000 + 100_000) / 8);
});

onBothBuilds("a month in which the peer only probes whether we live: its next text is not old " +
  "[RFC7323-5.5]", (lab) => {
  const { remote, handle, ours } = timed(lab);
  const peerClock = (): number => (PEER_CLOCK + Math.floor(lab.atUs / 1000)) >>> 0;
  for (let day = 0; day < 30; day++) {
    lab.wait(DAY_S);
    remote.says("A 0 ack 1", { ts: [peerClock(), ours] });
    assert.deepEqual(remote.hears(), ["A 1 ack 1"], "a keep-alive probe is answered");
  }
  remote.says("PA 1+5 ack 1", { ts: [peerClock(), ours] });
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  lab.ignoreFrames();
});

onBothBuilds("a SYN sent again with a newer timestamp: the SYN+ACK echoes that one " +
  "[RFC7323-4.3a]", (lab) => {
  listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0", { ts: [PEER_CLOCK, 0] });
  remote.hears();
  lab.wait(0.9);
  remote.says("S 0", { ts: [PEER_CLOCK + 900, 0] });
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.equal(heard(remote)[1], PEER_CLOCK + 900);
  remote.says("S 0", { ts: [PEER_CLOCK + 5, 0] });
  remote.hears();
  assert.equal(heard(remote)[1], PEER_CLOCK + 900, "never back");
});
