/**
 * A whole stack under test, and at the other end of its link a peer made by hand: its segments are
 * written, and the stack's are read, octet by octet, by code that shares nothing with the core's.
 * Sequence numbers are the peer's own business here; the text of the peer is a pattern that follows
 * from its sequence numbers, so that an octet in a wrong place is seen.
 *
 * The specs are compiled as for a board, with a large arena: what lies behind `__heap_base` is the
 * heap of the specs themselves.
 */
import { Counter } from "../../../assembly/abi/counter";
import { LinkKind, Parameter } from "../../../assembly/abi/parameters";
import { nextEvent } from "../../../assembly/api/events";
import { connectionOf } from "../../../assembly/api/handles";
import { configure, countersPtr, descriptorPtr, init } from "../../../assembly/api/setup";
import {
  accept, commit, connect, consume, listen, receiveLen, receivePtr, sendPtr, sendSpace,
} from "../../../assembly/api/sockets";
import {
  frameInPtr, frameOutPtr, nextDeadline, receive, transmit,
} from "../../../assembly/api/stack";
import { describe as describeEntry } from "../../../assembly/api/status";
import { Tcb } from "../../../assembly/tcp/tcb";
import { get16, get32, plainSum, put16, put32, putIp, textOctet } from "./packets";
import {
  OUR_ADDRESS, PEER_ADDRESS, RING, putAddress, putBudget, putInterface, setEntropy, setSlotMtu,
  setWord,
} from "./setup";

export { plainSum, putIp, textOctet };
export {
  OUR_ADDRESS, PEER_ADDRESS, RING, putAddress, putBudget, putInterface, setEntropy, setSlotMtu,
  setWord,
};

export const FIN: u32 = 1;
export const SYN: u32 = 2;
export const RST: u32 = 4;
export const PSH: u32 = 8;
export const ACK: u32 = 16;

export const OUR_PORT: u32 = 80;
export const PEER_PORT: u32 = 40000;
/** The peer's initial sequence number: near the wrap, so that every spec crosses it. */
export const PEER_ISS: u32 = 0xffffff00;

/** A frame that the stack has sent, decoded. */
export class Sent {
  /** Octets of the IP packet; 0: nothing was sent. */
  len: u32 = 0;
  protocol: u32 = 0;
  ttl: u32 = 0;
  service: u32 = 0;
  destination: u32 = 0;
  sourcePort: u32 = 0;
  destinationPort: u32 = 0;
  seq: u32 = 0;
  ack: u32 = 0;
  flags: u32 = 0;
  wnd: u32 = 0;
  headerLen: u32 = 0;
  textLen: u32 = 0;
  textAt: usize = 0;
  at: usize = 0;
}

/** What `take` has taken last. */
export let sent: Sent = new Sent();
/** Where the stack is in time, in microseconds. */
export let now: u32 = 0;
/** Our ISN, once a handshake has shown it. */
export let iss: u32 = 0;
/** The peer's next sequence number, and ports, for `say`. */
export let peerNext: u32 = 0;
export let peerPort: u32 = PEER_PORT;
export let ourPort: u32 = OUR_PORT;

/** Segments come from this port of the peer's from now on. */
export function setPeerPort(port: u32): void {
  peerPort = port;
}

/** Where the peer goes on: `say` begins here. */
export function setPeerNext(seq: u32): void {
  peerNext = seq;
}

/** A fresh stack on a bare IP link. */
export function begin(): void {
  beginOn(LinkKind.Ip, 0);
}

/** A fresh stack on a link of the kind. */
export function beginOn(kind: LinkKind, flags: u32): void {
  now = 1_000_000;
  peerPort = PEER_PORT;
  ourPort = OUR_PORT;
  peerNext = PEER_ISS;
  putBudget();
  assert(init(now) == 0, "init refused the budget of the specs");
  putInterface(kind, flags);
  assert(configure(0) == 0, "configure refused the interface of the specs");
}

/** Used entries of a `Table`. */
export function used(table: u32): u32 {
  let count: u32 = 0;
  let answer = describeEntry(table, 0);
  for (let index: u32 = 1; answer >= 0; index++) {
    count += answer;
    answer = describeEntry(table, index);
  }
  return count;
}

/** What a counter counts by now. */
export function counted(counter: Counter): u32 {
  return load<u32>(countersPtr() + (<usize>counter << 2));
}

/** Hands over the IP packet of `len` octets that lies in the slot for frames. */
export function deliver(len: u32): void {
  receive(0, len, 0, now);
}

/** The peer sends a segment, with the first `optionLen` octets of `options` in its header. */
export function sendSegment(
  flags: u32, seq: u32, ack: u32, textLen: u32, wnd: u32, optionLen: u32 = 0,
): void {
  deliver(putSegment(frameInPtr(), flags, seq, ack, textLen, wnd, optionLen));
}

