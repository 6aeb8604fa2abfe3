/** W1, W2 and W3: the same steps for every subject; native.c takes them likewise. */
import type { Subject } from "./subject.js";

const SEGMENT = 1460;
/** Time stands still but for so much: no timer that is not the workload's own runs out. */
const STEPS_PER_MS = 1000;
const STALL_MS = 10;
const MOST_STALLS = 1000;

/** Moves so many full segments. Returns how often nothing moved until time did. */
export function bulk(subject: Subject, segments: number, inPlace: boolean): number {
  const until = subject.received + segments * SEGMENT;
  let stalls = 0;
  while (subject.received < until) {
    const before = subject.received;
    subject.fill(inPlace);
    subject.carry();
    if (subject.received !== before) continue;
    if (++stalls > MOST_STALLS) throw new Error("W1 stands still");
    subject.advance(STALL_MS);
  }
  return stalls;
}

/** Opens connections until there are so many. */
export function openMany(subject: Subject, count: number): void {
  for (let index = subject.established; index < count; index++) {
    subject.connect(index);
    subject.carry();
    if (subject.established !== index + 1) throw new Error(`connection ${index} does not open`);
  }
}

/** So many requests and responses, round robin over the connections. Returns the next index. */
export function exchange(
  subject: Subject, connections: number, count: number, first: number,
): number {
  let index = first;
  for (let done = 1; done <= count; done++) {
    const before = subject.replies;
    subject.request(index);
    subject.carry();
    if (subject.replies !== before + 1) throw new Error("a request has no response");
    if (++index >= connections) index = 0;
    if (done % STEPS_PER_MS === 0) subject.advance(1);
  }
  return index;
}

/** So many connections opened and closed, one after the other; the opener closes first. */
export function connectAndClose(subject: Subject, count: number): void {
  for (let done = 1; done <= count; done++) {
    const before = subject.finished;
    subject.connect(0);
    subject.carry();
    subject.close(0);
    subject.carry();
    if (subject.finished !== before + 1) throw new Error("a connection does not close");
    if (done % STEPS_PER_MS === 0) subject.advance(1);
  }
}
