/**
 * A line with both ends held in hand: a host of ours (held_host.ts) and a socket of Linux's
 * (linux_peer.py), whose states are compared at every step.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { DEVICE, LinuxLine, OURS } from "./linux_line.js";
import type { Program } from "./namespace.js";
import { REPOSITORY } from "./running.js";

const AGREE_MS = 5000;

/** The states of one connection; none: it is gone there. */
export interface States {
  linux: string[];
  ours: string[];
}

export class HeldLine {
  line!: LinuxLine;
  host!: Program;
  peer!: Program;
  /** Linux's port of the connection that is looked at. */
  linuxPort = 40_000;

  constructor(readonly kind: "tap" | "tun") {}

  /** Makes the line if there is none, and starts our host. `entropy`: what each octet of it is. */
  async start(entropy?: number): Promise<void> {
    this.line ??= new LinuxLine(this.kind);
    const words = [`${this.kind}:${DEVICE}`, `${OURS}/24`];
    if (entropy !== undefined) words.push(`${entropy}`);
    this.host = this.line.space.startScript("tests/support/held_host.ts", ...words);
    assert.equal(await this.host.line(), "ready");
  }

  /** Starts Linux's side. */
  startPeer(): void {
    const script = join(REPOSITORY, "tests/support/linux_peer.py");
    this.peer = this.line.space.startProgram(["python3", script]);
  }

  /** Our host does it. */
  async tell(...commands: string[]): Promise<void> {
    for (const command of commands) assert.equal(await this.host.ask(command), "ok", command);
  }

  /** Linux does it. */
  async linux(...commands: string[]): Promise<void> {
    for (const command of commands) assert.equal(await this.peer.ask(command), "ok", command);
  }

  /** The states of the connection on Linux's side and on ours. */
  async states(): Promise<States> {
    const ours = JSON.parse(await this.host.ask(`states ${this.linuxPort}`)) as string[];
    return { linux: await this.line.states(this.linuxPort), ours };
  }

  /** Waits until they are these; "": the connection is gone there. */
  async agree(linux: string, ours: string): Promise<void> {
    const listOf = (state: string): string[] => (state === "" ? [] : [state]);
    const expected = { linux: listOf(linux), ours: listOf(ours) };
    const seen = await this.#statesOnce((states) => isDeepStrictEqual(states, expected));
    assert.deepEqual(seen, expected);
  }

  /** Waits until it holds of them. `wanted` is told of it if it doesn't come true. */
  async agreeThat(holds: (states: States) => boolean, wanted: string): Promise<void> {
    const seen = await this.#statesOnce(holds);
    assert.ok(holds(seen), `wanted: ${wanted}; seen: ${JSON.stringify(seen)}`);
  }

  /** The states once it holds of them, or the last ones seen. */
  async #statesOnce(holds: (states: States) => boolean): Promise<States> {
    const deadline = Date.now() + AGREE_MS;
    let seen = await this.states();
    while (!holds(seen) && Date.now() < deadline) seen = await this.states();
    return seen;
  }

  remove(): Promise<void> {
    return this.line.remove();
  }
}
