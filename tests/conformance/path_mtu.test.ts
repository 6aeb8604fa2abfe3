/** Path MTU discovery by what routers report (RFC 1191), and reports by others (RFC 5927). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import {
  type Opened, Remote, accepted, connected, connecting, listening,
} from "../support/remote.js";
import { tellsTooBig } from "../support/router.js";
import { textOf } from "../support/segment_line.js";

const ETHERNET = { syn: { mss: 1460 } };
/** Above the stack's ten minutes by its coarse clock. */
const TEN_MINUTES = 12.1 * 60;

/** A connection with so many octets on their way, from number 1 on, none acknowledged. */
function sending(lab: Lab, len = 2920): Opened {
  const opened = connected(lab, ETHERNET);
  lab.write(opened.handle, textOf(1, len));
  opened.remote.hears();
  return opened;
}

/** The same when segments of 1460 octets have come through before. */
function proven(lab: Lab): Opened {
  const { remote, handle } = sending(lab);
  remote.says("A 1 ack 2921");
  lab.write(handle, textOf(2921, 2920));
  assert.deepEqual(remote.hears(), ["A 2921+1460 ack 1", "PA 4381+1460 ack 1"]);
  return { remote, handle };
}

function sizeOf(lab: Lab, handle: number): number {
  return lab.stack.status(handle).segmentSize;
}

onBothBuilds("all that TCP sends bears Don't Fragment [RFC1191-3d]", (lab) => {
  const { handle } = accepted(lab);
  lab.write(handle, textOf(1, 100));
  lab.do((stack) => stack.close(handle));
  new Remote(lab, { port: 9, ownPort: 9 }).says("S 0");
  lab.wait(2);
  assert.ok(lab.frames.length >= 4);
  for (const { decoded: { octets, ipAt } } of lab.frames.splice(0)) {
    assert.equal(octets[ipAt + 6]! & 0x40, 0x40);
  }
});

onBothBuilds("a report lowers the segment size; what was too big is sent again at once, one " +
  "segment first, then more as answers come [S03, MUST-54, RFC1191-3a, RFC1191-6.4a]", (lab) => {
  const { remote, handle } = sending(lab);
  const before = lab.stack.status(handle);
  tellsTooBig(lab, remote, 1, 1000);
  assert.deepEqual(remote.hears(), ["A 1+960 ack 1"]);
  assert.equal(sizeOf(lab, handle), 960);
  remote.says("A 1 ack 961");
  assert.deepEqual(remote.hears(), ["A 961+960 ack 1", "A 1921+960 ack 1"]);
  remote.says("A 1 ack 2881");
  assert.deepEqual(remote.hears(), ["PA 2881+40 ack 1"]);
  assert.ok(lab.stack.status(handle).slowStartThreshold >= before.congestionWindow);
  assert.equal(lab.stack.counter("TcpRetransmissionTimeouts"), 0);
  assert.equal(lab.stack.counter("TcpSegmentSizeLowered"), 1);
});

onBothBuilds("a report is no congestion: the window opens again to what it was [RFC1191-6.4b]",
  (lab) => {
  const { remote, handle } = sending(lab, 500);
  lab.wait(1.1);
  remote.says("A 1 ack 501");
  lab.stack.setOption(handle, "noDelay", true);
  for (let seq = 501; seq < 10_001;) {
    // All of the window, in segments so small that no size is proven.
    const end = Math.min(seq + lab.stack.status(handle).congestionWindow, 10_001);
    for (; seq + 500 <= end; seq += 500) lab.write(handle, textOf(seq, 500));
    remote.says(`A 1 ack ${seq}`);
  }
  const { congestionWindow, slowStartThreshold } = lab.stack.status(handle);
  assert.ok(congestionWindow > slowStartThreshold, "congestion avoidance");
  lab.write(handle, textOf(10_001, 2920));
  remote.hears();
  tellsTooBig(lab, remote, 10_001, 600);
  assert.deepEqual(remote.hears(), ["A 10001+560 ack 1"]);
  assert.equal(lab.stack.status(handle).slowStartThreshold, congestionWindow);
});