/** Writes such a segment, in an IP packet at `ip`. Returns the packet's length. */
export function putSegment(
  ip: usize, flags: u32, seq: u32, ack: u32, textLen: u32, wnd: u32, optionLen: u32,
): u32 {
  const at = ip + 20;
  const headerLen = optionLen + 20;
  put16(at, peerPort);
  put16(at + 2, ourPort);
  put32(at + 4, seq);
  put32(at + 8, ack);
  put16(at + 12, (headerLen << 10) | flags);
  put16(at + 14, wnd);
  put32(at + 16, 0);
  for (let index: u32 = 0; index < optionLen; index++) {
    store<u8>(at + 20 + index, load<u8>(options + index));
  }
  const first = seq + u32((flags & SYN) != 0);
  for (let index: u32 = 0; index < textLen; index++) {
    store<u8>(at + headerLen + index, textOctet(first + index));
  }
  const len = headerLen + textLen;
  put16(at + 16, tcpSum(PEER_ADDRESS, OUR_ADDRESS, at, len) ^ 0xffff);
  putIp(ip, 6, PEER_ADDRESS, OUR_ADDRESS, len);
  return 20 + len;
}

/** Where a spec leaves the options of the next segments it sends. */
export const options: usize = memory.data(40, 8);

function tcpSum(source: u32, destination: u32, at: usize, len: u32): u32 {
  let sum = (source >> 16) + (source & 0xffff) + (destination >> 16) + (destination & 0xffff);
  sum += 6 + len;
  sum = (sum & 0xffff) + (sum >> 16);
  return plainSum(sum, at, len);
}

/** The peer sends what comes next: `textLen` octets from `peerNext` on, acknowledging `ack`. */
export function say(flags: u32, ack: u32, textLen: u32 = 0, wnd: u32 = 0xffff): void {
  sendSegment(flags, peerNext, ack, textLen, wnd);
  peerNext += textLen + u32((flags & SYN) != 0) + u32((flags & FIN) != 0);
}

/** Takes the stack's next frame into `sent`. False: it has none. */
export function take(): bool {
  const len = transmit(now);
  sent = new Sent();
  if (len == 0) return false;
  decode(frameOutPtr(), len);
  return true;
}

/** Takes frames to the end. Returns how many; the last one stays in `sent`. */
export function takeAll(): u32 {
  let count: u32 = 0;
  let last = sent;
  while (take()) {
    last = sent;
    count++;
    assert(count < 10000, "the stack talks without end");
  }
  sent = last;
  return count;
}

/** Reads the IP packet of `len` octets at `at` into `sent`. */
export function decode(at: usize, len: u32): void {
  sent = new Sent();
  sent.at = at;
  sent.len = len;
  assert(get16(at + 2) == len, "the IP header has another length");
  assert(plainSum(0, at, 20) == 0xffff, "the IP header has a wrong checksum");
  assert(get32(at + 12) == OUR_ADDRESS, "the source is not our address");
  sent.service = load<u8>(at, 1);
  sent.ttl = load<u8>(at, 8);
  sent.protocol = load<u8>(at, 9);
  sent.destination = get32(at + 16);
  if (sent.protocol != 6) return;
  const tcp = at + 20;
  assert(
    tcpSum(OUR_ADDRESS, sent.destination, tcp, len - 20) == 0xffff,
    "the segment has a wrong checksum",
  );
  sent.sourcePort = get16(tcp);
  sent.destinationPort = get16(tcp + 2);
  sent.seq = get32(tcp + 4);
  sent.ack = get32(tcp + 8);
  sent.headerLen = <u32>(load<u8>(tcp, 12) >> 4) * 4;
  sent.flags = load<u8>(tcp, 13);
  sent.wnd = get16(tcp + 14);
  sent.textAt = tcp + sent.headerLen;
  sent.textLen = len - 20 - sent.headerLen;
}

/** Lets time pass, timers fire, and frames leave as their time comes: how many left. */
export function pass(ms: u32): u32 {
  const end = now + ms * 1000;
  let count = takeAll();
  for (let turn = 0; now != end; turn++) {
    assert(turn < 100000, "the stack never rests");
    const due = nextDeadline(now);
    now += min<u32>(due, end - now);
    count += takeAll();
    if (due == 0) while (nextEvent() != 0) {}
  }
  return count;
}

/** Moves the clock without asking the stack: what has fallen due stays so until it is asked. */
export function jump(ms: u32): void {
  now += ms * 1000;
}

/** Takes the next event of `handle`, as bits; those of other handles are passed over. */
export function eventsOf(handle: i32): u32 {
  let bits: u32 = 0;
  for (let next = nextEvent(); next != 0; next = nextEvent()) {
    if (next == handle) bits |= load<u32>(descriptorPtr(), 12);
  }
  return bits;
}

/** A listener on `OUR_PORT`. */
export function listening(backlog: u32 = 8): i32 {
  putAddress(Parameter.Address, 0);
  const handle = listen(OUR_PORT, backlog);
  assert(handle > 0, "listen was refused");
  return handle;
}

