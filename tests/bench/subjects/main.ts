/**
 * A subject in a process of its own, so that what the engine learns of one does not change how
 * another runs. Takes the words that say which (see `command` in ../rounds.ts); then reads lines,
 * "w1 1|0 SEGMENTS", "w2 CONNECTIONS COUNT" or "w3 0 COUNT", and answers each with nanoseconds of
 * CPU time, what was done in them, frames carried, and how often W1 stood still; as native.c does.
 */
import { createInterface } from "node:readline";
import type { Product } from "../rows.js";
import { LwipPair } from "./lwip.js";
import { LwipBurstPair } from "./lwip_bursts.js";
import { MoteBurstPair } from "./mote_bursts.js";
import { MoteRawPair } from "./mote_raw.js";
import { MoteStackPair } from "./mote_stack.js";
import type { Subject, Workload } from "./subject.js";
import { bulk, connectAndClose, exchange, openMany } from "./workloads.js";

const PRODUCTS: Record<Product, string> = {
  node: "motetcp", board: "motetcp-board", small: "motetcp-small",
};

function create([kind, module, ring, connections]: string[]): Subject {
  if (kind === "lwip") return new LwipPair(module!);
  if (kind === "lwip-bursts") return new LwipBurstPair(module!);
  const options = {
    module: new URL(`../../../build/${PRODUCTS[module as Product]}.wasm`, import.meta.url),
    ring: Number(ring), connections: Number(connections),
  };
  if (kind === "stack") return new MoteStackPair(options);
  return kind === "bursts" ? new MoteBurstPair(options) : new MoteRawPair(options);
}

/** What the first command of a workload needs, beforehand. */
function prepare(subject: Subject, workload: Workload, first: number): void {
  subject.listen(workload);
  if (workload === "w1") openMany(subject, 1);
  if (workload === "w2") openMany(subject, first);
}

const subject = create(process.argv.slice(2));
let isPrepared = false;
let next = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const [word, first, count] = line.split(" ");
  const workload = word as Workload;
  if (!isPrepared) prepare(subject, workload, Number(first));
  isPrepared = true;
  const frames = subject.frames;
  const begin = process.cpuUsage();
  let stalls = 0;
  if (workload === "w1") stalls = bulk(subject, Number(count), first === "1");
  else if (workload === "w2") next = exchange(subject, Number(first), Number(count), next);
  else connectAndClose(subject, Number(count));
  const { user, system } = process.cpuUsage(begin);
  console.log(`${(user + system) * 1000} ${count} ${subject.frames - frames} ${stalls}`);
}
