/** Explicit congestion notification (RFC 3168). */
import assert from "node:assert/strict";
import { fragmentsOf } from "../support/fragments.js";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { type Opened, Remote, accepted, connecting, listening } from "../support/remote.js";
import { type SegmentExtras, textOf } from "../support/segment_line.js";
import { repairIp } from "../support/wire.js";

const ECE = 0x40;
const CWR = 0x80;
const CAPABLE = 2;
const EXPERIENCED = 3;

/** Control bits of RFC 3168, and the ECN field of the IP header. */
function marked(bits: number, field = 0, extras: SegmentExtras = {}): SegmentExtras {
  return {
    ...extras,
    change: (packet, tcp) => {
      packet[tcp + 13]! |= bits;
      packet[1] = field;
    },
    spoil: (packet) => repairIp(packet, 0, packet.length),
  };
}

/** ECE and CWR of the segment heard last, and its ECN field. */
function heard({ last }: Remote): [bits: number, field: number] {
  return [last!.flags & (ECE | CWR), last!.octets[last!.ipAt + 1]! & 3];
}

/** A connection that the remote opened, and asked for ECN. */
function agreed(lab: Lab): Opened {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0", marked(ECE | CWR, 0, { mss: 1000 }));
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.deepEqual(heard(remote), [ECE, 0]);
  remote.says("A 1 ack 1");
  return { remote, handle: lab.stack.accept(listener) };
}

onBothBuilds("a SYN with ECE and CWR is agreed with: ECE on the SYN+ACK " +
  "[SHLD-8, RFC3168-6.1.1a, RFC3168-6.1.1b]", (lab) => {
  const { handle } = agreed(lab);
  assert.ok(lab.stack.status(handle).flags.includes("ecn"));
});

onBothBuilds("a SYN that does not ask gets no ECE, and nothing is marked later " +
  "[SHLD-8, RFC3168-6.1.1a, RFC3168-6.1.1c]", (lab) => {
  const { remote, handle } = accepted(lab);
  lab.write(handle, textOf(1, 100));
  remote.hears();
  assert.deepEqual(heard(remote), [0, 0]);
  remote.says("PA 1+5 ack 101", marked(0, EXPERIENCED));
  lab.wait(0.1);
  remote.hears();
  assert.deepEqual(heard(remote), [0, 0]);
});

onBothBuilds("when it is set, our SYN asks, once; a SYN+ACK with ECE agrees " +
  "[SHLD-8, RFC3168-6.1.1a, RFC3168-6.1.1b]", (lab) => {
  for (const [port, bits, isAgreed] of [[81, ECE, true], [82, 0, false], [83, ECE | CWR, false]] as
    [number, number, boolean][]) {
    const remote = new Remote(lab, { port, ownPort: 50000 });
    const handle = lab.stack.connect({ address: remote.address, port, localPort: 50000 });
    lab.stack.setOption(handle, "ecn", true);
    lab.turn();
    assert.deepEqual(remote.hears(), ["S 0"]);
    assert.deepEqual(heard(remote), [ECE | CWR, 0], "not marked itself");
    remote.says("SA 0 ack 1", marked(bits));
    assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
    assert.deepEqual(heard(remote), [0, 0]);
    assert.equal(lab.stack.status(handle).flags.includes("ecn"), isAgreed);
  }
});

onBothBuilds("a SYN sent again does not ask any more: a router may drop those that do " +
  "[SHLD-8, RFC3168-6.1.1d]", (lab) => {
  const { remote, handle } = connecting(lab);
  lab.stack.setOption(handle, "ecn", true);
  remote.hears();
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["S 0"]);
  assert.deepEqual(heard(remote), [0, 0]);
  remote.says("SA 0 ack 1", marked(ECE));
  remote.hears();
  assert.equal(lab.stack.status(handle).flags.includes("ecn"), false);
});

onBothBuilds("new text may be marked; what is sent again and bare ACKs may not " +
  "[SHLD-8, RFC3168-6.1.4, RFC3168-6.1.5]", (lab) => {
  const { remote, handle } = agreed(lab);
  lab.stack.setOption(handle, "diffServ", 0xb8);
  lab.write(handle, textOf(1, 100));
  assert.deepEqual(remote.hears(), ["PA 1+100 ack 1"]);
  assert.equal(remote.last!.octets[remote.last!.ipAt + 1], 0xb8 | CAPABLE);
  lab.waitForFrame();
  assert.deepEqual(remote.hears(), ["PA 1+100 ack 1"]);
  assert.deepEqual(heard(remote), [0, 0]);
  remote.says("PA 1+5 ack 101");
  lab.wait(0.1);
  assert.deepEqual(remote.hears(), ["A 101 ack 6"]);
  assert.deepEqual(heard(remote), [0, 0]);
});

