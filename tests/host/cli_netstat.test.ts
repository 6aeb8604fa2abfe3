/**
 * Aim: the table shows every entry of the stack, each with what it has: state, queues, timers. And
 * rates and ends of connections are told right. Method: real stacks brought into each situation.
 */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { logConnection } from "../../host/cli/serve/connection_log.js";
import { connectionsText, netstatJson, netstatText } from "../../host/cli/serve/netstat.js";
import { rateText } from "../../host/cli/serve/rate.js";
import type { Socket } from "../../host/socket.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

/** The line of the table that has the words, as cells. */
function line(text: string, words: RegExp): string {
  const found = text.split("\n").find((candidate) => words.test(candidate));
  assert.ok(found !== undefined, `no ${words} in\n${text}`);
  return found;
}

describe("netstat", () => {
  it("lists a half-open connection, with the timer of its SYN ACK", async () => {
    // All that the server sends is lost, but for its answers to ARP.
    const both = await VirtualNetworks.create();
    await both.listen(() => {});
    const { link } = both.right;
    const send = link.send.bind(link);
    link.send = (frame) => (frame[12] === 8 && frame[13] === 0 ? true : send(frame));
    both.left.connect({ port: 80, host: "10.0.0.2" }).on("error", () => {});
    await both.run(1);
    const row = line(connectionsText(both.right), /SYN-RECEIVED/);
    assert.match(row, /^10\.0\.0\.2:80 +10\.0\.0\.1:\d+ +SYN-RECEIVED .* syn-ack \d+\.\d\d s/);
    assert.match(line(connectionsText(both.left), /SYN-SENT/), /retransmit \d+\.\d\d s/);
    link.send = send;
    await both.close();
  });

  it("lists queues, window and timers of a connection whose peer does not read [S25]", async () => {
    const both = await VirtualNetworks.create();
    const { client, served } = await both.open();
    served.pause();
    client.write(Buffer.alloc(400_000));
    await both.run(3);
    const sender = line(connectionsText(both.left), /ESTABLISHED/);
    const [local, remote, state, recvQ, sendQ, window] = sender.split(/ +/);
    assert.match(local!, /^10\.0\.0\.1:\d+$/);
    assert.deepEqual([remote, state, recvQ, window], ["10.0.0.2:80", "ESTABLISHED", "0", "0"]);
    assert.ok(Number(sendQ) > 10_000, sender);
    assert.match(sender, /persist \d+\.\d\d s/);
    const receiver = line(connectionsText(both.right), /ESTABLISHED/).split(/ +/);
    assert.ok(Number(receiver[3]) > 10_000, `${receiver}`);
    client.destroy();
    served.destroy();
    await both.close();
  });

  it("lists TIME-WAIT with the time that is left, listeners and neighbours", async () => {
    const both = await VirtualNetworks.create();
    const { client, served } = await both.open();
    client.end();
    served.resume();
    await both.event(client.resume(), "close");
    await both.run(1);
    const text = netstatText(both.left);
    assert.match(line(text, /TIME-WAIT/), /^10\.0\.0\.1:\d+ +10\.0\.0\.2:80 .*time-wait 59 s/);
    assert.match(line(text, /^10\.0\.0\.2 /), /REACHABLE|STALE/);
    assert.match(line(netstatText(both.right), /LISTEN/), /^\*:80 +\*:\* +LISTEN +0 +511/);
    assert.match(line(text, /TcpActiveOpens/), /^ *1 {2}TcpActiveOpens$/);
    assert.doesNotMatch(text, /^ *0 {2}\w/m);
    await both.close();
  });

  it("gives the same as JSON, timers and sequence numbers included", async () => {
    const both = await VirtualNetworks.create();
    const { client, served } = await both.open();
    const { connections, counters } = JSON.parse(netstatJson(both.left));
    const one = connections.find(({ table }: { table: string }) => table === "connections");
    assert.equal(one.state, "ESTABLISHED");
    assert.equal(one.sendUnacknowledged, one.sendNext);
    assert.equal(typeof one.timers, "object");
    assert.equal(counters.TcpActiveOpens, 1);
    client.destroy();
    served.destroy();
    await both.close();
  });

  it("has columns that stand below their titles", async () => {
    const both = await VirtualNetworks.create();
    await both.listen(() => {});
    const rows = connectionsText(both.right).split("\n");
    for (const title of ["remote", "state"]) {
      assert.notEqual(rows[1]![rows[0]!.indexOf(title)], " ");
    }
    await both.close();
  });
});

describe("logConnection", () => {
  it("tells that it stands, and how it ended", () => {
    const lines: string[] = [];
    const path = ["LISTEN", "SYN-RECEIVED", "ESTABLISHED"];
    const socket = Object.assign(new EventEmitter(), {
      remoteAddress: "10.0.0.1", remotePort: 5000, bytesRead: 1234, bytesWritten: 5,
      status: () => ({ path }),
    });
    logConnection(socket as unknown as Socket, (text) => void lines.push(text));
    const long = [...path, "FIN-WAIT-1", "CLOSING", "TIME-WAIT", "X", "Y"];
    socket.emit("released", { path: [...path, "CLOSED"], reason: "reset" });
    logConnection(socket as unknown as Socket, (text) => void lines.push(text));
    socket.emit("released", { path: long, reason: "none" });
    assert.deepEqual(lines, [
      "10.0.0.1:5000 opened  LISTEN → SYN-RECEIVED → ESTABLISHED",
      "10.0.0.1:5000 closed  LISTEN → SYN-RECEIVED → ESTABLISHED → CLOSED  " +
        "(reset, 0.0 s, 1,234 octets in, 5 out)",
      "10.0.0.1:5000 opened  LISTEN → SYN-RECEIVED → ESTABLISHED",
      `10.0.0.1:5000 closed  … → ${long.join(" → ")}  (let go, 0.0 s, 1,234 octets in, 5 out)`,
    ]);
  });
});

describe("rateText", () => {
  it("tells octets and time in MB/s and Mbit/s, short ones without", () => {
    assert.equal(rateText(50_000_000, 500), "50,000,000 octets in 0.50 s, 100.0 MB/s (800 Mbit/s)");
    assert.equal(rateText(1, 500), "1 octet");
    assert.equal(rateText(0, 0), "0 octets");
    assert.equal(rateText(1_000_000, 0), "1,000,000 octets");
  });
});
