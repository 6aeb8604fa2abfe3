/**
 * The networks that are open. Which one `connect`, `createServer` and `new Socket` mean when none
 * is named: the only one. With two, guessing would be wrong half of the time: that is an error.
 * When the process exits, the connections of all of them are reset.
 */
import type { Network } from "./network.js";
import { onExit } from "./platform.js";

const open = new Set<Network>();
let isExitWatched = false;

export function addNetwork(network: Network): void {
  open.add(network);
  if (!isExitWatched) onExit(() => open.forEach((left) => left.abortAll()));
  isExitWatched = true;
}

export function removeNetwork(network: Network): void {
  open.delete(network);
}

/** The network given, or the only one that is open. Throws with what to do. */
export function networkOr(given: Network | undefined): Network {
  if (given !== undefined) return given;
  const [first, second] = open;
  if (first === undefined) {
    throw new Error("no network is open: await createNetwork({ link, address }) first");
  }
  if (second !== undefined) {
    throw new Error(
      `${open.size} networks are open: say which, by network.connect and network.createServer, ` +
        `or by the option { network }`,
    );
  }
  return first;
}
