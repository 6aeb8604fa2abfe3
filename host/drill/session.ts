/** One run of a script against one stack: the events in their order, each at its time. */
import { Stack } from "../stack.js";
import { runCode } from "./code.js";
import { guarded } from "./calls.js";
import { Descriptors } from "./descriptors.js";
import { secondsText } from "./format.js";
import { Machine, type PacketObserver, type Sent } from "./machine.js";
import { Mismatch } from "./mismatch.js";
import { PendingCall, type CallEvent } from "./pending_call.js";
import type { Code, PacketAction, Script, ScriptEvent } from "./script.js";
import type { Settings } from "./settings.js";
import { DrillSocket } from "./socket.js";
import { Traffic } from "./traffic.js";
import { joinTrain } from "./train.js";

export interface SessionOptions {
  /** The stack's time when the script begins, in microseconds. */
  startUs: number;
  /** Added to all sequence numbers of the remote side. */
  remoteOffset: number;
  observe?: PacketObserver;
  /** Told of every event that went well, and of what `print` says. */
  trace?: (line: string) => void;
}

function spanText({ time }: ScriptEvent, fromUs: number, toUs: number): string {
  if (time.kind === "any") return "*";
  return time.kind === "at" ? secondsText(fromUs)
    : `${secondsText(fromUs)}~${secondsText(toUs)}`;
}

/** Packets that a report shows of those before. */
const MOST_RECENT = 5;
/** How long `*` waits for a packet. */
const ANY_TIME_US = 4 * 3600 * 1e6;

export class Session {
  readonly machine: Machine;
  readonly traffic: Traffic;
  readonly notes: string[] = [];
  private readonly descriptors: Descriptors;
  private readonly sockets: DrillSocket[] = [];
  private readonly trace: (line: string) => void;
  /** Of the event before: what relative times are counted from. */
  private lastUs = 0;
  private pending: PendingCall | undefined;
  /** The last packets that went as they should, as lines. */
  readonly recent: string[] = [];
  private readonly variables = new Map<string, unknown>();

  constructor(
    stack: Stack, private readonly script: Script, private readonly settings: Settings,
    options: SessionOptions,
  ) {
    this.trace = options.trace ?? (() => {});
    this.machine = new Machine(stack, options.startUs, options.observe);
    this.machine.onTurn = () => {
      for (const socket of this.sockets) socket.feed();
      this.pending?.tryAt(this.machine.nowUs);
    };
    this.traffic = new Traffic(stack, settings, options.remoteOffset, (text) => {
      if (!this.notes.includes(text)) this.notes.push(text);
    });
    this.descriptors = new Descriptors({
      now: () => this.machine.nowUs,
      wakeAt: (us) => { this.machine.alarmUs = us; },
      newSocket: () => {
        const socket = new DrillSocket(stack, settings.options, options.remoteOffset);
        this.sockets.push(socket);
        return socket;
      },
      opened: (socket) => this.traffic.opened(socket),
      listening: (port) => { this.traffic.listenPort = port; },
      note: (text) => this.notes.push(text),
      defaults: settings,
    });
  }

  /** The next event. Throws Mismatch, ScriptError. */
  step(event: ScriptEvent): void {
    const [fromUs, toUs] = this.window(event);
    switch (event.kind) {
      case "segment":
      case "icmp":
      case "udp":
        if (event.direction === "out") this.expectPacket(event, fromUs, toUs);
        else this.inject(event, fromUs);
        break;
      case "call":
        this.runCall(event, fromUs);
        break;
      case "code":
        this.machine.advanceTo(fromUs);
        this.runCode(event);
        break;
      case "command":
        this.machine.advanceTo(fromUs);
    }
    if (!("direction" in event)) this.lastUs = fromUs;
    this.trace(`${secondsText(this.machine.nowUs)}  ${event.text}`);
  }

  /** What is to be done when there are no more events. */
  finish(): void {
    this.settlePending();
    const left = this.machine.sent.map((sent) => this.traffic.line(sent));
    if (left.length === 0) return;
    const summary = `${left.length} packet(s) sent that the script does not mention`;
    if (this.settings.isStrict) throw new Mismatch({ summary, differences: left });
    this.notes.push(`${summary}: ${left.join("; ")}`);
  }

