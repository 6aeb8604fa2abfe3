/**
 * Goodput in real time: MoteTCP on a TAP interface to Linux and back, beside Linux to Linux over a
 * pair of virtual Ethernet devices, with and without their offloads. All in namespaces of its own.
 */
import { Namespace, namespaceMissing, type Program } from "../../support/namespace.js";
import { median } from "../loss/median.js";

/** What the others are compared with. */
export const PLAIN_LINUX = "Linux to Linux, veth without offloads";

const END = "tests/bench/tap/end.ts";
const LEFT = "10.0.0.1";
const RIGHT = "10.0.0.2";
const OFFLOADS = ["tso", "gso", "gro", "tx", "rx", "sg"];
const WARM_UP_MS = 500;

export interface Goodput {
  path: string;
  /** Bits a second: the median of the rounds. */
  bitsPerSecond: number;
  /** Bits for each second of CPU time that both processes spent, likewise. */
  bitsPerCpuSecond: number;
  rounds: Round[];
}

interface Round {
  bitsPerSecond: number;
  bitsPerCpuSecond: number;
}

export interface TapEffort {
  rounds: number;
  seconds: number;
}

interface Path {
  name: string;
  from: Program;
  to: Program;
  /** Of `to`. */
  address: string;
}

/** Why it cannot run here; false: it can. */
export function tapMissing(): string | false {
  return namespaceMissing("ethtool");
}

export async function runTap({ rounds, seconds }: TapEffort): Promise<Goodput[]> {
  const spaces: Namespace[] = [];
  try {
    const paths = [...await tapPaths(spaces), ...await vethPaths(spaces)];
    const results = paths.map(({ name }): Goodput =>
      ({ path: name, bitsPerSecond: NaN, bitsPerCpuSecond: NaN, rounds: [] }));
    for (let round = 0; round < rounds; round++) {
      for (const [index, path] of paths.entries()) {
        results[index]!.rounds.push(await transfer(path, seconds));
      }
    }
    for (const result of results) {
      result.bitsPerSecond = median(result.rounds.map((round) => round.bitsPerSecond));
      result.bitsPerCpuSecond = median(result.rounds.map((round) => round.bitsPerCpuSecond));
    }
    return results;
  } finally {
    for (const space of spaces) await space.remove();
  }
}

/** Linux has the one end of the interface, a process of ours the other. */
async function tapPaths(spaces: Namespace[]): Promise<Path[]> {
  const space = new Namespace();
  spaces.push(space);
  space.ip("tuntap", "add", "dev", "mote0", "mode", "tap");
  space.ip("addr", "add", `${LEFT}/24`, "dev", "mote0");
  space.ip("link", "set", "mote0", "up");
  const linux = space.startScript(END, "linux");
  const mote = space.startScript(END, "tap", `${RIGHT}/24`);
  await Promise.all([linux.ask("sink"), mote.ask("sink")]);
  return [
    { name: "MoteTCP to Linux, TAP", from: mote, to: linux, address: LEFT },
    { name: "Linux to MoteTCP, TAP", from: linux, to: mote, address: RIGHT },
  ];
}

async function vethPaths(spaces: Namespace[]): Promise<Path[]> {
  const paths: Path[] = [];
  for (const isOffloaded of [false, true]) {
    const [left, right] = [new Namespace(), new Namespace()];
    spaces.push(left, right);
    left.ip("link", "add", "wire0", "type", "veth", "peer", "name", "wire1");
    left.ip("link", "set", "wire1", "netns", right.name);
    join(left, "wire0", LEFT, isOffloaded);
    join(right, "wire1", RIGHT, isOffloaded);
    const [from, to] = [left.startScript(END, "linux"), right.startScript(END, "linux")];
    await to.ask("sink");
    const name = isOffloaded ? "Linux to Linux, veth with offloads" : PLAIN_LINUX;
    paths.push({ name, from, to, address: RIGHT });
  }
  return paths;
}

function join(space: Namespace, device: string, address: string, isOffloaded: boolean): void {
  space.ip("addr", "add", `${address}/24`, "dev", device);
  const features = OFFLOADS.flatMap((feature) => [feature, "off"]);
  if (!isOffloaded) space.run(["ethtool", "-K", device, ...features]);
  space.ip("link", "set", device, "up");
}

/** What arrives, once the transfer is under way. */
async function transfer({ from, to, address }: Path, seconds: number): Promise<Round> {
  await from.ask(`send ${address}`);
  await pause(WARM_UP_MS);
  const before = await look(from, to);
  await pause(seconds * 1000);
  const after = await look(from, to);
  await from.ask("stop");
  await pause(WARM_UP_MS);
  const bits = (after.octets - before.octets) * 8;
  return {
    bitsPerSecond: (bits * 1000) / (after.atMs - before.atMs),
    bitsPerCpuSecond: (bits * 1000) / (after.cpuMs - before.cpuMs),
  };
}

async function look(from: Program, to: Program) {
  const [, senderMs] = (await from.ask("count")).split(" ").map(Number);
  const [octets, receiverMs] = (await to.ask("count")).split(" ").map(Number);
  return { octets: octets!, cpuMs: senderMs! + receiverMs!, atMs: performance.now() };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => void setTimeout(done, ms));
}
