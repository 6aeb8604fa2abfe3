/**
 * What `motetcp serve` answers: Node's own `http` on connections of the stack. Files of one folder,
 * uploads, zeros to measure with, and the stack's own tables.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import type { Network } from "../../network.js";
import type { Socket } from "../../socket.js";
import { hurryListeners } from "../retransmission.js";
import { logConnection, type Print } from "./connection_log.js";
import { sendFile } from "./files.js";
import { netstatJson, netstatText } from "./netstat.js";
import { sendText } from "./reply.js";
import { takeUpload } from "./sink.js";
import { logTransfer, type Transfer } from "./transfer_log.js";
import { sendZeros } from "./zero.js";

export interface HttpOptions {
  port: number;
  /** The folder whose files are served. */
  root: string;
  print: Print;
}

/** How long a peer may take to close after us. */
const LINGER_MS = 5000;
/** The same when the command ends. */
const LAST_LINGER_MS = 500;

/** A server that listens. */
export interface HttpService {
  /** Takes no more connections, and ends the idle ones; those in a transfer are left. */
  close(): Promise<void>;
}

/** Listens on the network. Rejects when the port is taken. */
export async function serveHttp(network: Network, options: HttpOptions): Promise<HttpService> {
  const { port, root, print } = options;
  const busy = new Set<unknown>();
  const open = new Set<Socket>();
  const http = createServer((request, response) => {
    busy.add(request.socket);
    response.once("close", () => busy.delete(request.socket));
    const transfer = logTransfer(request, response, print);
    answer(network, root, transfer).catch((error: Error) => {
      // The peer has gone in the middle of an upload: its connection's end is logged.
      if (!response.headersSent && !response.destroyed) sendText(response, 500, error.message);
      else response.destroy();
    });
  });
  // A transfer takes as long as it takes, be the line ever so slow.
  http.requestTimeout = 0;
  // Who has sent the whole request may close that direction and still wants the answer.
  Object.assign(http, { httpAllowHalfOpen: true });
  http.on("timeout", (socket) => linger(socket as unknown as Socket, LINGER_MS));
  const server = network.createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    logConnection(socket, print);
    // Node's http lets go once all is written. Staying until the peer has closed, too, the log can
    // tell of the end.
    socket.destroySoon = () => linger(socket, LINGER_MS);
    http.emit("connection", socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
  hurryListeners(network);
  const close = async (): Promise<void> => {
    server.close();
    const idle = [...open].filter((socket) => !busy.has(socket) && !socket.destroyed);
    for (const socket of idle) linger(socket, LAST_LINGER_MS);
    await Promise.all(idle.map((socket) =>
      new Promise((resolve) => void socket.once("close", resolve))));
  };
  return { close };
}

/** Ends our half, and lets go when the peer has ended its own, or has had time to. */
function linger(socket: Socket, timeoutMs: number): void {
  socket.end();
  // What still comes is not for http.
  socket.removeAllListeners("data");
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  socket.once("close", () => clearTimeout(timer));
}

async function answer(
  network: Network, root: string, transfer: Transfer,
): Promise<void> {
  const { request, response } = transfer;
  const path = (request.url ?? "/").replace(/\?.*$/s, "");
  if (path.startsWith("/sink/")) {
    if (!allows(request, response, "PUT")) return;
    const name = decoded(path.slice("/sink/".length));
    return takeUpload(request, response, name, (octets) => void (transfer.uploaded += octets));
  }
  if (!allows(request, response, "GET", "HEAD")) return;
  if (path === "/netstat") return sendNetstat(network, request, response);
  if (path.startsWith("/zero/")) {
    return sendZeros(request, response, path.slice("/zero/".length));
  }
  sendFile(request, response, path, root);
}

function allows(
  request: IncomingMessage, response: ServerResponse, ...methods: string[]
): boolean {
  if (methods.includes(request.method ?? "")) return true;
  const text = `this takes ${methods.join(" and ")} only; uploads go to PUT /sink/NAME`;
  sendText(response, 405, text, { allow: methods.join(", ") });
  return false;
}

function sendNetstat(
  network: Network, request: IncomingMessage, response: ServerResponse,
): void {
  const wantsJson = (request.headers.accept ?? "").includes("application/json");
  if (wantsJson) {
    sendText(response, 200, netstatJson(network), { "content-type": "application/json" });
  } else {
    sendText(response, 200, netstatText(network));
  }
}

/** A part of a path as text; "" when it is badly encoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
