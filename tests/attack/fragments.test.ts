/**
 * Tricks with fragments (RFC 1858, RFC 3128, RFC 5722): segments that a filter would not see, put
 * together from pieces that overlap or are too small; and floods of what never becomes whole.
 */
import assert from "node:assert/strict";
import { type Piece, fragmentOf, fragmentsOf } from "../support/fragments.js";
import { OWN_ADDRESS } from "../support/lab.js";
import { ipPacket, textOf } from "../support/segment_line.js";
import { IP_HEADER, Protocol, put16, repairIp } from "../support/wire.js";
import { PEER_ADDRESS, type Scene, attack } from "./scene.js";

const MOST_TEXT = 1480;
const UNIT = 8;

/** A datagram of a protocol that nobody has, as long as one can be, from the peer. */
function large(options: number[] = []): Uint8Array {
  const text = textOf(0, MOST_TEXT - options.length);
  return ipPacket(200, { source: PEER_ADDRESS, destination: OWN_ADDRESS }, text, options);
}

/** The fragments strike; none of them may have made a datagram whole. */
function strikeAll(scene: Scene, fragments: Uint8Array[]): void {
  scene.strikes(fragments.map((fragment) => () => fragment));
  assert.equal(scene.lab.stack.counter("IpReassembled"), 0);
}

/** Each packet cut into these pieces. */
function cut(packets: Uint8Array[], pieces: Piece[]): Uint8Array[] {
  return packets.flatMap((packet, index) =>
    pieces.map((piece) => fragmentOf(packet, { ...piece, identification: index })));
}

/** Segments that would end the connection, or get into its stream. */
function forged(scene: Scene, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) =>
    scene.forge(index % 2 === 0 ? "RA 0 ack 0" : "PA 0+80 ack 0"));
}

attack("tiny fragments: TCP's header in two pieces is no segment (RFC 1858 3)", (scene) => {
  const [reset, text] = forged(scene, 2);
  strikeAll(scene, [
    ...cut([reset!, reset!], [{ from: 0, to: 8 }, { from: 8, to: 20 }]),
    ...cut([reset!, text!], [{ from: 0, to: 16 }, { from: 16, to: 20 }]),
    ...cut([text!], [{ from: 8, to: 100 }, { from: 0, to: 8 }]),
  ]);
  assert.equal(scene.lab.stack.counter("DropIpFragment"), 10);
});

attack("the header's flags overlapped by a later fragment (RFC 1858 4, RFC 3128)", (scene) => {
  const pieces = [{ from: 0, to: 24, more: true }, { from: 8, to: 100 }];
  strikeAll(scene, cut(forged(scene, 40).filter(({ length }) => length > 40), pieces));
  strikeAll(scene, cut(forged(scene, 40).filter(({ length }) => length > 40), pieces.reverse()));
  assert.equal(scene.lab.stack.counter("DropIpFragment"), 40);
});

attack("text overlapped by other text, in front, behind, within, around (RFC 5722)", (scene) => {
  const packet = scene.forge("PA 0+1000 ack 0");
  const around: Piece[] = [[296, 312], [480, 496], [304, 400], [296, 496]]
    .map(([from, to]) => ({ from: from!, to: to! }));
  for (const [index, piece] of around.entries()) {
    const [other] = cut([packet], [piece]);
    other![other!.length - 1]! ^= 1;
    strikeAll(scene, cut([packet], [{ from: 304, to: 488 }]));
    strikeAll(scene, [other!]);
    assert.equal(scene.lab.stack.counter("DropIpFragmentOverlap"), index + 1);
  }
});

attack("a flood of first fragments, of last ones, of those between", (scene) => {
  const pieces = [{ from: 0, to: 1000 }, { from: 1000, to: 1480 }, { from: 504, to: 512 }];
  for (let count = 0; count < 3000; count++) {
    const piece = { ...pieces[count % 3]!, identification: count };
    scene.strike(fragmentOf(large(), piece));
    if (count % 64 === 0) scene.flow.exchange(100);
  }
  scene.wait(61);
  const { stack } = scene.lab;
  const over = stack.counter("IpReassembliesEvicted") + stack.counter("IpReassemblyTimeouts");
  assert.equal(over, 3000);
});

attack("the most pieces that a datagram can have, from its end, without its beginning", (scene) => {
  const starts = Array.from({ length: MOST_TEXT / UNIT }, (_, index) => index * UNIT);
  strikeAll(scene, fragmentsOf(large(), starts).reverse().slice(0, -1));
});

attack("copies of the largest fragment, and others that differ in an octet", (scene) => {
  const [whole] = cut([large()], [{ from: 0, to: 1472 }]);
  strikeAll(scene, new Array<Uint8Array>(100).fill(whole!));
  assert.equal(scene.lab.stack.counter("DropIpFragmentDuplicate"), 99);
  const other = whole!.slice();
  other[20]! ^= 1;
  strikeAll(scene, Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? whole! : other)));
});

attack("all of the text first, then a beginning with options that moves it", (scene) => {
  const options = new Array<number>(40).fill(1);
  const packet = large(options);
  const bare = large().subarray(0, packet.length - options.length);
  const last = { from: 8, to: 1432, more: true };
  for (let identification = 0; identification < 50; identification++) {
    scene.strike(fragmentOf(bare, { ...last, identification }));
    scene.strike(fragmentOf(packet, { from: 0, to: 8, identification }));
  }
  assert.equal(scene.lab.stack.counter("InIpFragment"), 100);
  assert.equal(scene.lab.stack.counter("IpReassembled"), 0);
});

attack("the ping of death, and others beyond what a datagram can be", (scene) => {
  const ends = { source: PEER_ADDRESS, destination: OWN_ADDRESS };
  const echo = ipPacket(Protocol.Icmp, ends, Uint8Array.of(8, ...textOf(1, 1471)));
  for (const offset of [190, 1000, 0x1f47, 0x1fff]) {
    const fragment = fragmentOf(echo, { from: 0, to: 1472 });
    put16(fragment, 6, offset);
    repairIp(fragment, 0, IP_HEADER);
    strikeAll(scene, [fragment]);
  }
  assert.equal(scene.lab.stack.counter("DropIpFragment"), 4);
});