onBothBuilds("a mark is echoed on every ACK until CWR comes [SHLD-8, RFC3168-6.1.3]", (lab) => {
  const { remote } = agreed(lab);
  const times = [marked(0, EXPERIENCED), marked(0, CAPABLE), marked(CWR, CAPABLE)];
  const echoes = times.map((extras, index) => {
    remote.says(`PA ${1 + 10 * index}+10 ack 1`, extras);
    lab.wait(0.1);
    remote.hears();
    return heard(remote)[0];
  });
  assert.deepEqual(echoes, [ECE, ECE, 0]);
  remote.says("PA 31+10 ack 1", marked(CWR, EXPERIENCED));
  lab.wait(0.1);
  remote.hears();
  assert.deepEqual(heard(remote), [ECE, 0], "CWR, and a new mark");
});

onBothBuilds("ECE halves the window once for what was on its way, and the next text says CWR " +
  "[SHLD-8, RFC3168-6.1.2a, RFC3168-6.1.2b]", (lab) => {
  const { remote, handle } = agreed(lab);
  lab.stack.setOption(handle, "congestion", 1);
  lab.write(handle, textOf(1, 4000));
  assert.equal(remote.hears().length, 4);
  remote.says("A 1 ack 1001", marked(ECE));
  const halved = lab.stack.status(handle).congestionWindow;
  assert.ok(halved <= 2000, `${halved}`);
  assert.deepEqual(remote.hears(), []);
  remote.says("A 1 ack 2001", marked(ECE));
  remote.says("A 1 ack 3001", marked(ECE));
  assert.equal(lab.stack.counter("TcpEcnReductions"), 1);
  lab.write(handle, textOf(4001, 2000));
  assert.equal(remote.hears().length, 1);
  assert.deepEqual(heard(remote), [CWR, CAPABLE]);
  remote.says("A 1 ack 4001");
  remote.hears();
  assert.deepEqual(heard(remote), [0, CAPABLE], "said once");
  remote.says("A 1 ack 5001", marked(ECE));
  assert.equal(lab.stack.counter("TcpEcnReductions"), 2);
  lab.ignoreFrames();
});

onBothBuilds("a probe of the window is not marked [SHLD-8, RFC3168-6.1.6]", (lab) => {
  const { remote, handle } = agreed(lab);
  remote.says("A 1 ack 1", { window: 0 });
  lab.write(handle, textOf(1, 100));
  for (let probes = 0; probes < 3; probes++) {
    lab.waitForFrame();
    assert.deepEqual(remote.hears(), ["A 1+1 ack 1"]);
    assert.deepEqual(heard(remote), [0, 0]);
    remote.says("A 1 ack 1", { window: 0 });
  }
});

onBothBuilds("a SYN that comes again without asking, as ours does: no ECN " +
  "[SHLD-8, RFC3168-6.1.1e]", (lab) => {
  const listener = listening(lab);
  const remote = new Remote(lab);
  remote.says("S 0", marked(ECE | CWR, 0, { mss: 1000 }));
  remote.hears();
  remote.says("S 0", { mss: 1000 });
  assert.deepEqual(remote.hears(), ["SA 0 ack 1"]);
  assert.deepEqual(heard(remote), [0, 0]);
  remote.says("A 1 ack 1");
  const handle = lab.stack.accept(listener);
  assert.ok(!lab.stack.status(handle).flags.includes("ecn"));
});

onBothBuilds("a mark on any fragment is one on the whole [RFC3168-5.3]", (lab) => {
  const { remote } = agreed(lab);
  const fragments = fragmentsOf(remote.frame("PA 1+100 ack 1"), [0, 64]);
  fragments[1]![1] = EXPERIENCED;
  repairIp(fragments[1]!, 0, fragments[1]!.length);
  for (const fragment of fragments) lab.receive(fragment);
  lab.wait(0.1);
  assert.deepEqual(remote.hears(), ["A 1 ack 101"]);
  assert.deepEqual(heard(remote), [ECE, 0]);
});
