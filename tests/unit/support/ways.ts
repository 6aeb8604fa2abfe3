/**
 * The same segment of the peer's, given to a connection by the long way and by a short one: what
 * the specs of both ways compare.
 */
import { frameInPtr } from "../../../assembly/api/stack";
import { inputUsual } from "../../../assembly/tcp/input_usual";
import { Tcb } from "../../../assembly/tcp/tcb";
import { hex } from "./octets";
import { iss, peerNext, sendSegment } from "./peer";

/** Long enough for every segment of these specs. */
const FRAME: u32 = 1100;
/** The packet that `takeLong` was given. */
export const copy: usize = memory.data(FRAME, 8);

/** A segment of the peer's, as `sendSegment` takes it. */
export class Told {
  constructor(
    public flags: u32, public skip: i32, public acked: u32, public textLen: u32,
    public wnd: u32 = 0xffff, public optionLen: u32 = 0,
  ) {}
}

/** The control block, from the first field after its links on. */
export function blockOf(tcb: Tcb): string {
  return hex(changetype<usize>(tcb) + 48, offsetof<Tcb>() - 48);
}

/** The peer's segment goes the long way, which the build for boards has alone. */
export function takeLong(told: Told): void {
  const ack = iss + 1 + told.acked;
  sendSegment(told.flags, peerNext + told.skip, ack, told.textLen, told.wnd, told.optionLen);
  keepPacket();
}

/** The packet that has come last is the one to put again. */
export function keepPacket(): void {
  memory.copy(copy, frameInPtr(), FRAME);
}

/** The same packet lies where a short way may take it. */
export function putAgain(): void {
  memory.copy(frameInPtr(), copy, FRAME);
}

/** The same packet, in the same situation, goes the short way: whether `tcb` has taken it. */
export function takeShort(tcb: Tcb): bool {
  putAgain();
  const taker = inputUsual(frameInPtr());
  assert(taker == 0 || taker == changetype<usize>(tcb), "it names another connection");
  return taker != 0;
}

/** The short way leaves the packet, and all as it was. */
export function isLeft(tcb: Tcb): void {
  const before = blockOf(tcb);
  expect<bool>(takeShort(tcb)).toBe(false);
  expect<string>(blockOf(tcb)).toBe(before);
}
