/** Short answers. */
import type { ServerResponse } from "node:http";

/** A line of text, for people and for `curl`. */
export function sendText(
  response: ServerResponse, status: number, text: string, headers: Record<string, string> = {},
): void {
  const all = {
    "content-type": "text/plain; charset=utf-8",
    // Nobody shall see an old netstat.
    "cache-control": "no-store",
    ...headers,
  };
  for (const [name, value] of Object.entries(all)) response.setHeader(name, value);
  response.statusCode = status;
  sendBody(response, `${text.trimEnd()}\n`);
}

export function sendBody(response: ServerResponse, body: string): void {
  response.setHeader("content-length", Buffer.byteLength(body));
  response.end(body);
}
