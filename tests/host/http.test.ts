/** Node's own http, unchanged, over two stacks: as server, as client, over a bad wire. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import * as http from "node:http";
import { describe, it } from "node:test";
import { RIGHT, pattern } from "../support/stack_pair.js";
import { VirtualNetworks } from "../support/virtual_networks.js";

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

/** An HTTP server on the right. */
async function serve(networks: VirtualNetworks, onRequest: http.RequestListener): Promise<void> {
  const server = http.createServer(onRequest);
  await networks.listen((socket) => void server.emit("connection", socket));
}

/** One exchange from the left, by way of an agent or of a connection of its own. */
async function exchange(
  networks: VirtualNetworks, options: http.RequestOptions, body?: Buffer,
): Promise<{ response: http.IncomingMessage; text: Buffer }> {
  const connection = options.agent ? {} : { createConnection: createConnectionOf(networks) };
  const request = http.request({ host: RIGHT, port: 80, ...connection, ...options });
  request.end(body);
  const [response] = (await networks.event(request, "response")) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  await networks.event(response, "end");
  return { response, text: Buffer.concat(chunks) };
}

type CreateConnection = NonNullable<http.RequestOptions["createConnection"]>;

/** Node's types want a net.Socket; what its http needs of one, ours has. */
function createConnectionOf(networks: VirtualNetworks): CreateConnection {
  return networks.left.createConnection as unknown as CreateConnection;
}

describe("http", () => {
  it("answers a request with headers and body", async () => {
    const networks = await VirtualNetworks.create();
    await serve(networks, (request, response) => {
      response.setHeader("x-from", request.socket.remoteAddress ?? "nobody");
      response.end(`you asked for ${request.url}`);
    });
    const { response, text } = await exchange(networks, { path: "/some/where" });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers["x-from"], "10.0.0.1");
    assert.equal(text.toString(), "you asked for /some/where");
    await networks.close();
  });

  it("downloads and uploads a megabyte over a bad wire, every octet right", async () => {
    const networks = await VirtualNetworks.create({
      seed: 42, loss: 0.05, duplicate: 0.02, reorder: 0.05, corrupt: 0.02,
    });
    const down = pattern(1_000_000, 3);
    await serve(networks, (request, response) => {
      if (request.method === "GET") {
        response.end(down);
        return;
      }
      const hash = createHash("sha256");
      request.on("data", (chunk: Buffer) => hash.update(chunk));
      request.on("end", () => response.end(hash.digest("hex")));
    });
    const download = await exchange(networks, { path: "/" });
    assert.equal(sha256(download.text), sha256(down));
    const up = pattern(1_000_000, 4);
    const upload = await exchange(networks, { method: "PUT", path: "/sink" }, up);
    assert.equal(upload.text.toString(), sha256(up));
    await networks.close();
  });

  it("keeps a connection for several requests, by an agent of Node's", async () => {
    const networks = await VirtualNetworks.create();
    const ports = new Set<number | undefined>();
    await serve(networks, (request, response) => {
      ports.add(request.socket.remotePort);
      response.end("ok");
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    Object.assign(agent, { createConnection: networks.left.createConnection });
    for (let count = 0; count < 5; count++) {
      assert.equal((await exchange(networks, { agent, path: `/${count}` })).text.toString(), "ok");
    }
    assert.equal(ports.size, 1);
    agent.destroy();
    await networks.close();
  });

  it("tells of a refused connection as net would", async () => {
    const networks = await VirtualNetworks.create();
    const createConnection = createConnectionOf(networks);
    const request = http.get({ host: RIGHT, port: 81, createConnection });
    const [error] = await networks.event(request, "error").catch((caught: unknown) => [caught]);
    assert.equal((error as Error).message, `connect ECONNREFUSED ${RIGHT}:81`);
    await networks.close();
  });

  it("closes an idle connection after its timeout, in virtual time", async () => {
    const networks = await VirtualNetworks.create();
    const server = http.createServer((_request, response) => response.end("ok"));
    server.setTimeout(3000);
    await networks.listen((socket) => void server.emit("connection", socket));
    const socket = networks.left.connect(80, RIGHT);
    await networks.event(socket, "connect");
    const startUs = networks.clock.now();
    socket.resume();
    await networks.until(once(socket, "close"));
    const seconds = (networks.clock.now() - startUs) / 1e6;
    assert.ok(seconds > 2.9 && seconds < 3.2, `${seconds} s`);
    await networks.close();
  });

  it("serves fifty clients at once, each its own octets [S22, S23]", async () => {
    const networks = await VirtualNetworks.create({ loss: 0.02, seed: 5 });
    await serve(networks, (request, response) => {
      response.end(pattern(20_000, Number(request.url!.slice(1))));
    });
    const agent = new http.Agent({ maxSockets: 50 });
    Object.assign(agent, { createConnection: networks.left.createConnection });
    const exchanges = Array.from({ length: 50 }, async (_, index) => {
      const { text } = await exchange(networks, { agent, path: `/${index + 1}` });
      assert.ok(text.equals(pattern(20_000, index + 1)), `client ${index + 1}`);
    });
    await networks.until(Promise.all(exchanges));
    await networks.close();
  });
});
