/**
 * The serial line: SLIP in both directions, in chunks of what the line has or takes. A packet is
 * decoded straight into the frame slot, and encoded straight out of the other.
 */
import { Counter } from "../abi/counter";
import { Err } from "../abi/error";
import { ReceiveFlag } from "../abi/parameters";
import { advanceClock } from "../core/clock";
import { count, countMany } from "../core/counters";
import { setFramesWait } from "../core/descriptor";
import { SERIAL_CHUNK } from "../config";
import { firstFrame } from "../net/burst";
import { frameIn, frameInLen } from "../net/frame";
import {
  SLIP_LONGEST, SlipDecoder, SlipStep, clearSlip, decodeSlip, encodeSlip, encodeSlipEnd,
} from "../wire/slip";
import { isReady } from "./ready";
import { takeFrame, transmit } from "./stack";

@unmanaged
@final
class Sender {
  /** The packet being sent: octets of it that have been encoded, and all of them; 0: none. */
  done: u32;
  len: u32;
}

const chunk: usize = memory.data(SERIAL_CHUNK, 8);
const decoder: SlipDecoder = changetype<SlipDecoder>(memory.data(offsetof<SlipDecoder>(), 4));
const sender: Sender = changetype<Sender>(memory.data(offsetof<Sender>(), 4));

export function serialPtr(): usize {
  return chunk;
}

export function serialSize(): u32 {
  return SERIAL_CHUNK;
}

/** Forgets half a packet in either direction. */
export function clearSerial(): void {
  clearSlip(decoder);
  sender.len = 0;
}

/** Takes `length` octets at `serialPtr()`; every packet that ends among them is received. */
export function serialReceive(length: u32, now: u32): i32 {
  if (!isReady()) return Err.NotReady;
  if (length > SERIAL_CHUNK) return Err.Invalid;
  advanceClock(now);
  for (let index: u32 = 0; index < length; index++) {
    const step = decodeSlip(decoder, load<u8>(chunk + index), frameIn(), frameInLen());
    if (step == SlipStep.More) continue;
    count(Counter.FramesIn);
    countMany(Counter.OctetsIn, decoder.len);
    if (step == SlipStep.Packet) takeFrame(frameIn(), decoder.len, ReceiveFlag.None);
    else count(Counter.DropSlip);
    clearSlip(decoder);
  }
  return 0;
}

/** Leaves the next octets for the line at `serialPtr()`. Returns how many; 0: none. */
export function serialTransmit(now: u32): u32 {
  let at: u32 = 0;
  if (sender.len == 0) {
    sender.len = transmit(now);
    sender.done = 0;
    if (sender.len == 0) return 0;
    // RFC 1055: an END in front flushes noise that the line has picked up.
    at += encodeSlipEnd(chunk);
  }
  const from = firstFrame();
  while (sender.done < sender.len) {
    const octet = <u32>load<u8>(from + sender.done);
    if (at + SLIP_LONGEST > SERIAL_CHUNK) return moreThan(at);
    at += encodeSlip(chunk + at, octet);
    sender.done++;
  }
  if (at == SERIAL_CHUNK) return moreThan(at);
  sender.len = 0;
  return at + encodeSlipEnd(chunk + at);
}

/** `length` octets of a packet are for the line, and others wait. */
function moreThan(length: u32): u32 {
  setFramesWait(1);
  return length;
}
