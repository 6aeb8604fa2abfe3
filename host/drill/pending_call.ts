/** A call under way: tried again whenever something has happened, judged when it has returned. */
import { type Attempt, type Outcome, guarded } from "./calls.js";
import { secondsText } from "./format.js";
import { Mismatch } from "./mismatch.js";
import type { CallAction, ScriptEvent } from "./script.js";
import { numberOf } from "./values.js";

export type CallEvent = ScriptEvent & CallAction;

export class PendingCall {
  outcome: Outcome | null = null;
  /** When it returned, in microseconds since the script began. */
  returnedAtUs = 0;

  constructor(
    readonly event: CallEvent, private readonly attempt: Attempt,
    /** When it must return, and how far from that it may. */
    readonly dueUs: number, readonly toleranceUs: number,
  ) {}

  /** Tries once more, unless it has returned. */
  tryAt(nowUs: number): void {
    if (this.outcome !== null) return;
    this.outcome = guarded(this.attempt);
    this.returnedAtUs = nowUs;
  }

  /** Throws Mismatch unless it has returned in time what the script says. */
  judge(): void {
    const { event, outcome } = this;
    if (outcome === null) {
      throw new Mismatch({
        summary: `${event.name} has not returned`, expected: event.text, actual: "it blocks still",
        line: event.line, event: event.text,
      });
    }
    const differences = [...resultFaults(event, outcome), ...(outcome.faults ?? [])];
    const offUs = this.returnedAtUs - this.dueUs;
    if (Math.abs(offUs) > this.toleranceUs) {
      differences.push(
        `it returned at ${secondsText(this.returnedAtUs)}, not at ${secondsText(this.dueUs)}: ` +
        `${secondsText(Math.abs(offUs))} s too ${offUs < 0 ? "early" : "late"}`);
    }
    if (differences.length === 0) return;
    throw new Mismatch({
      summary: `${event.name}: ${differences[0]}`, expected: event.text,
      actual: `${event.name}(...) = ${outcomeText(outcome)}`, differences,
      line: event.line, event: event.text,
    });
  }
}

function resultFaults(event: CallEvent, outcome: Outcome): string[] {
  const wanted = numberOf(event.result);
  const errno = plain(outcome.errno);
  const isSame = wanted === undefined || (wanted === outcome.value &&
    (event.errno === undefined || plain(event.errno) === errno));
  if (isSame) return [];
  const words = event.errno === undefined ? `${wanted}` : `${wanted} ${event.errno}`;
  return [`the result is ${outcomeText(outcome)}, not ${words}`];
}

/** Two names of one number. */
function plain(errno: string | undefined): string | undefined {
  return errno === "EWOULDBLOCK" ? "EAGAIN" : errno;
}

function outcomeText({ value, errno }: Outcome): string {
  return errno === undefined ? `${value}` : `${value} ${errno}`;
}
