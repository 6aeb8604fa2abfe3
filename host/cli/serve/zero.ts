/** `GET /zero/BYTES`: so many zero octets, as fast as they are taken; for measuring. */
import type { IncomingMessage, ServerResponse } from "node:http";

import { sendText } from "./reply.js";

const CHUNK = Buffer.alloc(64 * 1024);

export function sendZeros(
  request: IncomingMessage, response: ServerResponse, text: string,
): void {
  const octets = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(octets)) {
    sendText(response, 400, `/zero/ takes a number of octets, not "${text}"`);
    return;
  }
  response.setHeader("content-type", "application/octet-stream");
  response.setHeader("content-length", octets);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  let left = octets;
  const send = (): void => {
    while (left > 0 && !response.destroyed) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once("drain", send);
        return;
      }
    }
    response.end();
  };
  send();
}
