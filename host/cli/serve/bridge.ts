/**
 * Carries TCP connections of this machine through a stack: each connection to a port on loopback
 * becomes one through the stack's network, octet for octet, with back-pressure, half-closes and
 * resets carried over in both directions.
 */
import { createServer, type Server as NetServer, type Socket as NetSocket } from "node:net";

import type { Network } from "../../network.js";
import type { Socket } from "../../socket.js";
import { hurrySocket } from "../retransmission.js";

const LOOPBACK = "127.0.0.1";

export interface BridgeOptions {
  /** On loopback; 0 picks one. */
  listenPort: number;
  /** Where the connections go through the network. */
  host: string;
  port: number;
}

export class Bridge {
  private readonly server: NetServer;
  private readonly sockets = new Set<NetSocket>();

  private constructor(
    private readonly network: Network,
    private readonly options: BridgeOptions,
  ) {
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true },
      (outer) => this.carry(outer));
  }

  /** Listens. Rejects with what to do when the port is taken. */
  static open(network: Network, options: BridgeOptions): Promise<Bridge> {
    const bridge = new Bridge(network, options);
    const { listenPort } = options;
    return new Promise((resolve, reject) => {
      bridge.server.once("error", (error) => reject(explain(error, listenPort)));
      bridge.server.listen(listenPort, LOOPBACK, () => resolve(bridge));
    });
  }

  /** The port on loopback. */
  get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Takes no more connections, and resets those that are left. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }

  private carry(outer: NetSocket): void {
    const { host, port } = this.options;
    this.sockets.add(outer);
    outer.once("close", () => this.sockets.delete(outer));
    const inner = this.network.connect({ host, port, allowHalfOpen: true, noDelay: true });
    inner.once("connect", () => hurrySocket(this.network, inner));
    join(outer, inner);
    join(inner, outer);
  }
}

/** What `from` sends goes to `to`: octets, the end, and the break. */
function join(from: NetSocket | Socket, to: NetSocket | Socket): void {
  from.pipe(to as NodeJS.WritableStream);
  // 'error' is always followed by 'close'.
  from.on("error", () => {});
  from.on("close", (hadError: boolean) => {
    const isWhole = !hadError && from.readableEnded;
    if (!isWhole && !to.destroyed) to.resetAndDestroy();
  });
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  const reasons: Record<string, string> = {
    EADDRINUSE: "another program listens there; choose another port with --bridge PORT",
    EACCES: "no permission; choose a port above 1023 with --bridge PORT",
  };
  const reason = reasons[error.code ?? ""] ?? error.message;
  return new Error(`cannot listen on ${LOOPBACK}:${port}: ${reason}`, { cause: error });
}
