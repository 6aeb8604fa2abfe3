/** Whose address a connection has, and who may have which port (RFC 9293 section 3.9.1.1). */
import assert from "node:assert/strict";
import { onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connected, connecting, listening } from "../support/remote.js";
import { echoRequest, textOf } from "../support/segment_line.js";

const OTHER = "172.16.3.4";

onBothBuilds("OPEN takes a local address, ours only [S22, MUST-43]", (lab) => {
  const call = { address: "10.0.0.2", port: 80 };
  const handle = lab.stack.connect({ ...call, localAddress: "10.0.0.1" });
  assert.equal(lab.stack.status(handle).localAddress, "10.0.0.1");
  lab.stack.listen({ port: 80, address: "10.0.0.1" });
  for (const address of ["10.0.0.7", "127.0.0.1", "224.0.0.1"]) {
    const code = { code: "EADDRNOTAVAIL" };
    assert.throws(() => lab.stack.connect({ ...call, localAddress: address }), code);
    assert.throws(() => lab.stack.listen({ port: 81, address }), code);
  }
  lab.ignoreFrames();
});

onBothBuilds("without one it is the interface's, known before the SYN leaves " +
  "[MUST-44, RFC1122-3.2.2.9a, RFC1122-3.3.4.3]", (lab) => {
  const handle = lab.stack.connect({ address: "172.16.200.9", port: 80, localPort: 50000 });
  assert.equal(lab.stack.status(handle).localAddress, OTHER);
  assert.equal(lab.frames.length, 0, "no SYN yet");
  lab.turn();
  const [syn] = lab.frames.splice(0);
  assert.deepEqual([...syn!.decoded.octets.subarray(12, 16)], [172, 16, 3, 4]);
}, { interface: { address: `${OTHER}/16` } });

onBothBuilds("all that we send bears our address: segments, RST, echo " +
  "[MUST-45, RFC1122-3.2.1.3a]", (lab) => {
  const { remote, handle } = connected(lab);
  lab.write(handle, textOf(1, 10));
  remote.says("PA 1+5 ack 11");
  lab.do((stack) => stack.shutdown(handle));
  remote.says("FA 6 ack 12");
  const from = accepted(lab);
  from.remote.says("S 0");
  lab.do((stack) => stack.abort(from.handle));
  new Remote(lab, { port: 7000, ownPort: 9 }).says("S 0");
  lab.receive(echoRequest("10.0.0.2"));
  assert.ok(lab.frames.length > 6);
  for (const { decoded } of lab.frames.splice(0)) {
    assert.deepEqual([...decoded.octets.subarray(12, 16)], [10, 0, 0, 1]);
  }
});

onBothBuilds("one can listen on a port whose connections are being opened " +
  "[S22, MUST-41, MUST-42]", (lab) => {
  const { remote, handle } = connecting(lab, { ownPort: 80, port: 6000 });
  remote.hears();
  const crossed = connecting(lab, { ownPort: 80, port: 6001 });
  crossed.remote.says("S 0");
  crossed.remote.hears();
  assert.equal(lab.stack.status(handle).state, "SYN-SENT");
  assert.equal(lab.stack.status(crossed.handle).state, "SYN-RECEIVED");
  const listener = listening(lab, { port: 80 });
  const stranger = new Remote(lab);
  stranger.opens();
  assert.notEqual(lab.stack.accept(listener), 0);
  remote.says("SA 0 ack 1");
  assert.deepEqual(remote.hears(), ["A 1 ack 1"]);
  crossed.remote.says("SA 0 ack 1");
  for (const open of [handle, crossed.handle]) {
    assert.equal(lab.stack.status(open).state, "ESTABLISHED", "the listener disturbs neither");
  }
  lab.ignoreFrames();
});

onBothBuilds("the port that is chosen cannot be told from the one before " +
  "[RFC6056-3.3]", (lab) => {
  const ports: number[] = [];
  for (let host = 2; host < 50; host++) {
    const handle = lab.stack.connect({ address: `10.0.0.${host}`, port: 80 });
    ports.push(lab.stack.status(handle).localPort);
    lab.stack.abort(handle);
  }
  lab.ignoreFrames();
  const steps = ports.slice(1).map((port, index) => Math.abs(port - ports[index]!));
  // 47 steps within 16,384 ports: by chance two in a thousand are this small.
  assert.ok(steps.filter((step) => step < 16).length < 5, `${ports.join(" ")}`);
});
