/**
 * What `connect` and `ping` find at the other end of `--link wire`, since nobody else can be there:
 * a second stack with the address of HOST, that answers ping and echoes on port 7.
 */
import { createWire } from "../link/wire.js";
import type { Link } from "../link/link.js";
import { createNetwork } from "../network.js";
import { parsePrefix } from "../address.js";
import { UsageError } from "./command_line.js";
import { dress, isOnLink, type NetworkSettings } from "./network_options.js";
import { hurryListeners } from "./retransmission.js";

export const WIRE_PEER_HELP = `\
With --link wire, HOST is a second stack in this process: it answers ping, and echoes on port 7.
`;

/** RFC 862. */
const ECHO_PORT = 7;

export interface WirePeer {
  /** Our end, with faults and capture. */
  link: Link;
  close(): Promise<void>;
}

export async function openWirePeer(settings: NetworkSettings, host: string): Promise<WirePeer> {
  const { text: own, prefixLen } = parsePrefix(settings.address);
  if (!/^[\d.]+$/.test(host) || !isOnLink(host, settings.address) || host === own) {
    throw new UsageError(
      `HOST is the other end of the wire: another address in ${settings.address}, not ${host}`,
    );
  }
  const [ours, theirs] = createWire(settings.mtu === undefined ? {} : { mtu: settings.mtu });
  const network = await createNetwork({ link: theirs, address: `${host}/${prefixLen}` });
  const server = network.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {}); // the command tells of it
    socket.pipe(socket);
  });
  server.listen(ECHO_PORT).unref();
  hurryListeners(network);
  return { link: dress(ours, settings), close: () => network.close() };
}
