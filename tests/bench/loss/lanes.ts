/**
 * Lanes in real time: on each a bottleneck of its own between a sender, Linux or ours, and a
 * receiver, which is Linux. Linux's ends live in two namespaces, behind TAP interfaces whose other
 * side is this process: the same emulated link for all. Needs root.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Faults } from "../../../host/link/faults.js";
import { realClock } from "../../../host/link/clock.js";
import type { Link } from "../../../host/link/link.js";
import { TapLink } from "../../../host/link/tap.js";
import { BULK_PORT, BulkHost, Source, addressOf, macOf } from "../../support/bulk.js";
import { Dumbbell } from "../../support/dumbbell.js";
import { Namespace, type Program } from "../../support/namespace.js";
import { REPOSITORY } from "../../support/running.js";

/** Who sends on a lane; all of a lane share its bottleneck. */
export type Sender = "linux" | "ours";

export interface Lane {
  senders: Sender[];
  rateBitsPerSecond: number;
  rttMs: number;
  faults: Faults;
  /** Octets of our rings, and of Linux's windows. */
  ring: number;
  /** 0: without end; else octets, and when they have been answered again. */
  burst: number;
}

/** What has become of a sender. */
export interface Share {
  sender: Sender;
  /** Octets of text a second. */
  goodput: number;
  facts: Facts;
}

/** Round trip, cwnd, counters. */
export type Facts = Record<string, number>;

const ENDS = join(REPOSITORY, "tests/bench/loss/linux_ends.py");
/** The receiver's number on its lane; senders count from 1. */
const RECEIVER = 100;

export class Lanes {
  private readonly left = new Namespace();
  private readonly right = new Namespace();
  private readonly dumbbells: Dumbbell[] = [];
  private readonly taps: TapLink[] = [];
  private readonly hosts: (BulkHost | undefined)[][] = [];
  private readonly sources = new Map<BulkHost, Source>();
  private receiver!: Program;
  private sender!: Program;

  constructor(private readonly lanes: Lane[]) {}

  /** Sets all up, connects; returns when the seconds are over. By lane, by sender. */
  async run(seconds: number): Promise<Share[][]> {
    for (const space of [this.left, this.right]) prepare(space);
    for (const [index, lane] of this.lanes.entries()) await this.build(index, lane);
    await this.connect();
    await new Promise((done) => setTimeout(done, seconds * 1000));
    const told = JSON.parse(await this.receiver.ask("facts")) as Record<string, number[]>;
    const facts = JSON.parse(await this.sender.ask("facts")) as Record<string, Facts>;
    return this.lanes.map(({ senders }, lane) => senders.map((sender, at): Share => {
      const address = addressOf(at + 1, lane);
      const [octets, took] = told[address] ?? [0, seconds];
      const ours = this.hosts[lane]![at];
      const own = ours === undefined ? facts[address] : this.factsOf(ours);
      return { sender, goodput: octets! / took!, facts: own ?? {} };
    }));
  }

  async close(): Promise<void> {
    for (const row of this.hosts) for (const host of row) await host?.driver.close();
    for (const dumbbell of this.dumbbells) dumbbell.close();
    for (const tap of this.taps) await tap.close();
    await this.left.remove();
    await this.right.remove();
  }

  private async build(index: number, lane: Lane): Promise<void> {
    const { rateBitsPerSecond, rttMs, faults } = lane;
    const dumbbell = new Dumbbell({
      kind: "ethernet", clock: realClock, rateBitsPerSecond, delayMs: rttMs / 2, faults,
    });
    this.dumbbells.push(dumbbell);
    await this.plugIn(this.right, index, RECEIVER, dumbbell.plugRight(RECEIVER));
    const row: (BulkHost | undefined)[] = [];
    this.hosts.push(row);
    for (const [at, sender] of lane.senders.entries()) {
      const number = at + 1;
      const port = dumbbell.plugLeft(number);
      if (sender === "linux") await this.plugIn(this.left, index, number, port);
      row.push(sender === "linux" ? undefined : new BulkHost({
        number, subnet: index, link: port, clock: realClock, ring: lane.ring, seed: index,
      }));
    }
  }

  /** Puts a TAP interface of Linux's at a port. */
  private async plugIn(
    space: Namespace, lane: number, number: number, port: Link,
  ): Promise<void> {
    const name = `mt${process.pid % 10000}x${lane}x${number}`;
    const tap = new TapLink({ interface: name });
    this.taps.push(tap);
    tap.onFrame = (frame) => void port.send(frame);
    port.onFrame = (frame) => void tap.send(frame);
    await tap.open();
    await port.open();
    execFileSync("ip", ["link", "set", name, "netns", space.name]);
    space.ip("link", "set", name, "addrgenmode", "none", "gso_max_segs", "1");
    space.ip("link", "set", name, "address", macOf(number), "txqueuelen", "1000");
    space.ip("addr", "add", `${addressOf(number, lane)}/24`, "dev", name);
    space.ip("link", "set", name, "up");
    const others = number === RECEIVER
      ? this.lanes[lane]!.senders.map((_, at) => at + 1) : [RECEIVER];
    for (const other of others) {
      const words = ["lladdr", macOf(other), "dev", name, "nud", "permanent"];
      space.ip("neigh", "add", addressOf(other, lane), ...words);
    }
  }

  private async connect(): Promise<void> {
    const about = ({ ring, burst }: Lane, lane: number): string =>
      [addressOf(RECEIVER, lane), ring, burst].join();
    const listeners = this.lanes.map(about);
    this.receiver = this.right.startProgram(["python3", ENDS, "receive", ...listeners]);
    await this.receiver.line();
    const calls = this.lanes.flatMap((lane, index) => lane.senders.flatMap((sender, at) =>
      sender === "linux" ? [`${about(lane, index)},${addressOf(at + 1, index)}`] : []));
    this.sender = this.left.startProgram(["python3", ENDS, "send", ...calls]);
    await this.sender.line();
    for (const [lane, row] of this.hosts.entries()) {
      const call = { address: addressOf(RECEIVER, lane), port: BULK_PORT };
      const burst = this.lanes[lane]!.burst || Infinity;
      for (const host of row) {
        if (host !== undefined) this.sources.set(host, new Source(host, call, burst));
      }
    }
  }

  private factsOf(host: BulkHost): Facts {
    const { stack } = host;
    const { smoothedRttUs, congestionWindow } = stack.status(this.sources.get(host)!.handle);
    const counters = Object.entries(stack.counters()).filter(([, count]) => count > 0);
    return { rttMs: smoothedRttUs / 1000, congestionWindow, ...Object.fromEntries(counters) };
  }
}

function prepare(space: Namespace): void {
  const settings = {
    "net.ipv4.tcp_congestion_control": "cubic", "net.ipv4.tcp_no_metrics_save": "1",
    "net.ipv4.tcp_ecn": "0", "net.ipv6.conf.all.disable_ipv6": "1",
  };
  for (const [name, value] of Object.entries(settings)) {
    space.run(["sysctl", "-q", "-w", `${name}=${value}`]);
  }
}
