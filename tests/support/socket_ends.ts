/** What tests wait for at sockets: all that comes, and how they fail. */
import { once } from "node:events";
import type { Socket } from "../../host/socket.js";

/** All that a socket receives until its end. (`for await` would destroy it then.) */
export async function received(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
  await once(socket, "end");
  return Buffer.concat(chunks);
}

/** The error and the argument of 'close' of a socket that fails. */
export function failure(socket: Socket): Promise<{ error: Error; hadError: boolean }> {
  return new Promise((resolve) => {
    socket.once("error", (error: Error) => {
      socket.once("close", (hadError: boolean) => resolve({ error, hadError }));
    });
  });
}
