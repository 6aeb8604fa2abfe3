/**
 * Aim: whatever bit `corrupt` flips, a checksum catches it; what no checksum covers stays intact.
 * Method: many packets of every kind, each damaged many times, judged by a checker of the test's
 * own; the few special cases by hand.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { corruptOneBit } from "../../host/link/corrupt.js";
import { Random } from "../../host/link/random.js";
import {
  arpRequest,
  checkIpv4,
  ethernet,
  get16,
  ipv4,
  put16,
  type PacketOptions,
} from "../support/link_packets.js";

/** Damages copies of a frame; returns how often, and at which octets. */
function damage(frame: Uint8Array, kind: "ethernet" | "ip", times: number): Set<number> {
  const random = new Random(times);
  const octets = new Set<number>();
  for (let turn = 0; turn < times; turn++) {
    const copy = frame.slice();
    if (!corruptOneBit(kind, copy, random)) {
      assert.deepEqual(copy, frame);
      continue;
    }
    const different = [...copy.keys()].filter((at) => copy[at] !== frame[at]);
    assert.equal(different.length, 1);
    const at = different[0]!;
    const flipped = copy[at]! ^ frame[at]!;
    assert.equal(flipped & (flipped - 1), 0, "one bit only");
    octets.add(at);
    const start = kind === "ethernet" ? 14 : 0;
    assert.notEqual(checkIpv4(copy.subarray(start)), "ok", `octet ${at}`);
    if (checkIpv4(frame.subarray(start)) === "ok") {
      assert.equal(checkIpv4(copy.subarray(start)), "bad", `octet ${at}`);
    }
  }
  return octets;
}

describe("the checker of this test", () => {
  it("takes right packets and refuses a wrong octet anywhere (so that it can fail)", () => {
    const random = new Random(2);
    for (const protocol of [1, 6, 17] as const) {
      const packet = ipv4(random, { protocol, payloadLen: 33, optionsLen: 8 });
      assert.equal(checkIpv4(packet), "ok");
      for (let at = 0; at < packet.length; at++) {
        const wrong = packet.slice();
        wrong[at]! ^= 0x10;
        assert.equal(checkIpv4(wrong), "bad", `protocol ${protocol}, octet ${at}`);
      }
    }
  });
});

describe("corruptOneBit", () => {
  it("is caught by a checksum: TCP, ICMP and UDP, with and without IP options", () => {
    const random = new Random(1);
    for (const protocol of [1, 6, 17] as const) {
      for (const optionsLen of [0, 4, 40]) {
        for (let length = 20; length < 60; length++) {
          const options: PacketOptions = { protocol, payloadLen: length, optionsLen };
          const packet = ipv4(random, options);
          assert.equal(checkIpv4(packet), "ok");
          assert.ok(damage(packet, "ip", 100).size > 20);
        }
      }
    }
  });

  it("reaches every octet that is covered, and no other", () => {
    const random = new Random(6);
    const tcp = ipv4(random, { protocol: 6, payloadLen: 30 });
    const frame = ethernet(0x0800, tcp, 10);
    const expected = range(15, 14 + 50); // not octet 0 of IP, not the trailer
    assert.deepEqual(sorted(damage(frame, "ethernet", 5000)), expected);

    const udp = ipv4(random, { protocol: 17, payloadLen: 30 });
    const notLength = range(1, 50).filter((at) => at !== 24 && at !== 25);
    assert.deepEqual(sorted(damage(udp, "ip", 5000)), notLength);
  });

  it("leaves payload alone that no checksum covers: UDP without one, other protocols", () => {
    const random = new Random(7);
    const cases: PacketOptions[] = [
      { protocol: 17, payloadLen: 40, withoutChecksum: true },
      { protocol: 89, payloadLen: 40 },
      { protocol: 17, payloadLen: 40, fragmentOffset: 3 },
    ];
    for (const options of cases) {
      assert.deepEqual(sorted(damage(ipv4(random, options), "ip", 3000)), range(1, 20));
    }
  });

  it("never turns a UDP checksum into 0, which would mean none", () => {
    const random = new Random(8);
    for (let bit = 0; bit < 16; bit++) {
      const packet = ipv4(random, { protocol: 17, payloadLen: 10 });
      // Make the checksum a power of two by choice of the last two octets.
      put16(packet, 28, 0);
      put16(packet, 26, 1 << bit);
      put16(packet, 28, wordThatFits(packet));
      assert.equal(checkIpv4(packet), "ok");
      const octets = damage(packet, "ip", 3000);
      assert.ok(octets.has(26) && octets.has(27));
    }
  });

  it("leaves alone what is no IP packet, or a cut one", () => {
    const random = new Random(9);
    assert.equal(damage(arpRequest(), "ethernet", 300).size, 0);
    const packet = ipv4(random, { protocol: 6, payloadLen: 40 });
    assert.equal(damage(packet.subarray(0, 59), "ip", 300).size, 0);
    for (let length = 0; length < 34; length++) {
      assert.equal(damage(ethernet(0x0800, packet).subarray(0, length), "ethernet", 30).size, 0);
    }
    for (let turn = 0; turn < 2000; turn++) {
      corruptOneBit("ip", random.fill(new Uint8Array(random.below(100))), random); // no exception
    }
  });

  it("IPv6: only payload with a checksum", () => {
    const random = new Random(10);
    const packet = random.fill(new Uint8Array(40 + 30));
    packet[0] = 0x60;
    put16(packet, 4, 30);
    for (const [protocol, expected] of [
      [6, range(40, 70)],
      [58, range(40, 70)],
      [0, []],
    ] as const) {
      packet[6] = protocol;
      const octets = new Set<number>();
      for (let turn = 0; turn < 3000; turn++) {
        const copy = packet.slice();
        corruptOneBit("ip", copy, random);
        for (const at of copy.keys()) if (copy[at] !== packet[at]) octets.add(at);
      }
      assert.deepEqual(sorted(octets), expected);
    }
  });
});

/** The word at octet 28 with which a packet's UDP checksum holds, found by trying. */
function wordThatFits(packet: Uint8Array): number {
  for (let word = 0; word < 65536; word++) {
    put16(packet, 28, word);
    if (checkIpv4(packet) === "ok") return get16(packet, 28);
  }
  throw new Error("no such word");
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function sorted(numbers: Set<number>): number[] {
  return [...numbers].sort((a, b) => a - b);
}
