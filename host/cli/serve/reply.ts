/** Short answers. */
import type { ServerResponse } from "node:http";

/** A line of text, for people and for `curl`. */
export function sendText(
  response: ServerResponse, status: number, text: string, headers: Record<string, string> = {},
): void {
  const body = `${text.trimEnd()}\n`;
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    // Nobody shall see an old netstat.
    "cache-control": "no-store",
    ...headers,
  });
  response.end(body);
}
