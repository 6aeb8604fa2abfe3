/**
 * How soon the command sends again what is not acknowledged: after 200 ms at the earliest, as Linux
 * does, not after a second (the stack's default, RFC 6298 section 2.4). On a bad line the
 * difference is a factor of five. Peers delay an ACK by less than that, so little is sent in vain.
 */
import type { Network } from "../network.js";
import type { Socket } from "../socket.js";

const MIN_RTO_MS = 200;

/** For a socket that is connected. */
export function hurrySocket(network: Network, socket: Socket): void {
  const handle = socket.status()?.handle ?? 0;
  if (handle !== 0) network.stack.setOption(handle, "minRto", MIN_RTO_MS);
}

/** For all connections that the listeners will accept. */
export function hurryListeners(network: Network): void {
  for (const { handle } of network.stack.entries("listeners")) {
    network.stack.setOption(handle, "minRto", MIN_RTO_MS);
  }
}
