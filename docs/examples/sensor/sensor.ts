/**
 * A sensor: it connects out to an MQTT broker and publishes what it is given to `reading`, each at
 * least once and in order. When the connection breaks, or nobody answers, it tries again, first
 * after a second, then after two, four ... up to a minute, and sends again what was not
 * acknowledged.
 *
 *                 retry due             TCP stands, CONNECT sent        CONNACK
 *   Offline ------------------> Opening ------------------> Greeting ------------> Online
 *      ^                           |                           |                     |
 *      +---------------------------+------- closed, refused, silent -----------------+
 */
export * from "motetcp/assembly/door";
import {
  Event, NEVER, Option, abort, connect, ip, millis, news, nextEvent, setOption, untilMs,
} from "motetcp/assembly";
import {
  KEEP_ALIVE_S, Packet, clearIncoming, incomingCode, incomingId, readPacket, writeConnect,
  writePing, writePublish,
} from "./mqtt";
import {
  acknowledge, add, isAgain, isWaiting, lostReadings, nextId, nextValue, noteSent, rewind,
} from "./readings";

const PORT: u32 = 1883;
const NAME: string = "mote";
const TOPIC: string = "mote/reading";

const LEAST_WAIT_MS: u32 = 1000;
const MOST_WAIT_MS: u32 = 64000;
/** We ask for a sign of life twice as often as we must. */
const PING_MS: u32 = 500 * KEEP_ALIVE_S;

const enum Phase {
  Offline = 0,
  Opening,
  Greeting,
  Online,
}

@unmanaged
@final
class Sensor {
  /** The connection; 0 in `Offline`. */
  handle: i32;
  phase: Phase;
  /** Offline: the time of the next try. Otherwise: of the next PINGREQ, or of giving up. */
  dueMs: u32;
  /** How long to wait after the next failure. */
  waitMs: u32;
  /** The broker has been asked for a sign of life since it last gave one. */
  isAsked: bool;
}

const sensor: Sensor = changetype<Sensor>(memory.data(offsetof<Sensor>(), 4));

/** Takes a reading, to be published in the next turn. */
export function reading(value: i32): void {
  add(value);
}

/** Readings that were dropped, because too many came while there was no broker. */
export function lost(): u32 {
  return lostReadings();
}

/** Whether the broker has said yes, and readings go to it. */
export function isOnline(): bool {
  return sensor.phase == Phase.Online;
}

/** The first try is in the first turn. */
export function start(now: u32): i32 {
  sensor.waitMs = LEAST_WAIT_MS;
  sensor.dueMs = millis(now);
  return 0;
}

/** A turn. */
export function step(now: u32): u32 {
  const nowMs = millis(now);
  for (let handle = nextEvent(); handle != 0; handle = nextEvent()) {
    if (handle == sensor.handle) heed(news(), nowMs);
  }
  if (untilMs(sensor.dueMs) == 0) onDue(nowMs);
  if (sensor.phase == Phase.Online) publish();
  return sensor.phase == Phase.Opening ? NEVER : untilMs(sensor.dueMs);
}

function heed(events: u32, nowMs: u32): void {
  if (events & Event.Connected) greet(nowMs);
  if (events & Event.Readable) listenTo(nowMs);
  if (events & (Event.PeerFinished | Event.Closed)) giveUp(nowMs);
}

function onDue(nowMs: u32): void {
  if (sensor.phase == Phase.Offline) return open(nowMs);
  // While TCP opens the stack keeps the time.
  if (sensor.phase == Phase.Opening) return;
  if (sensor.isAsked || sensor.phase == Phase.Greeting) return giveUp(nowMs);
  sensor.isAsked = true;
  sensor.dueMs = nowMs + PING_MS;
  writePing(sensor.handle);
}

function open(nowMs: u32): void {
  const handle = connect(ip(192, 168, 7, 1), PORT);
  if (handle < 0) return giveUp(nowMs);
  // A broker that went without a word is found out as soon as there is something to tell it.
  setOption(handle, Option.UserTimeout, KEEP_ALIVE_S);
  sensor.handle = handle;
  sensor.phase = Phase.Opening;
}

function greet(nowMs: u32): void {
  clearIncoming();
  sensor.phase = Phase.Greeting;
  sensor.dueMs = nowMs + PING_MS;
  writeConnect(sensor.handle, NAME);
}

function listenTo(nowMs: u32): void {
  for (let kind = readPacket(sensor.handle); kind != Packet.None; ) {
    const isWelcome = kind == Packet.ConnectAck && sensor.phase == Phase.Greeting;
    const isWrong = kind == Packet.Wrong || (sensor.phase == Phase.Greeting && !isWelcome);
    if (isWrong || (isWelcome && incomingCode() != 0)) return giveUp(nowMs);
    if (isWelcome) {
      sensor.phase = Phase.Online;
      sensor.waitMs = LEAST_WAIT_MS;
      rewind();
    } else if (kind == Packet.PublishAck) {
      acknowledge(incomingId());
    }
    sensor.isAsked = false;
    sensor.dueMs = nowMs + PING_MS;
    kind = readPacket(sensor.handle);
  }
}

/** As many as there is room for. What has none goes when an acknowledgment has come in. */
function publish(): void {
  while (isWaiting()) {
    if (!writePublish(sensor.handle, TOPIC, nextId(), nextValue(), isAgain())) return;
    noteSent();
  }
}

function giveUp(nowMs: u32): void {
  if (sensor.handle != 0) abort(sensor.handle);
  sensor.handle = 0;
  sensor.phase = Phase.Offline;
  sensor.isAsked = false;
  sensor.dueMs = nowMs + sensor.waitMs;
  sensor.waitMs = min(sensor.waitMs * 2, MOST_WAIT_MS);
}
