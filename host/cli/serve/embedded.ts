/**
 * `--link wire`: two stacks joined by a wire in memory. One serves; this machine's browsers and
 * `curl` come in through the other. What passes on the wire is drawn as a ladder.
 */
import { parsePrefix } from "../../address.js";
import type { Link } from "../../link/link.js";
import { withNarrowPath } from "../../link/narrow.js";
import { withCapture } from "../../link/pcap.js";
import { createWire } from "../../link/wire.js";
import type { Network } from "../../network.js";
import { Ladder } from "../ladder/ladder.js";
import { ObservedLink } from "../ladder/observed_link.js";
import { neighbourOf, openNetwork, type NetworkSettings } from "../network_options.js";
import { Bridge } from "./bridge.js";
import type { Print } from "./connection_log.js";

export interface EmbeddedOptions {
  settings: NetworkSettings;
  /** The server's port on its stack. */
  port: number;
  bridgePort: number;
  print: Print;
}

/** The pair of stacks. */
export interface Embedded {
  /** To serve on. */
  server: Network;
  /** Where this machine's connections come from. */
  client: Network;
  bridge: Bridge;
  close(): Promise<void>;
}

const LADDER_TICK_MS = 100;

/** Opens both stacks, and the bridge in front of the client's. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { settings, print } = options;
  const { prefixLen, text: serverAddress } = parsePrefix(settings.address);
  const clientAddress = neighbourOf(settings.address);
  const [clientEnd, serverEnd] = createWire({
    ...settings.faults,
    ...(settings.mtu === undefined ? {} : { mtu: settings.mtu }),
  });
  const left = new ObservedLink(clientEnd);
  const { narrow } = settings;
  const right = new ObservedLink(
    narrow === undefined ? serverEnd : withNarrowPath(serverEnd, narrow));
  const captured: Link = settings.pcap === undefined ? right : withCapture(right, settings.pcap);
  const server = await openNetwork(settings, captured);
  const { gateway: _, ...rest } = settings;
  const client = await openNetwork(
    { ...rest, address: `${clientAddress}/${prefixLen}` }, left);
  let bridge: Bridge;
  try {
    const { bridgePort: listenPort, port } = options;
    bridge = await Bridge.open(client, { listenPort, host: serverAddress, port });
  } catch (error) {
    await Promise.all([client.close(), server.close()]);
    throw error;
  }
  const names = { left: `client ${clientAddress}`, right: `server ${serverAddress}` };
  const stopDrawing = drawLadder(left, right, names, settings, print);
  const close = async (): Promise<void> => {
    stopDrawing();
    await bridge.close();
    await Promise.all([client.close(), server.close()]);
  };
  return { server, client, bridge, close };
}

/** Draws the first connection. Returns how to stop. */
function drawLadder(
  left: ObservedLink, right: ObservedLink, names: { left: string; right: string },
  { faults, narrow }: NetworkSettings, print: Print,
): () => void {
  const now = (): number => performance.now();
  const stop = (): void => {
    clearInterval(timer);
    left.onlooker = right.onlooker = undefined;
  };
  const ladder = new Ladder({
    print, names,
    delayMs: faults?.delayMs ?? 0,
    isLineBad: faults !== undefined || narrow !== undefined,
    onOver: stop,
  });
  const timer = setInterval(() => ladder.tick(now()), LADDER_TICK_MS);
  timer.unref();
  left.onlooker = {
    sent: (frame) => ladder.sent("left", frame, now()),
    arrived: (frame) => ladder.arrived("left", frame, now()),
  };
  right.onlooker = {
    sent: (frame) => ladder.sent("right", frame, now()),
    arrived: (frame) => ladder.arrived("right", frame, now()),
  };
  return stop;
}
