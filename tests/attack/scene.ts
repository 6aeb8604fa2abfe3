/**
 * A stack under attack. A connection with an honest peer, another stack, carries text both ways all
 * the while; the attacker puts frames in between, and the work that each of them causes is counted.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stack } from "../../host/stack.js";
import { type Build, Lab, type LabOptions, OWN_ADDRESS } from "../support/lab.js";
import { accepted } from "../support/remote.js";
import { type SegmentExtras, packetOf } from "../support/segment_line.js";
import type { Decoded } from "../support/wire.js";
import { meteredModule, workOf } from "../support/work_meter.js";
import { Flow } from "./flow.js";

export const PEER_ADDRESS = "10.0.0.2";
export const ATTACKER = "10.0.0.66";
export const PORT = 80;
/** The peer's address as frames have it. */
const PEER = 0x0a000002;

export interface SceneOptions extends LabOptions {
  /** The attacker knows all numbers: the stream cannot stay whole, but the work is bounded. */
  isInsider?: boolean;
  /** Frames to and fro after one of the attacker's, where it is not a few. */
  mostEcho?: number;
  /** Connections beside the one under attack. They must not make an attack dearer. */
  others?: number;
  /** Both ends send timestamps, without which a blind segment is nothing. Not unless asked for. */
  timestamps?: boolean;
}

/**
 * The work of one frame of an attack, with all that is said in answer and beside what goes over
 * each of its octets, is at most so many times that of an honest segment of one octet, which takes
 * the short way (header prediction).
 */
const MOST_TIMES = 12;
/** An octet is copied in, into a buffer, and out again, and summed up twice, some at a time. */
const OCTET_WORK = 4;
/** One that is sent is summed up by sixteens; copied, too, where there is no SIMD for both. */
const SENT_OCTET_WORK: Record<Build, number> = { node: 1 / 16, board: 1 + 1 / 16 };
const HEADERS = 40;
/** Frames that go to and fro after one of the attacker's, before all is quiet. */
const MOST_ECHO = 8;
export const CROWD = 600;

/** The work for a segment of one octet, where there is one connection. */
function honestWork({ build, stack }: Lab): number {
  const lab = new Lab(build, { module: stack.core.module });
  const { remote } = accepted(lab);
  const before = workOf(lab.stack);
  remote.says("PA 1+1 ack 1");
  return workOf(lab.stack) - before;
}

/** Octets of a frame that lie behind its headers. */
function textLen(frame: Uint8Array): number {
  return Math.max(0, frame.length - HEADERS);
}

/** Registers an attack on both builds, and on one among hundreds of connections. */
export function attack(
  title: string, run: (scene: Scene) => void, options: SceneOptions = {},
): void {
  const register = (name: string, build: Build, all: SceneOptions) => test(name, async () => {
    const scene = new Scene(build, { ...all, module: await meteredModule(build) });
    run(scene);
    scene.verify(all);
  });
  register(`${title} [node]`, "node", options);
  if (!options.onlyNode) register(`${title} [board]`, "board", options);
  if (options.others !== undefined || options.budget?.connections !== undefined) return;
  const crowded = { ...options, others: CROWD, budget: { ...options.budget, connections: 1000 } };
  register(`${title}, among ${CROWD} connections [node]`, "node", crowded);
}

export class Scene {
  readonly lab: Lab;
  readonly peer: Stack;
  readonly listener: number;
  /** The connection under attack. */
  readonly flow: Flow;
  /** Frames of the attacker, and what the stack said at once in answer. */
  struck = 0;
  answered = 0;
  /** The most that one of them caused: work beyond its length, answers at once, frames in all. */
  mostWork = 0;
  mostAnswers = 0;
  mostEcho = 0;

  constructor(readonly build: Build, options: SceneOptions) {
    this.lab = new Lab(build, options);
    this.peer = Stack.createSync({
      entropy: new Uint8Array(32).fill(99),
      budget: { connections: 1000, receiveRing: 16384, sendRing: 16384 },
    });
    this.peer.configure({ kind: "ip", address: `${PEER_ADDRESS}/24` });
    this.listener = this.lab.stack.listen({ port: PORT });
    this.lab.stack.setOption(this.listener, "timestamps", options.timestamps ?? false);
    for (let count = options.others ?? 0; count > 0; count--) this.connect();
    this.flow = new Flow(this, ...this.connect());
    this.flow.exchange(1000);
  }

