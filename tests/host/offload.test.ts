/**
 * Aim: a network on a link with offload, and one without, understand each other over wires good and
 * bad, octet for octet; and offload is used where it can be, only there. Method: virtual time; a
 * link that cuts and joins as a network card does, and checks what goes on the wire.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import type { Link } from "../../host/link/link.js";
import { withFaults } from "../../host/link/faults.js";
import { withCapture } from "../../host/link/pcap.js";
import { type WireOptions, createWire } from "../../host/link/wire.js";
import { VirtualClock } from "../../host/link/clock.js";
import { type Network, type NetworkOptions, createNetwork } from "../../host/network.js";
import type { Socket } from "../../host/socket.js";
import { CuttingLink } from "../support/cutting_link.js";
import { pattern } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

const OCTETS = 1_000_000;

/** Sends octets both ways, and compares what comes. Returns both links. */
async function exchange(
  wire: WireOptions, sides: "left" | "both",
): Promise<[CuttingLink, CuttingLink, VirtualNetworks]> {
  const links: CuttingLink[] = [];
  const wrap = (link: Link): Link => {
    const cutting = new CuttingLink(link);
    return links.push(cutting) === 1 || sides === "both" ? cutting : link;
  };
  const networks = await VirtualNetworks.create(wire, {}, {}, wrap);
  const { client, served } = await networks.open();
  const there = pattern(OCTETS, 1);
  const back = pattern(OCTETS, 2);
  const heard = Promise.all([allOf(served), allOf(client)]);
  client.end(there);
  served.end(back);
  const [heardThere, heardBack] = await networks.until(heard);
  assert.ok(heardThere.equals(there), "there");
  assert.ok(heardBack.equals(back), "and back");
  await networks.close();
  return [links[0]!, links[1]!, networks];
}

/** All that a socket says until it has finished; what it writes goes on. */
async function allOf(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  await once(socket, "end");
  return Buffer.concat(pieces);
}

describe("two networks, octet for octet", () => {
  for (const kind of ["ethernet", "ip"] as const) {
    it(`over ${kind}, both with offload`, async () => {
      const [left, right] = await exchange({ kind }, "both");
      for (const { counts } of [left, right]) {
        assert.ok(counts.cut > 10 && counts.joined > 20, JSON.stringify(counts));
      }
    });
  }

  it("one with offload, one without", async () => {
    const [left, , { right }] = await exchange({}, "left");
    assert.ok(left.counts.cut > 10 && left.counts.joined > 20);
    assert.equal(right.stack.hasOffload, false);
  });

  for (const loss of [0.01, 0.05]) {
    it(`with ${loss * 100} % of the segments lost, and others out of order`, async () => {
      const [left] = await exchange({ loss, reorder: 0.02, duplicate: 0.01, seed: 7 }, "both");
      assert.ok(left.counts.cut > 5, `${left.counts.cut} frames cut`);
    });
  }

  it("over a path so long that much is on its way", async () => {
    await exchange({ delayMs: 50, loss: 0.005, seed: 3 }, "both");
  });
});

describe("offload is used", () => {
  async function create(
    changes: Partial<NetworkOptions>, dress: (link: Link) => Link = (link) => link,
  ): Promise<boolean> {
    const clock = new VirtualClock(0);
    const link = dress(new CuttingLink(createWire({ clock })[0]));
    const network: Network = await createNetwork({
      link, clock, address: "10.0.0.1/24", announce: false, ...changes,
    });
    const { hasOffload } = network.stack;
    await network.close({ timeoutMs: 0 });
    return hasOffload;
  }

  it("when the link can, and through a capture", async () => {
    assert.equal(await create({}), true);
    assert.equal(await create({}, (link) => withCapture(link, new PassThrough().resume())), true);
  });

  it("not when nobody wants it, frame slots are small, or the build has none", async () => {
    assert.equal(await create({ offload: false }), false);
    assert.equal(await create({ budget: { mtu: 9000 } }), false);
    assert.equal(await create({ module: "board" }), false);
  });

  it("not on a link with faults, where a frame is a segment", async () => {
    assert.equal(await create({}, (link) => withFaults(link, { loss: 0.1 })), false);
  });
});
