/** IP options that arrive (RFC 791 section 3.1, RFC 1122 section 3.2.1.8). */
import assert from "node:assert/strict";
import { fragmentsOf } from "../support/fragments.js";
import { type Lab, OWN_ADDRESS, onBothBuilds } from "../support/lab.js";
import { Remote, listening } from "../support/remote.js";
import { ipPacket, textOf } from "../support/segment_line.js";
import { Protocol, repairTransport } from "../support/wire.js";

const PARAMETER_PROBLEM = 12;
const ENDS = { source: "10.0.0.9", destination: OWN_ADDRESS };
const LOOSE = 131;
const STRICT = 137;

/** A SYN with these options in its IP header, to a port that listens. */
function syn(lab: Lab, ipOptions: number[]): void {
  new Remote(lab).says("S 0", { ipOptions });
}

function answers(lab: Lab): number {
  return lab.frames.splice(0).length;
}

for (const kind of [LOOSE, STRICT]) {
  onBothBuilds(`a source route (${kind}) that goes on from here: dropped in silence, counted ` +
    "[RFC1122-3.1]", (lab) => {
    listening(lab);
    syn(lab, [kind, 7, 4, 10, 0, 0, 7, 0]);
    syn(lab, [1, kind, 11, 8, 10, 0, 0, 1, 10, 0, 0, 7]);
    syn(lab, [kind, 3, 0, 0]);
    assert.equal(answers(lab), 0);
    assert.equal(lab.stack.counter("DropIpSourceRoute"), 3);
  });

  onBothBuilds(`a source route (${kind}) that ends here: we are the end of it`, (lab) => {
    listening(lab);
    syn(lab, [kind, 7, 8, 10, 0, 0, 1, 0]);
    assert.equal(answers(lab), 1);
  });
}

const MALFORMED: [string, number[], number][] = [
  ["a length of 0", [7, 0, 0, 0], 21],
  ["a length of 1", [1, 7, 1, 0], 22],
  ["a length beyond the header", [1, 1, 148, 3], 23],
  ["no length at all", [1, 1, 1, 68], 24],
  ["a source route beyond the header", [LOOSE, 8, 4, 0], 21],
];
for (const [what, options, pointer] of MALFORMED) {
  onBothBuilds(`an option with ${what}: dropped, and the sender is told where ` +
    "[RFC1122-3.2.2.5a]", (lab) => {
    const packet = ipPacket(Protocol.Udp, ENDS, textOf(0, 20), options);
    lab.receive(packet);
    const [frame] = lab.frames.splice(0);
    const { octets, textAt } = frame!.decoded;
    const message = octets.subarray(textAt);
    assert.deepEqual([...message.subarray(0, 2)], [PARAMETER_PROBLEM, 0]);
    assert.deepEqual([...message.subarray(4, 8)], [pointer, 0, 0, 0]);
    assert.deepEqual(Buffer.from(message.subarray(8)), Buffer.from(packet.subarray(0, 32)));
    assert.equal(lab.stack.counter("DropIpMalformed"), 1);
  });
}

onBothBuilds("nobody is told of errors of ICMP, or of later fragments " +
  "[RFC1122-3.2.2e, RFC1122-3.2.2h]", (lab) => {
  for (const type of [3, 4, 5, 11, 12, 99]) {
    const message = Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0, ...textOf(0, 28));
    const packet = ipPacket(Protocol.Icmp, ENDS, message, [7, 0, 0, 0]);
    repairTransport(packet, 0, packet.length);
    lab.receive(packet);
  }
  lab.receive(ipPacket(Protocol.Icmp, ENDS, textOf(0, 4), [7, 0, 0, 0]));
  const [zero, one] = fragmentsOf(ipPacket(200, ENDS, textOf(0, 64), [7, 0, 0, 0]), [0, 32]);
  lab.receive(one!);
  assert.equal(answers(lab), 0);
  lab.receive(zero!);
  assert.equal(answers(lab), 1);
  assert.equal(lab.stack.counter("DropIpMalformed"), 9);
});

onBothBuilds("what follows the end of the list is not looked at; what is not understood is " +
  "ignored [RFC1122-3.2.1.8c]", (lab) => {
  listening(lab);
  for (const options of [
    [0, 7, 0, 0], [1, 0, LOOSE, 7], [68, 8, 5, 0, 0, 0, 0, 0], [7, 39, 4, ...new Array(37).fill(0)],
    [130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [148, 4, 0, 0], [255, 2, 254, 2],
  ]) {
    syn(lab, options);
    assert.equal(answers(lab), 1, options.join(" "));
    new Remote(lab).says("R 1");
  }
});

onBothBuilds("parameter problems are sent at the rate of all errors (RFC 1812 4.3.2.8)", (lab) => {
  const packet = ipPacket(Protocol.Udp, ENDS, textOf(0, 20), [7, 0, 0, 0]);
  for (let count = 0; count < 150; count++) lab.receive(packet);
  assert.equal(answers(lab), 100);
  assert.equal(lab.stack.counter("DropIcmpRate"), 50);
});
