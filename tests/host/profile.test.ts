/** Profiles: settings for kinds of networks in a word. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ProfileName } from "../../host/profile.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

async function optionsOf(changes: object): Promise<Record<string, number>> {
  const networks = await VirtualNetworks.create({}, changes);
  const { client, served } = await networks.open();
  const read = (network: "left" | "right", handle: number, name: "minRto" | "ackDelay"): number =>
    networks[network].stack.getOption(handle, name);
  const [ours, theirs] = [client.status()!.handle, served.status()!.handle];
  const found = {
    minRto: read("left", ours, "minRto"),
    ackDelay: read("left", ours, "ackDelay"),
    servedMinRto: read("right", theirs, "minRto"),
    servedAckDelay: read("right", theirs, "ackDelay"),
  };
  client.destroy();
  await networks.close();
  return found;
}

describe("profile", () => {
  for (const [name, minRto, ackDelay] of [
    ["internet", 1000, 40], ["lan", 200, 10], ["radio", 2000, 100],
  ] as const) {
    it(`${name}: holds for who connects and for who is accepted`, async () => {
      const expected = { minRto, ackDelay, servedMinRto: minRto, servedAckDelay: ackDelay };
      assert.deepEqual(await optionsOf({ profile: name }), expected);
    });
  }

  it("is the internet's by default; single settings come before it", async () => {
    assert.equal((await optionsOf({})).minRto, 1000);
    const { minRto, ackDelay } = await optionsOf({ profile: "lan", tcpOptions: { ackDelay: 0 } });
    assert.deepEqual([minRto, ackDelay], [200, 0]);
  });

  it("is refused when there is none of the name", async () => {
    const profile = "moon" as ProfileName;
    await assert.rejects(VirtualNetworks.create({}, { profile }), /one of internet, lan, radio/);
  });

  it("radio: the first SYN, too, is not sent again before two seconds", async () => {
    const networks = await VirtualNetworks.create({ kind: "ip", loss: 1 }, { profile: "radio" });
    const client = networks.left.connect({ port: 80, host: "10.0.0.2" });
    client.on("error", () => {});
    await networks.run(1.9);
    assert.equal(networks.left.counters().TcpRetransmissionTimeouts, 0);
    await networks.run(0.3);
    assert.equal(networks.left.counters().TcpRetransmissionTimeouts, 1);
    client.destroy();
    await networks.close();
  });
});
