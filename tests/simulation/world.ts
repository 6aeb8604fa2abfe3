/**
 * One run: the plan of a seed carried out on two stacks and a wire, to the end, when nothing of it
 * may be left. Throws SimulationFailure.
 */
import { Event } from "../../assembly/abi/event.js";
import { Random } from "../../host/link/random.js";
import { StackError } from "../../host/error.js";
import type { Side } from "../support/flow_watch.js";
import { ADDRESSES, Pair } from "../support/pair.js";
import type { Station } from "../support/station.js";
import { wrapMilliseconds, wrapSequenceNumbers } from "../support/warp.js";
import { Endpoint, type EndpointContext, type Script } from "./endpoint.js";
import { happen } from "./incidents.js";
import type { ConnectionPlan, Plan } from "./plan.js";
import { isPolite } from "./scripts.js";
import { Streams } from "./stream.js";

/** The port of the listener of either side. */
export const LISTEN_PORTS = [81, 80] as const;

const MOST_SECONDS = 12 * 3600;
const MOST_STEPS = 3_000_000;
/** Between two attempts to connect: no room, the port still in use, our address not ready. */
const RETRY_US = 5e6;
const MOST_RETRIES = 1000;

/** One connection as it went: both ends, as far as they came to be. */
export interface Connection {
  plan: ConnectionPlan;
  /** Of the opener and of who accepted; of left and right where both opened. */
  ends: (Endpoint | undefined)[];
  isOpened: boolean;
  /** The opener found no room in the end. */
  isGivenUp: boolean;
}

function newConnection(plan: ConnectionPlan): Connection {
  return { plan, ends: [undefined, undefined], isOpened: false, isGivenUp: false };
}

/** The last word of either side: on a bad line it may take a few attempts. */
const GREETING: Script = {
  sendLen: 50, writeMost: 50, writePauseUs: 0, readMost: 50, readPauseUs: 0, readDelayUs: 0,
  leave: "finish", abortAfterUs: 0, options: {},
};
const MOST_ATTEMPTS = 20;

export class World {
  readonly pair: Pair;
  readonly listeners: [number, number] = [0, 0];
  private readonly streams = new Streams();
  private readonly random: Random;
  readonly connections: Connection[];
  private readonly endpoints: Endpoint[] = [];
  private readonly byHandle = [new Map<number, Endpoint>(), new Map<number, Endpoint>()] as const;
  /** All applications have come to their end. */
  private isQuiet = false;
  /** Nothing is opened any more. */
  private isClosing = false;
  /** Who accepts a connection from a port: the one that was opened from it last. */
  private readonly awaited = new Map<number, Connection>();

  constructor(
    readonly plan: Plan,
    capture?: string,
  ) {
    const { link: kind, mtu, wire, sides, startUs } = plan;
    this.random = new Random(plan.seed, 2);
    this.pair = new Pair({ kind, mtu, wire, sides, startUs, capture });
    this.connections = plan.connections.map(newConnection);
  }

  /** Carries the plan out. Returns octets delivered. */
  run(): number {
    const { pair, plan } = this;
    if (plan.wrap === "milliseconds") wrapMilliseconds(pair, this.random.below(60));
    for (const side of [0, 1] as const) {
      pair.stations[side].onEvent = (handle, bits) => this.onEvent(side, handle, bits);
      this.openListener(side);
    }
    if (plan.wrap === "sequence numbers") this.wrapFirst();
    for (const connection of this.connections) {
      this.after(connection.plan.atUs, () => this.open(connection, 0));
    }
    for (const incident of plan.incidents) happen(this, incident);
    pair.drive("the end of all applications", () => this.isOver(), MOST_SECONDS, MOST_STEPS);
    this.isQuiet = true;
    for (const station of pair.stations) station.isCut = false;
    for (const side of [0, 1] as const) this.checkHealth(side);
    this.close();
    return this.streams.delivered;
  }

  openListener(side: Side): void {
    if (this.listeners[side] !== 0) return;
    const station = this.pair.stations[side];
    const port = LISTEN_PORTS[side];
    const { backlog } = this.plan;
    this.listeners[side] = station.do((stack) => stack.listen({ port, backlog }));
  }