onBothBuilds("a burst of reports about one burst of segments makes one retransmission " +
  "[RFC1191-6.4c]", (lab) => {
  const { remote } = sending(lab);
  tellsTooBig(lab, remote, 1, 1000);
  assert.deepEqual(remote.hears(), ["A 1+960 ack 1"]);
  tellsTooBig(lab, remote, 1461, 1000);
  tellsTooBig(lab, remote, 1, 1000);
  assert.deepEqual(remote.hears(), []);
  assert.equal(lab.stack.counter("TcpSegmentSizeLowered"), 1);
});

onBothBuilds("a path of two narrow links takes two reports [RFC1191-3a, RFC1191-6.4a]", (lab) => {
  const { remote, handle } = sending(lab);
  tellsTooBig(lab, remote, 1, 1400);
  assert.deepEqual(remote.hears(), ["A 1+1360 ack 1"]);
  tellsTooBig(lab, remote, 1, 576);
  assert.deepEqual(remote.hears(), ["A 1+536 ack 1"]);
  assert.equal(sizeOf(lab, handle), 536);
});

onBothBuilds("new segments are no larger either, and a FIN follows the text " +
  "[RFC1191-3a]", (lab) => {
  const { remote, handle } = sending(lab, 1460);
  tellsTooBig(lab, remote, 1, 1000);
  remote.says("A 1 ack 1461");
  remote.hears();
  lab.write(handle, textOf(1461, 1920));
  assert.deepEqual(remote.hears(), ["A 1461+960 ack 1", "PA 2421+960 ack 1"]);
  lab.do((stack) => stack.shutdown(handle));
  remote.says("A 1 ack 3381");
  assert.deepEqual(remote.hears(), ["FA 3381 ack 1"]);
});

onBothBuilds("no report makes segments larger [RFC1191-3c]", (lab) => {
  const { remote, handle } = sending(lab);
  tellsTooBig(lab, remote, 1, 1000);
  remote.hears();
  for (const mtu of [1001, 1500, 65535]) tellsTooBig(lab, remote, 1, mtu);
  assert.deepEqual(remote.hears(), []);
  assert.equal(sizeOf(lab, handle), 960);
  assert.equal(lab.stack.counter("DropIcmpUnmatched"), 3);
});

for (const [mtu, size] of [[296, 256], [295, 256], [68, 256], [1, 256], [297, 257]] as const) {
  onBothBuilds(`a report of an MTU of ${mtu} makes segments of ${size} octets: 296 is the ` +
    `least that is believed [RFC1191-3b]`, (lab) => {
    const { remote, handle } = sending(lab);
    tellsTooBig(lab, remote, 1, mtu);
    assert.deepEqual(remote.hears(), [`A 1+${size} ack 1`]);
    assert.equal(sizeOf(lab, handle), size);
  });
}

for (const [totalLen, mtu] of [
  // As long as the estimate, or longer: it may contain the header's length twice.
  [1500, 1400], [1520, 1492],
  // Shorter than the estimate: taken at its word, the next plateau below.
  [1400, 1280], [1006, 508], [400, 296], [20, 296],
] as const) {
  onBothBuilds(`an older router's report, without an MTU, of a packet of ${totalLen} octets: ` +
    `${mtu} [RFC1191-5]`, (lab) => {
    const { remote } = sending(lab);
    tellsTooBig(lab, remote, 1, 0, { totalLen });
    assert.deepEqual(remote.hears(), [`A 1+${mtu - 40} ack 1`]);
  });
}

onBothBuilds("older routers' reports go down the plateaus, step by step [RFC1191-5]", (lab) => {
  const { remote } = sending(lab);
  const sizes: string[] = [];
  for (let totalLen = 1500; totalLen > 256; ) {
    tellsTooBig(lab, remote, 1, 0, { totalLen });
    const [line] = remote.hears();
    if (line === undefined) break;
    sizes.push(line);
    totalLen = remote.last!.ipLen;
  }
  assert.deepEqual(sizes,
    [1360, 1240, 966, 468, 256].map((size) => `A 1+${size} ack 1`));
});

