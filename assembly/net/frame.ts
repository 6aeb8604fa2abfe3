/**
 * The two frame slots. The outgoing IP packet always begins at the same place, with room in front
 * for the longest link header, so that whoever builds a packet need not know the link:
 *
 *   at        at + 2               at + 16
 *   | 2 free  | Ethernet header 14 | IP packet, up to the MTU ...
 *
 * The incoming slot has the same shape, so IP headers lie at multiples of 8 plus 0 in both.
 */
import { IPV4_HEADER_LEN } from "../wire/ipv4";
import { linkHeaderLen } from "./interface";

/** Octets of a slot in front of the IP packet. */
export const FRAME_ROOM: u32 = 16;

@unmanaged
@final
class Frames {
  in: usize;
  out: usize;
  packets: usize;
  mtu: u32;
  /** Of the outgoing frame: bits of `FrameFlag`. */
  flags: u32;
  /** Octets of text of each segment that it is to be cut into; 0: it stays whole. */
  segmentSize: u32;
}

const frames: Frames = changetype<Frames>(memory.data(offsetof<Frames>(), 4));

/** Takes two slots of `FRAME_ROOM` plus `mtu` octets, and the packet buffers, at multiples of 8. */
export function setFrames(inAt: usize, outAt: usize, packets: usize, mtu: u32): void {
  frames.in = inAt;
  frames.out = outAt;
  frames.packets = packets;
  frames.mtu = mtu;
}

/** Octets of the longest IP packet that a slot holds, whatever the link takes. */
export function frameMtu(): u32 {
  return frames.mtu;
}

/** What lies behind the slots: the packet buffers. */
export function packetsAt(): usize {
  return frames.packets;
}

/** Where an incoming frame begins on the link as configured. */
export function frameIn(): usize {
  return frames.in + FRAME_ROOM - linkHeaderLen();
}

/** Octets of the longest frame the slot takes. */
export function frameInLen(): u32 {
  return frames.mtu + linkHeaderLen();
}

/** Notes of the outgoing frame what the driver is to do with it. */
export function noteFrame(flags: u32, segmentSize: u32): void {
  frames.flags = flags;
  frames.segmentSize = segmentSize;
}

/** What it still lacks: bits of `FrameFlag`. */
export function frameFlags(): u32 {
  return frames.flags;
}

/** Octets of text of each segment that it is to be cut into; 0: it stays whole. */
export function frameSegmentSize(): u32 {
  return frames.segmentSize;
}

/** The slot of outgoing frames, or the place of the next one in it: see net/burst.ts. */
export function slotOut(): usize {
  return frames.out;
}

/** Moves it: the next frame is built as if a slot began at `at`. */
export function moveSlotOut(at: usize): void {
  frames.out = at;
}

/** Where an outgoing frame begins on the link as configured. */
export function frameOut(): usize {
  return packetOut() - linkHeaderLen();
}

/** Where an outgoing IP packet begins. */
export function packetOut(): usize {
  return frames.out + FRAME_ROOM;
}

/** Where what an outgoing IPv4 packet carries begins. */
export function textOut(): usize {
  return packetOut() + IPV4_HEADER_LEN;
}
