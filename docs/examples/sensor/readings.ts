/**
 * Readings that the broker has not acknowledged yet, oldest first. When a new one has no room, the
 * oldest goes, and is counted: of a sensor the latest is worth most.
 */

/** Readings kept while there is no broker. */
const MOST: u32 = 32;

@unmanaged
@final
class Readings {
  /** Counts of readings since the start: given, sent on this connection, acknowledged or lost. */
  given: u32;
  sent: u32;
  done: u32;
  /** The last that went out on any connection: what is sent again is marked so. */
  everSent: u32;
  lost: u32;
}

const readings: Readings = changetype<Readings>(memory.data(offsetof<Readings>(), 4));
const values: usize = memory.data(<i32>(4 * MOST), 4);

/** Takes a reading. */
export function add(value: i32): void {
  if (readings.given - readings.done == MOST) {
    readings.lost++;
    settle(readings.done + 1);
  }
  store<i32>(at(readings.given), value);
  readings.given++;
}

/** Readings that went without having been acknowledged. */
export function lostReadings(): u32 {
  return readings.lost;
}

/** On a new connection everything is sent again that was not acknowledged. */
export function rewind(): void {
  readings.sent = readings.done;
}

/** Whether there is one to send. */
export function isWaiting(): bool {
  return readings.sent != readings.given;
}

/** The packet identifier of the next one to send: 1 to 65,535 (MQTT 3.1.1 section 2.3.1). */
export function nextId(): u32 {
  return readings.sent % 0xffff + 1;
}

/** Its value. */
export function nextValue(): i32 {
  return load<i32>(at(readings.sent));
}

/** Whether it has been sent before, on a connection that broke. */
export function isAgain(): bool {
  return <i32>(readings.sent - readings.everSent) < 0;
}

/** It is sent. */
export function noteSent(): void {
  const again = isAgain();
  readings.sent++;
  if (!again) readings.everSent = readings.sent;
}

/** The broker has the reading `id`, and with it all before: acknowledgments come in order. */
export function acknowledge(id: u32): void {
  for (let end = readings.done + 1; <i32>(readings.sent - end) >= 0; end++) {
    if ((end - 1) % 0xffff + 1 == id) return settle(end);
  }
}

function settle(end: u32): void {
  readings.done = end;
  if (<i32>(readings.sent - end) < 0) readings.sent = end;
  if (<i32>(readings.everSent - end) < 0) readings.everSent = end;
}

function at(index: u32): usize {
  return values + <usize>(index % MOST << 2);
}
