/**
 * Many of everything: SYNs, half-open connections, connections, closes, fragments, options. None
 * takes more than its own table's room, and none grows dearer with the number before it.
 */
import assert from "node:assert/strict";
import { fragmentOf } from "../support/fragments.js";
import { OWN_ADDRESS } from "../support/lab.js";
import { Remote, accepted } from "../support/remote.js";
import { packetOf, textOf } from "../support/segment_line.js";
import { ATTACKER, PEER_ADDRESS, PORT, type Scene, attack } from "./scene.js";

/** A segment from one of thousands of hosts. */
function fromHost(index: number, line: string, ack = 0, port = 1000): Uint8Array {
  return packetOf(line, {
    source: `10.0.${1 + (index >> 8)}.${index & 255}`, destination: OWN_ADDRESS, sourcePort: port,
    destinationPort: PORT, sourceIsn: index * 7919, destinationIsn: ack,
  }, line.startsWith("S ") ? { mss: 1460, scale: 2 } : {});
}

const ON_A_WIDE_LINK = { interface: { address: `${OWN_ADDRESS}/16` } };

function connectionCount({ lab }: Scene): number {
  return [...lab.stack.entries("connections")].length;
}

attack("SYN flood: one answer each, no connection's place, and the next honest SYN gets through " +
  "[S14, RFC4987-3.6a]", (scene) => {
  const count = connectionCount(scene);
  scene.strikes(Array.from({ length: 3000 }, (_, index) => () => fromHost(index, "S 0")));
  assert.equal(connectionCount(scene), count);
  const [ours] = scene.connect();
  assert.equal(scene.lab.stack.status(ours).state, "ESTABLISHED");
}, ON_A_WIDE_LINK);

attack("SYNs with guessed third segments, with text and without: refused, no connection made " +
  "[S14, RFC4987-3.6b]", (scene) => {
  const count = connectionCount(scene);
  for (let index = 0; index < 1000; index++) {
    const [answer] = scene.strike(fromHost(index, "S 0"));
    for (const off of [-1, 1, 5, 2 ** 30]) {
      scene.strike(fromHost(index, "A 1 ack 0", (answer!.seq + 1 + off) >>> 0));
      scene.strike(fromHost(index, "PA 1+30 ack 0", (answer!.seq + 1 + off) >>> 0));
      // A wrong one took nothing from who is there.
      if (index % 50 === 0) assert.equal(connectionCount(scene), count);
    }
  }
  assert.equal(connectionCount(scene), count);
}, ON_A_WIDE_LINK);

attack("ACKs out of the blue to a listener: refused, no connection made [S13, RFC4987-3.6b]",
  (scene) => {
    const count = connectionCount(scene);
    scene.strikes(Array.from({ length: 2000 }, (_, index) => () =>
      fromHost(index, index % 2 === 0 ? "A 1 ack 0" : "PA 1+10 ack 0", index * 104729)));
    assert.equal(connectionCount(scene), count);
  }, ON_A_WIDE_LINK);

attack("connections to the last slot, opened and left: the one that is there goes on, and is " +
  "not pushed out [S22]", (scene) => {
  for (let index = 0; index < 500; index++) {
    const [answer] = scene.strike(fromHost(index, "S 0"));
    if (answer === undefined) continue;
    scene.strike(fromHost(index, "A 1 ack 0", (answer.seq + 1) >>> 0));
  }
  const { stack } = scene.lab;
  assert.ok(stack.counter("DropTcpNoSlot") + stack.counter("DropTcpBacklog") > 0);
}, { ...ON_A_WIDE_LINK, budget: { connections: 4 } });

attack("connections that we close and whose peers never do: FIN-WAIT-2 ends after a minute " +
  "[S11]", (scene) => {
  const { lab } = scene;
  const listener = lab.stack.listen({ port: 81 });
  for (let round = 0; round < 20; round++) {
    for (let port = 1000; port < 1003; port++) {
      const remote = new Remote(lab, { address: ATTACKER, port, ownPort: 81, isn: round * 99_999 });
      remote.opens();
      lab.do((stack) => stack.close(stack.accept(listener)));
      remote.hears();
      scene.strikeOwn(remote.frame("A 1 ack 2"));
    }
    assert.equal(connectionCount(scene), 4);
    scene.wait(61);
    scene.flow.exchange(100);
    assert.equal(connectionCount(scene), 1, "places are free again");
  }
}, { budget: { connections: 4 } });

