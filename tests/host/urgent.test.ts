/** Urgent data through sockets (RFC 9293 section 3.8.5): in line, with a mark. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualNetworks } from "../support/virtual_networks.js";

describe("urgent data of a socket", () => {
  it("comes in line, and 'urgent' says before it where in the stream it ends", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    const events: string[] = [];
    served.on("urgent", (mark: number) => events.push(`urgent to ${mark}`));
    served.on("data", (data: Buffer) => events.push(String(data)));
    client.write("calm, ");
    await networks.run(1);
    client.writeUrgent(Buffer.from("now!"));
    client.write(" calm");
    await networks.run(1);
    assert.equal(events.slice(0, 2).join("|"), "calm, |urgent to 10");
    assert.equal(events.slice(2).join(""), "now! calm");
    await networks.close();
  });

  it("may be longer than any ring, behind what the reader has put off", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    const marks: number[] = [];
    served.on("urgent", (mark: number) => marks.push(mark));
    served.pause();
    client.write(Buffer.alloc(300_000));
    await networks.run(5);
    assert.deepEqual(marks, []);
    client.writeUrgent(Buffer.alloc(200_000));
    let read = 0;
    served.on("data", (data: Buffer) => (read += data.length));
    served.resume();
    await networks.run(5);
    assert.equal(read, 500_000);
    assert.equal(marks.at(-1), 500_000);
    await networks.close();
  });

  it("calls back when it has been taken, and leaves the caller's octets alone", async () => {
    const networks = await VirtualNetworks.create();
    const { client, served } = await networks.open();
    const octets = Uint8Array.of(1, 2, 3);
    const taken = new Promise((resolve) => client.writeUrgent(octets, resolve));
    await networks.until(taken);
    assert.equal(client.bytesWritten, 3);
    served.resume();
    await networks.close();
  });
});