  /** The handles of a connection that the peer opens, ours first. */
  connect(): [number, number] {
    const theirs = this.peer.connect({ address: OWN_ADDRESS, port: PORT });
    this.pump();
    const ours = this.lab.stack.accept(this.listener);
    assert.notEqual(ours, 0, "the honest peer gets its connection");
    return [ours, theirs];
  }

  /** A frame of a blind attacker, and what comes of it. Returns what was said at once. */
  strike(frame: Uint8Array): Decoded[] {
    const { lab } = this;
    this.pump();
    lab.frames.length = 0;
    this.receive(frame);
    const said = lab.frames.map(({ decoded }) => decoded);
    const answers = said.length;
    this.answered += answers;
    this.mostAnswers = Math.max(this.mostAnswers, answers);
    this.mostEcho = Math.max(this.mostEcho, this.pump());
    return said;
  }

  /** The same on a connection of the attacker's own, which hears the answers. */
  strikeOwn(frame: Uint8Array): void {
    this.receive(frame);
  }

  /** The stack takes a frame of the attacker's, and its work is counted. */
  private receive(frame: Uint8Array): void {
    const { lab, build } = this;
    const before = workOf(lab.stack);
    const framesBefore = lab.frames.length;
    lab.receive(frame);
    const work = workOf(lab.stack) - before;
    const sent = lab.frames.slice(framesBefore)
      .reduce((sum, { decoded }) => sum + textLen(decoded.octets), 0);
    const octetsWork = OCTET_WORK * textLen(frame) + SENT_OCTET_WORK[build] * sent;
    this.struck++;
    this.mostWork = Math.max(this.mostWork, work - octetsWork);
  }

  /** Many of them, a millisecond apart, while text goes on flowing. */
  strikes(frames: Iterable<() => Uint8Array>): void {
    for (const make of frames) {
      this.strike(make());
      this.wait(0.001);
      if (this.struck % 16 === 0) this.flow.exchange(100);
    }
  }

  /**
   * A segment that seems to come from the peer. Its numbers are relative to what the stack expects:
   * SEG.SEQ to RCV.NXT, SEG.ACK to SND.NXT.
   */
  forge(line: string, extras: SegmentExtras = {}): Uint8Array {
    const { receiveNext, sendNext, remotePort } = this.flow.status;
    return packetOf(line, {
      source: PEER_ADDRESS, destination: OWN_ADDRESS, sourcePort: remotePort, destinationPort: PORT,
      sourceIsn: receiveNext, destinationIsn: sendNext,
    }, extras);
  }

  /** Passes frames between the two stacks until both are quiet; others stay. Returns how many. */
  pump(): number {
    const { lab, peer } = this;
    for (let passed = 0; ; passed++) {
      assert.ok(passed < 10_000, "frames go to and fro without end");
      const frame = peer.transmit(lab.nowUs);
      if (frame !== null) {
        lab.receive(frame);
        continue;
      }
      lab.turn();
      const index = lab.frames.findIndex(({ decoded }) => decoded.destination === PEER);
      if (index < 0) return passed;
      const [sent] = lab.frames.splice(index, 1);
      peer.receive(sent!.decoded.octets, lab.nowUs);
    }
  }

  /** Lets time pass for both, from deadline to deadline. */
  wait(seconds: number): void {
    const { lab, peer } = this;
    const untilUs = lab.atUs + Math.round(seconds * 1e6);
    for (;;) {
      this.pump();
      if (lab.atUs >= untilUs) return;
      while (peer.nextEvent() !== null) continue;
      const waitUs = Math.min(lab.stack.nextDeadline(lab.nowUs), peer.nextDeadline(lab.nowUs));
      lab.atUs = Math.min(untilUs, lab.atUs + Math.max(1, waitUs));
    }
  }

  /** The stream is whole, and no frame of the attacker was dear. */
  verify({ isInsider = false, mostEcho = MOST_ECHO }: SceneOptions): void {
    if (!isInsider) {
      this.flow.exchange(5000);
      this.flow.finish();
    }
    const times = this.mostWork / honestWork(this.lab);
    assert.ok(times <= MOST_TIMES, `a frame took ${times} times the work of an honest one`);
    assert.ok(this.mostAnswers <= 1, `${this.mostAnswers} answers at once to one frame`);
    assert.ok(this.mostEcho <= mostEcho, `${this.mostEcho} frames to and fro after one`);
  }
}
