/** Tricks with the window field: forged, shrunk, shut, huge (RFC 9293 section 3.8.6). */
import assert from "node:assert/strict";
import { Remote, accepted } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";
import { ATTACKER, PORT, type Scene, attack } from "./scene.js";

const SECOND_PORT = 81;

/** The attacker opens a connection of its own, to a listener of its own. */
function open(scene: Scene, window: number, scale?: number) {
  return accepted(scene.lab, {
    address: ATTACKER, ownPort: SECOND_PORT, syn: { window, mss: 1000, scale },
  });
}

attack("a forged segment shuts the window, again and again: probes open it [MUST-36, S18]",
  (scene) => {
    for (let count = 0; count < 50; count++) {
      // Beyond RCV.NXT, so that it counts as newer than what the peer says next.
      scene.strike(scene.forge(`A ${count % 100} ack 0`, { window: 0 }));
      scene.flow.exchange(50);
      scene.wait(0.01);
    }
  });

attack("a forged segment moves the right edge back and forth [MUST-34, SHLD-16]", (scene) => {
  for (let count = 0; count < 200; count++) {
    const window = [0, 1, 65535, 7, 30_000][count % 5]!;
    scene.strike(scene.forge("A 1 ack 0", { window }));
    scene.flow.exchange(20);
    scene.wait(0.001);
  }
});

attack("a peer whose window is one octet gets octets one by one, not a flood [MUST-38]",
  (scene) => {
    const { remote, handle } = open(scene, 1);
    assert.equal(scene.lab.stack.write(handle, textOf(1, 2000)), 2000);
    for (let una = 1; una <= 20; una++) {
      scene.wait(61);
      const sent = remote.hears();
      assert.ok(sent.length >= 1 && sent.length <= 8, `${sent.length} segments in a minute`);
      scene.strikeOwn(remote.frame(`A 1 ack ${una + 1}`));
    }
  });

attack("a peer that never opens its window costs a probe now and then, hours long [MUST-37]",
  (scene) => {
    const { remote, handle } = open(scene, 0);
    scene.lab.stack.write(handle, textOf(1, 2000));
    let probes = 0;
    for (let minutes = 0; minutes < 120; minutes++) {
      scene.wait(60);
      probes += remote.hears().length;
      scene.strikeOwn(remote.frame("A 1 ack 1"));
      scene.flow.exchange(10);
    }
    assert.ok(probes >= 100 && probes <= 140, `${probes} probes in two hours`);
  });

attack("a window of a gigabyte: no more on its way than the ring holds [S18]", (scene) => {
  const { remote, handle } = open(scene, 65535, 14);
  const room = scene.lab.stack.write(handle, textOf(1, 4096));
  scene.lab.turn();
  let sent = remote.hearsText().length;
  for (let una = 1; sent < room;) {
    const before = sent;
    scene.strikeOwn(remote.frame(`A 1 ack ${(una = 1 + sent)}`, { window: 65535 }));
    sent += remote.hearsText().length;
    assert.ok(sent > before, "it goes on");
  }
  assert.equal(sent, room);
});

attack("sockstress: connections whose windows are shut from the start end, once nobody holds " +
  "them, and their places are free [S11, MUST-20]", (scene) => {
  const { lab } = scene;
  const listener = lab.stack.listen({ port: SECOND_PORT });
  const free = 3;
  for (let port = 1000; port < 1000 + free; port++) {
    const remote = new Remote(lab, {
      address: ATTACKER, port, ownPort: SECOND_PORT, syn: { window: 0 },
    });
    remote.opens();
    const handle = lab.stack.accept(listener);
    lab.stack.write(handle, textOf(1, 1000));
    lab.do((stack) => stack.close(handle));
  }
  const before = lab.stack.counter("FramesOut");
  for (let minutes = 0; minutes < 7; minutes++) {
    scene.wait(60);
    scene.flow.exchange(10);
  }
  const sent = lab.stack.counter("FramesOut") - before;
  assert.ok(sent <= 20 * free + 7 * 12, `${sent} frames in seven minutes`);
  const held = [...lab.stack.entries("connections")].filter(({ localPort }) => localPort !== PORT);
  assert.deepEqual(held, []);
}, { budget: { connections: 4 } });
