/** Tells of each request: method, path, status, how much went over, and how fast. */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Print } from "./connection_log.js";
import { rateText } from "./rate.js";

/** A request and its answer. */
export interface Transfer {
  request: IncomingMessage;
  response: ServerResponse;
  /** Octets of the request's body that were taken. */
  uploaded: number;
}

/** Prints when the answer is out, or cut off. */
export function logTransfer(
  request: IncomingMessage, response: ServerResponse, print: Print,
): Transfer {
  const transfer: Transfer = { request, response, uploaded: 0 };
  const { socket, method, url } = request;
  const name = `${socket.remoteAddress}:${socket.remotePort}`;
  const startMs = performance.now();
  const writtenBefore = socket.bytesWritten;
  response.once("close", () => {
    const isWhole = response.writableFinished;
    const octets = method === "PUT" ? transfer.uploaded
      : method === "HEAD" ? 0
      : isWhole ? Number(response.getHeader("content-length") ?? 0)
      : socket.bytesWritten - writtenBefore;
    const rate = rateText(octets, performance.now() - startMs);
    print(`${name} ${method} ${url} ${response.statusCode}  ${rate}${isWhole ? "" : ", cut off"}`);
  });
  return transfer;
}
