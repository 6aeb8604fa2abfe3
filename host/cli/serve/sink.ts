/** `PUT /sink/NAME`: takes any number of octets, keeps none, answers how many and their SHA-256. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { sendBody, sendText } from "./reply.js";

const NAME_LEN_MAX = 255;

export async function takeUpload(
  request: IncomingMessage, response: ServerResponse, name: string,
  onOctets: (octets: number) => void,
): Promise<void> {
  if (name === "" || name.length > NAME_LEN_MAX || /[/\0]/.test(name)) {
    sendText(response, 400, `a name has 1 to ${NAME_LEN_MAX} characters, none of them a /`);
    return;
  }
  const hash = createHash("sha256");
  let bytes = 0;
  // Reads no faster than it hashes: the window does the rest.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    onOctets(chunk.length);
  }
  response.setHeader("content-type", "application/json");
  sendBody(response, `${JSON.stringify({ name, bytes, sha256: hash.digest("hex") })}\n`);
}
