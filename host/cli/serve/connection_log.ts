/** Tells of each connection: that it stands, and how it ended, with the states that it took. */
import type { Socket } from "../../socket.js";
import type { ConnectionStatus } from "../../status.js";

export type Print = (line: string) => void;

/** States are packed by the core: it remembers the last eight. */
const STATES_REMEMBERED = 8;

export function logConnection(socket: Socket, print: Print): void {
  const name = `${socket.remoteAddress}:${socket.remotePort}`;
  const startMs = performance.now();
  print(`${name} opened  ${pathText(socket.status()!)}`);
  socket.once("released", (status: ConnectionStatus) => {
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const octets = (count: number): string => count.toLocaleString("en");
    print(
      `${name} closed  ${pathText(status)}  (${reasonText(status)}, ${seconds} s, ` +
        `${octets(socket.bytesRead)} octets in, ${octets(socket.bytesWritten)} out)`,
    );
  });
}

/** "LISTEN → SYN-RECEIVED → ESTABLISHED" */
function pathText({ path }: ConnectionStatus): string {
  const states = path.join(" → ");
  return path.length < STATES_REMEMBERED ? states : `… → ${states}`;
}

function reasonText({ reason }: ConnectionStatus): string {
  // Let go of before its end: the stack ends it alone.
  return reason === "none" ? "let go" : reason;
}