  /** From when to when the event may happen; the same for one that has a time of its own. */
  private window({ time }: ScriptEvent): [number, number] {
    if (time.kind === "any") return [this.machine.nowUs, Infinity];
    const base = time.isRelative ? this.lastUs : 0;
    return [base + time.us, base + (time.kind === "range" ? time.endUs : time.us)];
  }

  private tolerance(atUs: number): number {
    const share = (this.settings.tolerancePercent / 100) * Math.max(0, atUs - this.lastUs);
    return Math.max(this.settings.toleranceUs, share);
  }

  private expectPacket(
    event: ScriptEvent & PacketAction, fromUs: number, toUs: number,
  ): void {
    const toleranceUs = this.tolerance(fromUs);
    const limitUs = toUs === Infinity ? fromUs + ANY_TIME_US : toUs + toleranceUs;
    const first = this.machine.waitForPacket(limitUs);
    const expected = `${spanText(event, fromUs, toUs)} ${this.traffic.expectedText(event)}`;
    if (first === undefined) {
      throw new Mismatch({ summary: "nothing was sent", expected, actual: "nothing" });
    }
    const isTrain = event.kind === "segment" && event.segment.length > this.traffic.largestText;
    const sent = isTrain ? joinTrain(first, this.machine.sent, event.segment.length) : first;
    this.traffic.learn(event, sent);
    const differences = this.traffic.differences(event, sent);
    const actual = this.traffic.line(sent);
    if (event.time.kind !== "any") {
      const early = fromUs - sent.atUs;
      const late = sent.atUs - toUs;
      if (Math.max(early, late) > toleranceUs) {
        const off = secondsText(Math.max(early, late));
        differences.push(`it was sent ${off} s too ${early > late ? "early" : "late"}`);
      }
    }
    if (differences.length > 0) {
      throw new Mismatch({ summary: differences[0]!, expected, actual, differences });
    }
    this.lastUs = event.time.kind === "at" ? fromUs : sent.atUs;
    this.remember(actual);
  }

  private remember(line: string): void {
    this.recent.push(line);
    if (this.recent.length > MOST_RECENT) this.recent.shift();
  }

  private inject(event: ScriptEvent & PacketAction, atUs: number): void {
    this.machine.advanceTo(atUs);
    this.lastUs = atUs;
    this.remember(`${secondsText(this.machine.nowUs)} ${event.text.replace(/^\S+ /, "")}`);
    for (const packet of this.traffic.build(event)) {
      const { mtu } = this.settings;
      if (packet.length > mtu) {
        this.notes.push(`line ${event.line}: a packet of ${packet.length} octets, MTU ${mtu}`);
      }
      this.machine.receive(packet);
    }
  }

  private runCall(event: CallEvent, atUs: number): void {
    this.settlePending();
    this.machine.advanceTo(atUs);
    const base = event.time.kind !== "any" && event.time.isRelative ? this.lastUs : 0;
    const dueUs = event.endUs === undefined ? atUs : base + event.endUs;
    let attempt: ReturnType<Descriptors["begin"]> | undefined;
    const outcome = guarded(() => {
      attempt = this.descriptors.begin(event);
      return null;
    });
    const call = new PendingCall(event, attempt ?? (() => outcome), dueUs, this.tolerance(dueUs));
    this.pending = call;
    call.tryAt(this.machine.nowUs);
    this.machine.turn();
    // A call without "..." must return before anything else happens.
    if (event.endUs === undefined || call.outcome !== null) this.settlePending();
  }

  /** A call under way must be over before the next one, in time. */
  private settlePending(): void {
    const { pending } = this;
    if (pending === undefined) return;
    this.machine.waitUntil(() => pending.outcome !== null, pending.dueUs + pending.toleranceUs);
    this.pending = undefined;
    this.machine.alarmUs = Infinity;
    pending.judge();
  }

  private runCode(event: ScriptEvent & Code): void {
    const info = this.traffic.info();
    runCode(event, this.script.file, {
      lookUp: (name) => this.variables.has(name) ? this.variables.get(name) : info(name),
      assign: (name, value) => this.variables.set(name, value),
      print: (text) => this.trace(text),
      note: (text) => this.notes.push(text),
    });
  }

  /** The connections as netstat shows them, for a report. */
  state(): string[] {
    return this.traffic.netstat();
  }

  /** Packets sent that have not been looked at. */
  unexamined(): string[] {
    return this.machine.sent.map((sent: Sent) => this.traffic.line(sent));
  }
}