/** The peer's MSS of 1460, in `options`. Returns its length. */
function mssOption(): u32 {
  put32(options, 0x020405b4);
  return 4;
}

/** The peer opens a connection: SYN, SYN+ACK, ACK. Our ISN is in `iss`. */
export function shakeHands(): void {
  peerNext = PEER_ISS + 1;
  sendSegment(SYN, PEER_ISS, 0, 0, 0xffff, mssOption());
  assert(take() && sent.flags == (SYN | ACK), "no SYN+ACK came");
  iss = sent.seq;
  say(ACK, iss + 1);
}

/** The peer has the octets `from` to `to` of our text, and says so while it waits for `waits`. */
export function saySack(from: u32, to: u32, waits: u32 = 0): void {
  put32(options, 0x0101050a);
  put32(options + 4, iss + 1 + from);
  put32(options + 8, iss + 1 + to);
  sendSegment(ACK, peerNext, iss + 1 + waits, 0, 0xffff, 12);
}

/** A connection in ESTABLISHED by passive open, accepted. */
export function established(): i32 {
  begin();
  const listener = listening();
  shakeHands();
  const handle = accept(listener);
  assert(handle > 0, "nothing to accept");
  eventsOf(handle);
  return handle;
}

/** A connection in SYN-SENT from port 5000; its SYN waits to leave. */
export function connecting(): i32 {
  begin();
  putAddress(Parameter.Address, PEER_ADDRESS);
  putAddress(Parameter.LocalAddress, 0);
  const handle = connect(PEER_PORT, 5000);
  assert(handle > 0, "connect was refused");
  iss = tcbOf(handle).sndUna;
  ourPort = 5000;
  return handle;
}

/** The same; its SYN has been taken. */
export function synSent(): i32 {
  const handle = connecting();
  assert(take() && sent.flags == SYN, "no SYN came");
  return handle;
}

/** A connection in ESTABLISHED by active open. */
export function connected(): i32 {
  return connectedBy(mssOption(), 0);
}

/** The same; the peer tells what it has, takes 536 octets a segment, and is 100 ms away. */
export function sacking(): i32 {
  put32(options, 0x01010402);
  return connectedBy(4, 100);
}

function connectedBy(optionLen: u32, roundTripMs: u32): i32 {
  const handle = synSent();
  jump(roundTripMs);
  peerNext = PEER_ISS + 1;
  sendSegment(SYN | ACK, PEER_ISS, iss + 1, 0, 0xffff, optionLen);
  takeAll();
  eventsOf(handle);
  return handle;
}

/** Another one, to the peer's next port. */
export function secondConnected(): i32 {
  putAddress(Parameter.Address, PEER_ADDRESS);
  putAddress(Parameter.LocalAddress, 0);
  const handle = connect(PEER_PORT + 1, 5000);
  assert(handle > 0 && take() && sent.flags == SYN, "connect was refused");
  setPeerPort(PEER_PORT + 1);
  sendSegment(SYN | ACK, PEER_ISS, sent.seq + 1, 0, 0xffff);
  setPeerPort(PEER_PORT);
  takeAll();
  return handle;
}

/** The control block of a handle. */
export function tcbOf(handle: i32): Tcb {
  const tcb = connectionOf(handle);
  assert(tcb != null, "the handle is of nothing");
  return tcb!;
}

/** The application writes `len` octets, the pattern from `iss + 1` on. Returns what was taken. */
export function write(handle: i32, len: u32, flags: u32 = 0): u32 {
  let done: u32 = 0;
  while (done < len) {
    const space = sendSpace(handle);
    if (space <= 0) break;
    const piece = min<u32>(space, len - done);
    const at = sendPtr(handle);
    const first = tcbOf(handle).sndEnd;
    for (let index: u32 = 0; index < piece; index++) {
      store<u8>(at + index, textOctet(first + index));
    }
    if (commit(handle, piece, flags) < 0) break;
    done += piece;
  }
  return done;
}

/** The application reads up to `len` octets; each must be what the peer's pattern has there. */
export function read(handle: i32, len: u32 = 0xffffffff): u32 {
  let done: u32 = 0;
  while (done < len) {
    const there = receiveLen(handle);
    if (there <= 0) break;
    const piece = min<u32>(there, len - done);
    const at = receivePtr(handle);
    const first = tcbOf(handle).rcvRead;
    for (let index: u32 = 0; index < piece; index++) {
      const isRight = load<u8>(at + index) == textOctet(first + index);
      assert(isRight, "a received octet is not the peer's");
    }
    consume(handle, piece);
    done += piece;
  }
  return done;
}

/** Whether the text of the last frame is the pattern that its sequence number asks for. */
export function isTextRight(): bool {
  for (let index: u32 = 0; index < sent.textLen; index++) {
    if (load<u8>(sent.textAt + index) != textOctet(sent.seq + index)) return false;
  }
  return true;
}