onBothBuilds("no larger segment is tried for 10 minutes after a report; then one is, and when it " +
  "comes through the path is as it was [RFC1191-3e, RFC1191-6.3]", (lab) => {
  const { remote, handle } = sending(lab);
  tellsTooBig(lab, remote, 1, 1000);
  remote.says("A 1 ack 2921");
  remote.hears();
  let seq = 2921;
  for (let minutes = 0; minutes < 9; minutes++) {
    lab.wait(60);
    lab.write(handle, textOf(seq, 1920));
    assert.deepEqual(remote.hears(), [`A ${seq}+960 ack 1`, `PA ${seq + 960}+960 ack 1`]);
    seq += 1920;
    remote.says(`A 1 ack ${seq}`);
  }
  lab.wait(TEN_MINUTES - 9 * 60);
  lab.write(handle, textOf(seq, 1460));
  assert.deepEqual(remote.hears(), [`PA ${seq}+1460 ack 1`]);
  remote.says(`A 1 ack ${seq + 1460}`);
  assert.equal(sizeOf(lab, handle), 1460);
  assert.equal(lab.stack.counter("TcpSegmentSizeRaised"), 1);
});

onBothBuilds("a report about the segment that was tried: sent again smaller at once, and the " +
  "next try is 10 minutes off [RFC1191-3e]", (lab) => {
  const { remote, handle } = sending(lab);
  tellsTooBig(lab, remote, 1, 1000);
  remote.says("A 1 ack 2921");
  lab.wait(TEN_MINUTES);
  remote.hears();
  lab.write(handle, textOf(2921, 1460));
  assert.deepEqual(remote.hears(), ["PA 2921+1460 ack 1"]);
  tellsTooBig(lab, remote, 2921, 1000);
  assert.deepEqual(remote.hears(), ["A 2921+960 ack 1"]);
  assert.equal(lab.stack.counter("TcpRetransmissionTimeouts"), 0);
  remote.says("A 1 ack 4381");
  assert.deepEqual(remote.hears(), []);
  for (let minutes = 0, seq = 4381; minutes < 9; minutes++, seq += 1920) {
    lab.write(handle, textOf(seq, 1920));
    assert.equal(remote.hears()[0], `A ${seq}+960 ack 1`);
    remote.says(`A 1 ack ${seq + 1920}`);
    lab.wait(60);
  }
});

onBothBuilds("the peer's MSS stays the limit, whatever the path takes [MUST-16]",
  (lab) => {
  const { remote, handle } = connected(lab, { syn: { mss: 1000 } });
  lab.write(handle, textOf(1, 2000));
  tellsTooBig(lab, remote, 1, 600);
  remote.says("A 1 ack 2001");
  lab.wait(TEN_MINUTES);
  remote.hears();
  lab.write(handle, textOf(2001, 4000));
  assert.equal(remote.hears()[0], "A 2001+1000 ack 1");
});

onBothBuilds("while segments so large come through, a report waits; an answer refutes it " +
  "[RFC5927-7.2]", (lab) => {
  const { remote, handle } = proven(lab);
  tellsTooBig(lab, remote, 2921, 1000);
  assert.deepEqual(remote.hears(), []);
  assert.equal(sizeOf(lab, handle), 1460);
  remote.says("A 1 ack 4381");
  lab.wait(1.5);
  assert.deepEqual(remote.hears(), ["PA 4381+1460 ack 1"]);
  assert.equal(lab.stack.counter("TcpSegmentSizeLowered"), 0);
});

onBothBuilds("a report that waits takes effect when the segment times out [RFC5927-7.2]",
  (lab) => {
  const { remote, handle } = proven(lab);
  tellsTooBig(lab, remote, 2921, 1000);
  assert.deepEqual(remote.hears(), []);
  lab.wait(1.1);
  assert.deepEqual(remote.hears(), ["A 2921+960 ack 1"]);
  assert.equal(sizeOf(lab, handle), 960);
  remote.says("A 1 ack 3881");
  assert.deepEqual(remote.hears(), ["A 3881+960 ack 1", "A 4841+960 ack 1"]);
});

onBothBuilds("a report about a segment that has timed out is believed at once [RFC5927-7.2]",
  (lab) => {
  const { remote } = proven(lab);
  lab.wait(1.1);
  assert.deepEqual(remote.hears(), ["A 2921+1460 ack 1"]);
  tellsTooBig(lab, remote, 2921, 1000);
  assert.deepEqual(remote.hears(), ["A 2921+960 ack 1"]);
});

onBothBuilds("a report of more than what has come through is believed at once [RFC5927-7.2]",
  (lab) => {
  const { remote, handle } = connected(lab, ETHERNET);
  lab.write(handle, textOf(1, 500));
  remote.says("A 1 ack 501");
  lab.write(handle, textOf(501, 2920));
  remote.hears();
  tellsTooBig(lab, remote, 501, 600);
  assert.deepEqual(remote.hears(), ["A 501+560 ack 1"]);
});

