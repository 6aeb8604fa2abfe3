/** The peer on Ethernet: ARP and frames by hand, and what the stack sends as hexadecimal. */
import { LinkKind } from "../../../assembly/abi/parameters";
import { frameInPtr, frameOutPtr, receive, transmit } from "../../../assembly/api/stack";
import { hex, put } from "./octets";
import { beginOn, jump, now } from "./peer";

export const OUR_MAC = "02 00 00 00 00 01";
export const PEER_MAC = "02 00 00 00 00 02";
export const THIRD_MAC = "02 00 00 00 00 03";
export const ALL = "ff ff ff ff ff ff";
export const NONE = "00 00 00 00 00 00";
export const OUR_IP = "0a 00 00 01";
export const PEER_IP = "0a 00 00 02";
export const THIRD_IP = "0a 00 00 03";
export const REQUEST = "00 01";
export const REPLY = "00 02";

/** A fresh stack on Ethernet. */
export function beginEthernet(flags: u32 = 0): void {
  beginOn(LinkKind.Ethernet, flags);
}

/** Hands over a frame written as hexadecimal text. */
export function sendFrame(text: string): void {
  const len = put(frameInPtr(), text);
  receive(0, len, 0, now);
}

/** An ARP frame as text, as it should look on the wire. */
export function arp(
  to: string, from: string, operation: string, senderMac: string, sender: string,
  targetMac: string, target: string,
): string {
  return to + " " + from + " 08 06 00 01 08 00 06 04 " + operation + " " + senderMac + " " +
    sender + " " + targetMac + " " + target;
}

/** The peer answers a request of ours. */
export function answerArp(mac: string = PEER_MAC, ip: string = PEER_IP): void {
  sendFrame(arp(OUR_MAC, mac, REPLY, mac, ip, OUR_MAC, OUR_IP));
}

/** The stack's next frame as text; "" when it has none. */
export function takeHex(): string {
  const len = transmit(now);
  return len == 0 ? "" : hex(frameOutPtr(), len);
}

/** Lets time pass in steps of 10 ms. Returns the frames that left as text, one a line. */
export function wait(ms: u32): string[] {
  const frames: string[] = [];
  for (let step: u32 = 0; step < ms; step += 10) {
    jump(10);
    for (let frame = takeHex(); frame.length > 0; frame = takeHex()) frames.push(frame);
  }
  return frames;
}
