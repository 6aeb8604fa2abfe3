/**
 * Node's own tls and https, unchanged, over two stacks joined by a wire, with loss. The key and the
 * certificate in fixtures/ are for these tests only, and secret to nobody.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { describe, it } from "node:test";
import * as tls from "node:tls";
import type { Socket } from "../../host/socket.js";
import { RIGHT, pattern } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

const key = readFileSync("tests/host/fixtures/test_key.pem");
const cert = readFileSync("tests/host/fixtures/test_cert.pem");
const BAD_WIRE = { seed: 11, loss: 0.05, duplicate: 0.02, reorder: 0.05, corrupt: 0.02 };

async function serve(networks: VirtualNetworks, onRequest: http.RequestListener): Promise<void> {
  const server = https.createServer({ key, cert }, onRequest);
  await networks.listen((socket) => void server.emit("connection", socket), {}, 443);
}

/** A TLS connection from the left, the server's certificate verified. */
async function connect(networks: VirtualNetworks, changes: tls.ConnectionOptions = {}) {
  const socket = networks.left.connect(443, RIGHT);
  const secure = tls.connect({ socket, ca: cert, servername: "mote.test", ...changes });
  await networks.event(secure, "secureConnect");
  return { socket, secure };
}

describe("tls", () => {
  it("carries an HTTPS request, its certificate verified, over a bad wire", async () => {
    const networks = await VirtualNetworks.create(BAD_WIRE);
    const body = pattern(300_000);
    await serve(networks, (request, response) => {
      response.setHeader("x-protocol", (request.socket as tls.TLSSocket).getProtocol() ?? "none");
      response.end(body);
    });
    const { secure } = await connect(networks);
    assert.ok(secure.authorized);
    const request = http.get({ path: "/", createConnection: () => secure });
    const [response] = (await networks.event(request, "response")) as [http.IncomingMessage];
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    await networks.event(response, "end");
    assert.equal(response.headers["x-protocol"], "TLSv1.3");
    assert.ok(Buffer.concat(chunks).equals(body));
    await networks.close();
  });

  it("is an https.request with createConnection, too", async () => {
    const networks = await VirtualNetworks.create();
    await serve(networks, (_request, response) => response.end("secret"));
    const request = https.request({
      host: RIGHT, port: 443, ca: cert, servername: "mote.test",
      createConnection: (options) =>
        tls.connect({
          ...(options as tls.ConnectionOptions), socket: networks.left.connect(443, RIGHT),
        }),
    });
    request.end();
    const [response] = (await networks.event(request, "response")) as [http.IncomingMessage];
    const [data] = await networks.event(response, "data");
    assert.equal(String(data), "secret");
    await networks.close();
  });

  it("refuses a certificate that nobody vouches for", async () => {
    const networks = await VirtualNetworks.create();
    await serve(networks, (_request, response) => response.end("secret"));
    const socket = networks.left.connect(443, RIGHT);
    const secure = tls.connect({ socket, servername: "mote.test" });
    const failed = networks.event(secure, "secureConnect");
    await assert.rejects(failed, { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    await networks.close();
  });

  it("ends with its connection, and leaves nothing behind", async () => {
    const networks = await VirtualNetworks.create();
    let served!: Socket;
    const server = tls.createServer({ key, cert }, (secure) => secure.resume());
    await networks.listen((socket) => {
      served = socket;
      server.emit("connection", socket);
    }, {}, 443);
    const { socket, secure } = await connect(networks);
    secure.resume().end("good-bye");
    await networks.event(secure, "close");
    await networks.run(1);
    assert.ok(served.destroyed && socket.destroyed);
    assert.deepEqual([...networks.left.stack.entries("connections")], []);
    assert.deepEqual([...networks.right.stack.entries("connections")], []);
    assert.equal(networks.left.counters().TcpResetsSent, 0);
    assert.equal(networks.right.counters().TcpResetsSent, 0);
    await networks.close();
  });
});
