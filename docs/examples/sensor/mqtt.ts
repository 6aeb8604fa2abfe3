/** The few packets of MQTT 3.1.1 that a sensor needs: made in a buffer, written in one. */
import { putNumber, putText, read, writable, write } from "motetcp/assembly";

/** Seconds without a packet of ours after which the broker gives us up (section 3.1.2.10). */
export const KEEP_ALIVE_S: u32 = 60;

/** First octets of packets from the broker. */
export const enum Packet {
  /** None has come in whole. */
  None = 0,
  ConnectAck = 0x20,
  PublishAck = 0x40,
  PingResponse = 0xd0,
  /** It is none that a broker may send to us. */
  Wrong = 0xff,
}

const out: usize = memory.data(64);

/** What the broker may send is a type, a length of 0 or 2, and so many octets. */
@unmanaged
@final
class Incoming {
  kind: u8;
  length: u8;
  first: u8;
  second: u8;
  have: u32;
}

const incoming: Incoming = changetype<Incoming>(memory.data(offsetof<Incoming>(), 4));

/** CONNECT as `name`; the session outlives connections. False: no room. */
export function writeConnect(handle: i32, name: string): bool {
  let at = putLong(out + 2, 4);
  at = putText(at, "MQTT");
  // Level 4, which is version 3.1.1; no flag, so no clean session.
  store<u8>(at, 4);
  store<u8>(at, 0, 1);
  at = putLong(at + 2, KEEP_ALIVE_S);
  return finish(handle, 0x10, putString(at, name));
}

/** PUBLISH of a number, to be acknowledged (QoS 1). False: no room. */
export function writePublish(
  handle: i32, topic: string, id: u32, value: i32, isAgain: bool,
): bool {
  const at = putLong(putString(out + 2, topic), id);
  return finish(handle, isAgain ? 0x3a : 0x32, putNumber(at, value));
}

/** PINGREQ. */
export function writePing(handle: i32): bool {
  return finish(handle, 0xc0, out + 2);
}

/** Forgets what has come in part: another connection begins. */
export function clearIncoming(): void {
  incoming.have = 0;
}

/** Reads the next packet, when it has come in whole; `incomingCode`, `incomingId` tell of it. */
export function readPacket(handle: i32): Packet {
  if (!readUpTo(handle, 2)) return Packet.None;
  const kind = incoming.kind;
  const isPing = kind == Packet.PingResponse;
  if (!isPing && kind != Packet.ConnectAck && kind != Packet.PublishAck) return Packet.Wrong;
  if (incoming.length != (isPing ? 0 : 2)) return Packet.Wrong;
  if (!readUpTo(handle, 2 + incoming.length)) return Packet.None;
  incoming.have = 0;
  return <Packet>kind;
}

/** Of a CONNACK: 0 for yes (section 3.2.2.3). */
export function incomingCode(): u32 {
  return incoming.second;
}

/** Of a PUBACK: which PUBLISH. */
export function incomingId(): u32 {
  return (<u32>incoming.first << 8) | incoming.second;
}

function readUpTo(handle: i32, length: u32): bool {
  if (incoming.have >= length) return true;
  const part = read(handle, changetype<usize>(incoming) + incoming.have, length - incoming.have);
  if (part > 0) incoming.have += part;
  return incoming.have >= length;
}

/** Puts type and length before what ends at `end`, which is short, and writes it all or nothing. */
function finish(handle: i32, kind: u32, end: usize): bool {
  store<u8>(out, <u8>kind);
  store<u8>(out, <u8>(end - out - 2), 1);
  const length = <i32>(end - out);
  return writable(handle) >= length && write(handle, out, length) == length;
}

function putString(at: usize, text: string): usize {
  return putText(putLong(at, text.length), text);
}

/** Two octets, the high one first. */
function putLong(at: usize, value: u32): usize {
  store<u16>(at, bswap<u16>(<u16>value));
  return at + 2;
}
