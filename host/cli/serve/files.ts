/**
 * The files of one folder over HTTP, by the npm package `send`: ranges, conditional requests, types
 * by name, and no way out of the folder. Files whose names begin with a dot are not there.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import send from "send";

import { sendText } from "./reply.js";

/** Octets read from disk at a time: pieces of 16 KiB and more keep the rings full. */
const READ_OCTETS = 256 * 1024;

/** `path`: as in the request, encoded, without the query. */
export function sendFile(
  request: IncomingMessage, response: ServerResponse, path: string, root: string,
): void {
  send(request, path, { root, dotfiles: "ignore", highWaterMark: READ_OCTETS } as send.SendOptions)
    .on("error", (error: Error & { statusCode?: number; headers?: Record<string, string> }) => {
      const status = error.statusCode ?? 500;
      const text = REASONS[status] ?? error.message;
      sendText(response, status, `${status}: ${text}`, error.headers);
    })
    .on("directory", () => {
      if (path.endsWith("/")) sendText(response, 404, `404: ${REASONS[404]}`);
      else sendText(response, 301, "it is a folder", { location: `${encodeURI(path)}/` });
    })
    .pipe(response);
}

const REASONS: Record<number, string> = {
  400: "the path is badly encoded",
  403: "that is outside of what is served",
  404: "no such file; there is /netstat, too",
  412: "it has changed",
  416: "the file has no such range",
};