  closeListener(side: Side): void {
    const handle = this.listeners[side];
    if (handle === 0) return;
    this.listeners[side] = 0;
    this.pair.stations[side].do((stack) => stack.close(handle));
    this.pair.stations[side].turn();
  }

  /** Something befalls the run later, unless its applications have come to their end by then. */
  befall(delayUs: number, action: () => void): void {
    this.after(delayUs, () => {
      if (!this.isQuiet) action();
    });
  }

  /** Does something later, unless all is over by then. */
  private after(delayUs: number, action: () => void): void {
    this.pair.clock.setTimer(delayUs, () => {
      if (!this.isClosing) action();
    });
  }

  private isOver(): boolean {
    return this.connections.every(({ isOpened }) => isOpened) &&
      this.endpoints.every(({ isDone }) => isDone);
  }

  private close(): void {
    this.isClosing = true;
    for (const side of [0, 1] as const) {
      this.closeListener(side);
    }
    // A peer that is gone for good is given up after the user timeout.
    this.pair.checkEnd(2 * 3600, MOST_STEPS);
    if (!this.plan.isStrict) return;
    const planned = this.connections.slice(0, this.plan.connections.length);
    for (const connection of planned) this.checkFinished(connection);
  }

  /** Whatever a listener has been through: a connection can be opened to it, and works. */
  private checkHealth(side: Side): void {
    const { pair } = this;
    pair.drive("empty tables", () => pair.isEmpty(), MOST_SECONDS, MOST_STEPS);
    this.openListener(side);
    const opener = (1 - side) as Side;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const connection = newConnection(
        { opener, localPort: 0, atUs: 0, scripts: [GREETING, GREETING] });
      this.connections.push(connection);
      this.open(connection, 0);
      pair.drive("the end of a last connection", () => this.isOver(), MOST_SECONDS, MOST_STEPS);
      if (connection.ends.every((end) => end?.sending.delivered === GREETING.sendLen)) return;
    }
    pair.fail(side, "a listener does not accept any more");
  }

  private checkFinished({ plan, ends, isGivenUp }: Connection): void {
    if (isGivenUp) this.pair.fail(0, "a connection found no room, and there was some");
    if (!plan.scripts.every(isPolite)) return;
    // Three requests of ARP in a row may be lost. Where both open, the other is refused then.
    if (plan.opener === "both" && ends.some((end) => end?.reason === "unreachable")) return;
    ends.forEach((end, index) => {
      if (end === undefined) this.pair.fail(0, `end ${index} of a connection never came to be`);
      const { reason, sending, script } = end;
      const side = this.pair.stations.indexOf(end.station) as Side;
      if (sending.delivered !== sending.len) {
        this.pair.fail(side, `${sending.delivered} of ${sending.len} octets were delivered`);
      }
      // Who lets go early does not hear of the end.
      if (reason === "finished" || (reason === undefined && script.leave === "let go")) return;
      this.pair.fail(side, `a connection ended as "${reason}", not as "finished"`);
    });
  }

  /** So that the first connection's sequence numbers wrap while it has much to say. */
  private wrapFirst(): void {
    const first = this.connections[0]!.plan;
    if (first.opener === "both") return;
    first.localPort = wrapSequenceNumbers(
      this.pair, first.opener, LISTEN_PORTS[1 - first.opener as Side]!, this.random);
    first.atUs = 0;
  }

  private open(connection: Connection, attempt: number): void {
    const { opener, scripts } = connection.plan;
    try {
      if (opener === "both") this.openBoth(connection);
      else this.openOne(connection, opener, scripts[0]);
    } catch (error) {
      if (!(error instanceof StackError)) throw error;
      if (!["ENOBUFS", "EADDRINUSE", "ENETUNREACH"].includes(error.code)) throw error;
      if (attempt < MOST_RETRIES) {
        this.after(RETRY_US, () => this.open(connection, attempt + 1));
        return;
      }
      connection.isOpened = true;
      connection.isGivenUp = true;
    }
  }

  private openOne(connection: Connection, side: Side, script: Script): void {
    const station = this.pair.stations[side];
    const address = ADDRESSES[1 - side]!;
    const port = LISTEN_PORTS[1 - side as Side]!;
    const { localPort } = connection.plan;
    const handle = station.do((stack) => stack.connect({ address, port, localPort }));
    connection.isOpened = true;
    const end = this.addEnd(connection, 0, side, handle, script);
    this.awaited.set(2 * end.sending.localPort + side, connection);
    end.act();
    station.turn();
  }

  /** SYNs that cross (RFC 9293 section 3.5, figure 8): neither side listens on these ports. */
  private openBoth(connection: Connection): void {
    const ports = [connection.plan.localPort, connection.plan.localPort + 5000] as const;
    const handles: number[] = [];
    try {
      for (const side of [0, 1] as const) {
        const address = ADDRESSES[1 - side]!;
        handles.push(this.pair.stations[side].do((stack) =>
          stack.connect({ address, port: ports[1 - side]!, localPort: ports[side] })));
      }
    } catch (error) {
      for (const handle of handles) this.pair.stations[0].do((stack) => stack.abort(handle));
      throw error;
    }
    connection.isOpened = true;
    for (const side of [0, 1] as const) {
      this.addEnd(connection, side, side, handles[side]!, connection.plan.scripts[side]).act();
    }
    for (const station of this.pair.stations) station.turn();
  }

  private addEnd(
    connection: Connection, index: number, side: Side, handle: number, script: Script,
  ): Endpoint {
    const end = new Endpoint(this.pair.stations[side], handle, script, this.contextOf(side));
    connection.ends[index] = end;
    this.endpoints.push(end);
    this.byHandle[side].set(handle, end);
    const { localPort, remotePort } = end.sending;
    this.pair.expectText(side, localPort, remotePort, end.sending);
    return end;
  }

  private contextOf(side: Side): EndpointContext {
    const { clock } = this.pair;
    const fail = (message: string): never => this.pair.fail(side, message);
    return { clock, random: this.random, streams: this.streams, fail };
  }

  private onEvent(side: Side, handle: number, bits: number): void {
    if (handle === this.listeners[side]) {
      this.acceptLater(side);
      return;
    }
    const end = this.byHandle[side].get(handle);
    if (end === undefined || end.isDone) this.pair.fail(side, `an event for handle ${handle}`);
    if ((bits & ~ALL_EVENTS) !== 0) this.pair.fail(side, `event bits ${bits}`);
    end.onEvent(bits);
    if ((bits & Event.Closed) !== 0 && end.reason === "unreachable") this.tryAgain(end);
  }

  /** No answer to three requests of ARP: on a bad line an application tries again. */
  private tryAgain(end: Endpoint): void {
    const connection = this.connections.find(({ plan, ends }) =>
      ends[0] === end && plan.opener !== "both");
    if (connection === undefined || end.isConnected) return;
    connection.isOpened = false;
    this.after(RETRY_US, () => this.open(connection, 0));
  }

  private acceptLater(side: Side): void {
    const station = this.pair.stations[side];
    const { acceptDelayUs } = this.plan;
    if (acceptDelayUs === 0) {
      this.accept(side, station);
      return;
    }
    this.after(acceptDelayUs, () => {
      this.accept(side, station);
      station.turn();
    });
  }

  private accept(side: Side, station: Station): void {
    while (this.listeners[side] !== 0) {
      const handle = station.do((stack) => stack.accept(this.listeners[side]));
      if (handle === 0) return;
      const { remotePort } = station.stack.status(handle);
      const connection = this.awaited.get(2 * remotePort + 1 - side);
      if (connection === undefined) this.pair.fail(side, `accepts a stranger, port ${remotePort}`);
      this.addEnd(connection, 1, side, handle, connection.plan.scripts[1]).onAccepted();
    }
  }
}

const ALL_EVENTS =
  Event.Connected | Event.Readable | Event.Writable | Event.PeerFinished | Event.Closed |
  Event.SoftError | Event.Sent;
