/** ICMP errors about our segments (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927), and echo. */
import assert from "node:assert/strict";
import type { SoftErrorName } from "../../host/names.js";
import { type Lab, OWN_ADDRESS, onBothBuilds } from "../support/lab.js";
import { connected, connecting } from "../support/remote.js";
import {
  PARAMETER_PROBLEM, SOURCE_QUENCH, TIME_EXCEEDED, UNREACHABLE, tells,
} from "../support/router.js";
import { ipPacket, textOf } from "../support/segment_line.js";
import { repairTransport } from "../support/wire.js";

for (const [code, what] of [[2, "protocol"], [3, "port"]] as const) {
  onBothBuilds(`"${what} unreachable" ends an attempt: refused ` +
    `[S13, MUST-54, RFC1122-3.2.2c, RFC1122-3.2.2.1b, RFC5461-4.1]`, (lab) => {
    const { remote, handle } = connecting(lab);
    remote.hears();
    tells(lab, remote, UNREACHABLE, code, 0);
    assert.deepEqual(lab.newsOf(handle), ["closed"]);
    assert.equal(lab.stack.status(handle).reason, "refused");
  });
}

/** The attempt to connect goes on, and what was told can be seen. */
function isSoft(lab: Lab, type: number, code: number, name: SoftErrorName): void {
  const { remote, handle } = connecting(lab);
  remote.hears();
  tells(lab, remote, type, code, 0);
  assert.deepEqual(lab.newsOf(handle), ["softError"]);
  assert.equal(lab.stack.status(handle).softError, name);
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
}

for (const code of [0, 1, 5]) {
  onBothBuilds(`unreachable, code ${code}, is a soft error: told, and the attempt goes on ` +
    `[S13, MUST-47, MUST-54, MUST-56, SHLD-25, RFC1122-3.2.2.1c]`,
    (lab) => isSoft(lab, UNREACHABLE, code, "unreachable"));
}

onBothBuilds("time exceeded is a soft error [MUST-54, MUST-56, SHLD-25, RFC1122-3.2.2.4]",
  (lab) => isSoft(lab, TIME_EXCEEDED, 0, "time exceeded"));

onBothBuilds("parameter problem is a soft error [MUST-54, MUST-56, SHLD-25, RFC1122-3.2.2.5b]",
  (lab) => isSoft(lab, PARAMETER_PROBLEM, 0, "parameter problem"));

onBothBuilds("who does not look at soft errors is not disturbed by any number of them " +
  "[SHLD-20]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 5));
  remote.hears();
  for (let count = 0; count < 500; count++) tells(lab, remote, TIME_EXCEEDED, 0, 1);
  lab.newsOf(handle);
  lab.receiveOnly(remote.frame("PA 1+5 ack 1"));
  for (let count = 0; count < 500; count++) tells(lab, remote, TIME_EXCEEDED, 0, 1);
  assert.deepEqual(lab.newsOf(handle).filter((name) => name !== "softError"), ["readable"]);
  assert.deepEqual(lab.read(handle), textOf(1, 5));
  remote.says("A 6 ack 6");
  assert.equal(lab.stack.status(handle).sendQueue, 0);
  lab.ignoreFrames();
});

onBothBuilds("soft errors are not reported to who does not want to hear of them; status has them " +
  "[SHLD-20]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.stack.setOption(handle, "softErrors", false);
  lab.write(handle, textOf(1, 5));
  remote.hears();
  tells(lab, remote, TIME_EXCEEDED, 0, 1);
  assert.deepEqual(lab.newsOf(handle), []);
  assert.equal(lab.stack.status(handle).softError, "time exceeded");
  lab.stack.setOption(handle, "softErrors", true);
  tells(lab, remote, TIME_EXCEEDED, 0, 1);
  assert.deepEqual(lab.newsOf(handle), ["softError"]);
  lab.ignoreFrames();
});

onBothBuilds("no ICMP error ends a connection that is up " +
  "[S13, MUST-56, RFC5461-4.2, RFC5927-5.2]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 5));
  remote.hears();
  for (let code = 0; code < 16; code++) tells(lab, remote, UNREACHABLE, code, 1);
  assert.equal(lab.stack.status(handle).state, "ESTABLISHED");
  assert.deepEqual(new Set(lab.newsOf(handle)), new Set(["softError"]));
  remote.says("A 1 ack 6");
  assert.equal(lab.stack.status(handle).sendQueue, 0);
});

onBothBuilds("an error that quotes what is not on its way is not believed " +
  "[MUST-54, RFC5927-4.1]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  for (const seq of [-1, 1, 5_000_000]) tells(lab, remote, UNREACHABLE, 3, seq);
  remote.ownPort++;
  tells(lab, remote, UNREACHABLE, 3, 0);
  assert.deepEqual(lab.newsOf(handle), []);
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  assert.equal(lab.stack.counter("DropIcmpUnmatched"), 4);
});

onBothBuilds("source quench is ignored [MUST-55, RFC5927-6.2]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  tells(lab, remote, SOURCE_QUENCH, 0, 0);
  assert.deepEqual(lab.newsOf(handle), []);
  assert.equal(lab.stack.counter("DropIcmpType"), 1);
});

onBothBuilds("echo is answered with the same text, to who asked " +
  "[RFC1122-3.2.2.6a, RFC1122-3.2.2.6b]", (lab) => {
  const echo = Uint8Array.of(8, 0, 0, 0, 0x12, 0x34, 0, 1, ...textOf(0, 1400));
  const packet = ipPacket(1, { source: "10.0.0.9", destination: OWN_ADDRESS }, echo);
  repairTransport(packet, 0, packet.length);
  lab.receive(packet);
  const { octets, textAt, destination } = lab.frames.pop()!.decoded;
  assert.equal(destination, 0x0a000009);
  assert.deepEqual([...octets.subarray(textAt, textAt + 2)], [0, 0]);
  assert.deepEqual([...octets.subarray(textAt + 4)], [...echo.subarray(4)]);
});

onBothBuilds("errors are sent at a limited rate, after 25 days of quiet too " +
  "(RFC 1812 4.3.2.8)", (lab) => {
  for (let days = 0; days < 26; days++) {
    lab.stack.sleep(86_400);
    lab.wait(0.001);
  }
  const ends = { source: "10.0.0.2", destination: OWN_ADDRESS };
  const udp = ipPacket(17, ends, Uint8Array.of(0, 9, 0, 9, 0, 8, 0, 0));
  const answers = (count: number) => {
    for (let sent = 0; sent < count; sent++) lab.receive(udp);
    return lab.frames.splice(0).length;
  };
  assert.equal(answers(150), 100);
  for (let seconds = 0; seconds < 200; seconds++) {
    lab.wait(1);
    assert.equal(answers(1), 1);
  }
});
