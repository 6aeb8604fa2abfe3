/** Bursts by hand: frames laid one behind the other, and taken apart. */
import { Descriptor, LinkKind, Waiting } from "../../../assembly/abi/parameters";
import { receiveBurst, transmitBurst } from "../../../assembly/api/bursts";
import { descriptorPtr } from "../../../assembly/api/setup";
import { accept } from "../../../assembly/api/sockets";
import { frameInPtr, frameOutPtr } from "../../../assembly/api/stack";
import { OUR_MAC, PEER_MAC, takeHex } from "./ethernet";
import { below } from "./numbers";
import { hex, put } from "./octets";
import {
  ACK, PEER_ISS, PSH, SYN, beginOn, decode, iss, listening, now, peerNext, putSegment, sacking,
  sent, setPeerNext, setSlotMtu, takeAll,
} from "./peer";

/** Octets that a burst may have beside the link's header, where specs want room for many frames. */
export const ROOMY: u32 = 16384;

/** Octets of a link's header. */
let linkLen: u32 = 0;
/** Where the next frame is laid, and where the last one ends. */
let next: usize = 0;
let end: usize = 0;

/** A fresh stack on a link of the kind, with room for packets of `slotMtu` octets in its slots. */
export function beginBursts(kind: LinkKind, slotMtu: u32 = ROOMY, flags: u32 = 0): void {
  setSlotMtu(slotMtu);
  beginOn(kind, flags);
  linkLen = kind == LinkKind.Ethernet ? 14 : 0;
  layFirst();
}

/** The next frame is the first of a burst; on a bare IP link, unless `beginBursts` said another. */
export function layFirst(): void {
  next = frameInPtr();
  end = next - 2;
}

/** Where it goes. */
export function layAt(): usize {
  return next;
}

/** `len` octets lie there. */
export function lay(len: u32): void {
  store<u16>(next - 2, <u16>len);
  end = next + len;
  next += (len + 2 + 15) / 16 * 16;
}

/** The frame written as hexadecimal text comes next. */
export function layFrame(text: string): void {
  lay(put(next, text));
}

/** A segment of the peer's comes next, as `sendSegment` takes it. */
export function laySegment(
  flags: u32, seq: u32, ack: u32, textLen: u32, wnd: u32 = 0xffff, optionLen: u32 = 0,
): void {
  if (linkLen != 0) put(next, OUR_MAC + PEER_MAC + "08 00");
  lay(linkLen + putSegment(next + linkLen, flags, seq, ack, textLen, wnd, optionLen));
}

/** The peer's next text. */
export function layText(flags: u32, ack: u32, textLen: u32): void {
  laySegment(flags, peerNext, ack, textLen);
  setPeerNext(peerNext + textLen);
}

/** Octets of what was laid. */
export function laidLen(): u32 {
  return <u32>(end - frameInPtr()) + 2;
}

/** Hands it in. */
export function handIn(flags: u32 = 0): i32 {
  const news = receiveBurst(laidLen(), flags, now);
  layFirst();
  return news;
}

/** The lengths of the frames that were taken last, and where they lie. */
export let tookLens: u32[] = [];
export let tookAt: usize[] = [];

/** Takes a burst. Returns how many frames it has. */
export function takeFrames(): u32 {
  return takeApart(transmitBurst(now));
}

/** The same of a burst of `len` octets that has been built. */
export function takeApart(len: i32): u32 {
  tookLens = [];
  tookAt = [];
  if (len <= 0) return 0;
  const from = frameOutPtr();
  let at = from;
  while (at < from + len - 2) {
    const frameLen = <u32>load<u16>(at - 2);
    assert(frameLen > 0 && at + frameLen <= from + len - 2, "a frame goes beyond its burst");
    tookLens.push(frameLen);
    tookAt.push(at);
    if (at + frameLen == from + len - 2) break;
    at += (frameLen + 2 + 15) / 16 * 16;
  }
  const last = tookLens.length - 1;
  assert(tookAt[last] + tookLens[last] == from + len - 2, "the burst is longer than its frames");
  return tookLens.length;
}

/** The same, as text. */
export function takeTexts(): string[] {
  const texts: string[] = [];
  const count = takeFrames();
  for (let index: u32 = 0; index < count; index++) texts.push(hex(tookAt[index], tookLens[index]));
  return texts;
}

/** All that `transmit` gives, frame by frame. */
export function singles(): string[] {
  const texts: string[] = [];
  for (let text = takeHex(); text.length > 0; text = takeHex()) texts.push(text);
  return texts;
}

const FULL: u32 = 536;

/** A connection on a bare IP link, in the usual case, that has acknowledged all that came. */
export function sackingBursts(slotMtu: u32 = ROOMY): i32 {
  beginBursts(LinkKind.Ip, slotMtu);
  const handle = sacking();
  takeAll();
  return handle;
}

/** So many full segments of the peer's in one burst. */
export function flood(count: u32): void {
  for (let index: u32 = 0; index < count; index++) layText(ACK, iss + 1, FULL);
  handIn();
}

/** Text in order and out of it, again, or a part of it; and ACKs of nothing new. */
export function layRandom(): void {
  const kind = below(8);
  const len = 1 + below(FULL);
  if (kind < 4) {
    layText(kind == 0 ? ACK | PSH : ACK, iss + 1, kind < 2 ? FULL : len);
  } else if (kind < 6) {
    laySegment(ACK, peerNext + below(600), iss + 1, len);
  } else if (kind == 6) {
    laySegment(ACK, peerNext - below(600), iss + 1, len);
  } else {
    laySegment(ACK, peerNext, iss + 1, 0, 0xff00 + below(255));
  }
}

/** Our ISN on Ethernet. */
export let ethernetIss: u32 = 0;

/** A connection on Ethernet, accepted, whose neighbour nobody has asked for. */
export function onEthernet(): i32 {
  beginBursts(LinkKind.Ethernet);
  const listener = listening();
  laySegment(SYN, PEER_ISS, 0, 0);
  handIn();
  assert(takeFrames() == 1, "no SYN+ACK came");
  decode(tookAt[0] + 14, tookLens[0] - 14);
  ethernetIss = sent.seq;
  setPeerNext(PEER_ISS + 1);
  laySegment(ACK, peerNext, ethernetIss + 1, 0);
  handIn();
  const accepted = accept(listener);
  assert(accepted > 0, "nothing to accept");
  return accepted;
}

/** Whether the descriptor says that frames wait. */
export function framesWait(): bool {
  return (load<u32>(descriptorPtr() + 4 * Descriptor.Waiting) & Waiting.Frames) != 0;
}