attack("a thousand TIME-WAITs, and segments to all of them [S10]", (scene) => {
  const { lab } = scene;
  const listener = lab.stack.listen({ port: 81 });
  const remotes = Array.from({ length: 1000 }, (_, index) =>
    new Remote(lab, { address: ATTACKER, port: 1000 + index, ownPort: 81 }));
  for (const remote of remotes) {
    remote.opens();
    lab.do((stack) => stack.close(stack.accept(listener)));
    remote.hears();
    scene.strikeOwn(remote.frame("FA 1 ack 2"));
    remote.hears();
    scene.strikeOwn(remote.frame("FA 1 ack 2"));
    scene.strikeOwn(remote.frame("R 2"));
    scene.strikeOwn(remote.frame("S -900"));
    remote.hears();
    if (remote.port % 100 === 0) scene.flow.exchange(100);
  }
}, { budget: { timeWait: 16 } });

attack("a window full of holes, each of an octet: the table of ranges bounds it, and the text " +
  "is whole in the end [S23, SHLD-31]", (scene) => {
  const { remote, handle } = accepted(scene.lab, { address: ATTACKER, ownPort: 81 });
  for (let seq = 4001; seq > 1; seq -= 2) scene.strikeOwn(remote.frame(`PA ${seq}+1 ack 1`));
  for (let seq = 3; seq < 4000; seq += 2) scene.strikeOwn(remote.frame(`PA ${seq}+1 ack 1`));
  remote.hears();
  for (let seq = 1; seq < 4001; seq += 500) scene.strikeOwn(remote.frame(`PA ${seq}+500 ack 1`));
  assert.deepEqual(scene.lab.read(handle).subarray(0, 4000), textOf(1, 4000));
});

attack("fragments: tiny ones, overlapping ones, ends without beginnings, from everywhere " +
  "(RFC 1858, RFC 3128, RFC 5722) [RFC1122-3.3.2a]", (scene) => {
  const pieces = [[0, 8], [8, 16], [16, 24], [0, 24], [16, 40], [24, 32], [32, 48], [40, 1000]];
  scene.strikes(Array.from({ length: 2000 }, (_, index) => () => {
    const [from = 0, to = 0] = pieces[index % pieces.length]!;
    const packet = scene.forge("PA 0+980 ack 0", { text: new Uint8Array(980).fill(1) });
    return fragmentOf(packet, { from, to, more: index % 3 !== 0, identification: index >> 4 });
  }));
});

attack("the same fragment a thousand times, and a thousand beginnings of datagrams " +
  "[RFC1122-3.3.2a]", (scene) => {
  const packet = () => scene.forge("PA 0+980 ack 5");
  scene.strikes(Array.from({ length: 1000 }, () => () =>
    fragmentOf(packet(), { from: 0, to: 400 })));
  scene.strikes(Array.from({ length: 1000 }, (_, index) => () =>
    fragmentOf(packet(), { from: 0, to: 400, identification: index })));
  scene.wait(70);
});

attack("options: forty of nothing, twenty unknown, lengths of 0 and 255, all of them twice " +
  "[MUST-6, MUST-7, S20]", (scene) => {
  const bombs = [
    new Array<number>(40).fill(1), new Array<number>(40).fill(0),
    Array.from({ length: 20 }, (_, index) => [100 + index, 2]).flat(),
    [2, 0, ...new Array<number>(38).fill(1)], [2, 255], [3, 3, 255, 3, 3, 14, 3, 3, 0],
    [2, 4, 0, 0, 2, 4, 0, 1, 2, 4, 255, 255], [5, 34, ...new Array<number>(32).fill(255)],
    [4, 2, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 8, 10, 255, 255, 255, 255, 255, 255, 255, 255],
    [254, 40], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 20],
  ];
  for (const options of bombs) {
    for (const line of ["S 0", "SA 0 ack 0", "A 0 ack 5", "PA 5000+10 ack 0", "R 50"]) {
      scene.strikes(Array.from({ length: 8 }, (_, index) => () => index % 2 === 0
        ? scene.forge(line, { options })
        : packetOf(line, {
          source: PEER_ADDRESS, destination: OWN_ADDRESS, sourcePort: 900 + index,
          destinationPort: PORT, sourceIsn: 1, destinationIsn: 1,
        }, { options })));
    }
  }
});
