/**
 * Two networks joined by a wire, on a clock that the test moves: sockets and servers as users see
 * them, at many times the speed of real time, the same in every run.
 */
import { once } from "node:events";
import { VirtualClock } from "../../host/link/clock.js";
import type { Link } from "../../host/link/link.js";
import { type WireOptions, createWire } from "../../host/link/wire.js";
import { type Network, type NetworkOptions, createNetwork } from "../../host/network.js";
import type { Server, ServerOptions } from "../../host/server.js";
import type { ConnectOptions, Socket } from "../../host/socket.js";
import { LEFT, RIGHT, entropy } from "./stack_pair.js";

/** What a test may change of a network. */
export type NetworkChanges = Partial<NetworkOptions>;

/** More turns than any test needs: a test that takes them hangs. */
const MOST_TURNS = 200_000;

export class VirtualNetworks {
  private constructor(
    readonly clock: VirtualClock,
    readonly left: Network,
    readonly right: Network,
  ) {}

  static async create(
    wire: WireOptions = {}, left: NetworkChanges = {}, right: NetworkChanges = left,
    wrap: (link: Link) => Link = (link) => link,
  ): Promise<VirtualNetworks> {
    const clock = new VirtualClock(1e9);
    const [leftLink, rightLink] = createWire({ delayMs: 1, ...wire, clock });
    const make = (link: NetworkOptions["link"], address: string, changes: NetworkChanges) =>
      drive(clock, createNetwork({
        link: wrap(link), clock, address: `${address}/24`, ...changes,
      }));
    return new VirtualNetworks(
      clock,
      await make(leftLink, LEFT, { entropy: entropy(1), ...left }),
      await make(rightLink, RIGHT, { entropy: entropy(2), ...right }),
    );
  }

  /** Moves time from timer to timer until it is done. Rejects when nothing happens any more. */
  until<Result>(done: Promise<Result>): Promise<Result> {
    return drive(this.clock, done);
  }

  /** Waits for an event. */
  event(emitter: NodeJS.EventEmitter, name: string): Promise<unknown[]> {
    return this.until(once(emitter, name));
  }

  /** Lets so much time pass. */
  async run(seconds: number): Promise<void> {
    const untilUs = this.clock.now() + seconds * 1e6;
    await breath();
    for (let at = this.clock.nextAtUs(); at !== undefined && at <= untilUs; ) {
      this.clock.runNext();
      await breath();
      at = this.clock.nextAtUs();
    }
    this.clock.runUntil(untilUs);
    await breath();
  }

  /** A server on the right that listens. */
  async listen(
    onConnection: (socket: Socket) => void, options: ServerOptions = {}, port = 80,
  ): Promise<Server> {
    const server = this.right.createServer(options, onConnection);
    server.listen(port);
    await this.event(server, "listening");
    return server;
  }

  /** A socket of the left and the one of the right that answers it. */
  async open(
    options: Partial<ConnectOptions> = {}, serverOptions: ServerOptions = {},
  ): Promise<{ client: Socket; served: Socket; server: Server }> {
    const served = new Promise<Socket>((resolve) => {
      void this.listen(resolve, serverOptions).then((made) => (server = made));
    });
    let server!: Server;
    const client = this.left.connect({ port: 80, host: RIGHT, ...options });
    await this.event(client, "connect");
    return { client, served: await this.until(served), server };
  }

  async close(): Promise<void> {
    await this.until(Promise.all([this.left.close(), this.right.close()]));
  }
}

async function drive<Result>(clock: VirtualClock, done: Promise<Result>): Promise<Result> {
  let isDone = false;
  const finish = (): void => void (isDone = true);
  done.then(finish, finish);
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await breath();
    if (isDone) return done;
    if (!clock.runNext()) throw new Error("nothing happens any more, and it is not done");
  }
  throw new Error(`not done after ${MOST_TURNS} turns`);
}

/** Lets everything that is due at this moment happen: microtasks, `nextTick`, immediates. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