onBothBuilds("a report that nothing on its way could have caused is not believed " +
  "[RFC5927-7.2]", (lab) => {
  const { remote, handle } = sending(lab, 500);
  tellsTooBig(lab, remote, 1, 600);
  assert.deepEqual(remote.hears(), []);
  assert.equal(sizeOf(lab, handle), 1460);
  assert.equal(lab.stack.counter("DropIcmpUnmatched"), 1);
});

onBothBuilds("a report that quotes what is not on its way, or not from us, is not believed " +
  "[RFC5927-4.1]", (lab) => {
  const { remote, handle } = sending(lab);
  for (const seq of [0, 2921, 70_000, -1_000_000]) tellsTooBig(lab, remote, seq, 1000);
  tellsTooBig(lab, remote, 1, 1000, { source: "10.0.0.7" });
  tellsTooBig(lab, remote, 1, 1000, { destination: "10.0.0.7" });
  assert.deepEqual(remote.hears(), []);
  assert.equal(sizeOf(lab, handle), 1460);
  assert.equal(lab.stack.counter("DropIcmpUnmatched"), 6);
});

onBothBuilds("a report may quote IP options, and as much of the segment as it likes " +
  "(RFC 1191 4) [RFC1191-3a]", (lab) => {
  const { remote } = sending(lab);
  tellsTooBig(lab, remote, 1, 1000, { ipOptions: [1, 1, 1, 0], len: 500 });
  assert.deepEqual(remote.hears(), ["A 1+960 ack 1"]);
});

onBothBuilds("a report about a SYN, or a SYN+ACK, changes nothing [RFC5927-7.2]", (lab) => {
  const handle = lab.stack.connect({ address: "10.0.0.2", port: 80, localPort: 50000 });
  const remote = new Remote(lab, { port: 80, ownPort: 50000 });
  lab.turn();
  remote.hears();
  tellsTooBig(lab, remote, 0, 296);
  remote.says("SA 0 ack 1", { mss: 1460 });
  remote.hears();
  assert.equal(sizeOf(lab, handle), 1460);
  const listener = listening(lab);
  const other = new Remote(lab);
  other.says("S 0", { mss: 1460 });
  other.hears();
  tellsTooBig(lab, other, 0, 296);
  other.says("A 1 ack 1");
  assert.equal(sizeOf(lab, lab.stack.accept(listener)), 1460);
});

onBothBuilds("what the path takes does not change what we announce [RFC6691-5.1]", (lab) => {
  const { remote } = sending(lab);
  tellsTooBig(lab, remote, 1, 600);
  remote.hears();
  lab.do((stack) => stack.connect({ address: remote.address, port: 81, localPort: 50001 }));
  const other = new Remote(lab, { port: 81, ownPort: 50001 });
  other.hears();
  assert.equal(other.last!.mss, 1460);
});

/** Two no-operations and a timestamps option. */
function timestamps(value: number, echo: number): number[] {
  const octets = Buffer.alloc(12);
  octets.set([1, 1, 8, 10]);
  octets.writeUInt32BE(value, 4);
  octets.writeUInt32BE(echo, 8);
  return [...octets];
}

onBothBuilds("of the path's MTU the options take their room: timestamps, and ranges held " +
  "[RFC6691-2b]", (lab) => {
  const sackPermitted = [4, 2, 1, 1];
  const syn = { mss: 1460, options: [...timestamps(1, 0), ...sackPermitted] };
  const { remote, handle } = connecting(lab);
  remote.hears();
  remote.says("SA 0 ack 1", syn);
  lab.write(handle, textOf(1, 2896));
  assert.deepEqual(remote.hears(), ["A 1 ack 1", "A 1+1448 ack 1", "PA 1449+1448 ack 1"]);
  assert.equal(remote.last!.ipLen, 1500);
  tellsTooBig(lab, remote, 1, 1000);
  assert.deepEqual(remote.hears(), ["A 1+948 ack 1"]);
  assert.equal(remote.last!.ipLen, 1000);
  remote.says("A 101+100 ack 949", { options: timestamps(2, 0) });
  assert.deepEqual(lab.frames.splice(0).map(({ decoded }) => [decoded.ipLen, decoded.payloadLen]),
    [[1000, 936], [1000, 936]], "a range is named");
});
