/** Settings of a connection or listener: see `Option` for units, ranges and defaults. */
import { Congestion, Option } from "../abi/option";
import { State } from "../abi/state";
import { HAS_PACING, IS_SMALL } from "../config";
import { beginAlgorithm } from "./congestion";
import { isLive } from "./connections";
import { Endpoint, PACED, Switch } from "./entry";
import { largestMss } from "./mss";
import { beginPacing } from "./pacing";
import { outdatePlan } from "./plan";
import { updateRto } from "./rto";
import { settle } from "./settle";
import { isSynchronized } from "./state";
import { Tcb, TcbFlag, clearFlag, setFlag } from "./tcb";
import { Timer, clearTimer, setTimer } from "./timers";
import { tellsTimeout } from "./user_timeout";

/** How a setting is kept: a bit of an octet (the bit is the kind), an octet, or two. */
const OCTET: u16 = 0x100;
const PAIR: u16 = 0x200;
/** An octet that shares its place with a bit of another setting. */
const BESIDE: u16 = 0x400;

const NO_DELAY: u16 = <u16>Switch.NoDelay;
const KEEP_ALIVE: u16 = <u16>Switch.KeepAlive;
const TIMESTAMPS: u16 = <u16>Switch.Timestamps;
const SACK: u16 = <u16>Switch.Sack;
const TIMEOUT_OPTION: u16 = <u16>Switch.UserTimeoutOption;
const TIMEOUT_CHANGEABLE: u16 = <u16>Switch.UserTimeoutChangeable;
const SOFT_ERRORS: u16 = <u16>Switch.SoftErrors;
const NEW_RENO: u16 = <u16>Switch.NewReno;
/** In the smallest build there is no other. */
const LEAST_CONGESTION: u16 = <u16>(IS_SMALL ? Congestion.NewReno : Congestion.Cubic);

// Where, how, least and most, in the order of `Option`.
const table: usize = memory.data<u16>([
  <u16>offsetof<Endpoint>("switches"), NO_DELAY, 0, 1,
  <u16>offsetof<Endpoint>("switches"), KEEP_ALIVE, 0, 1,
  <u16>offsetof<Endpoint>("keepAliveIdleS"), PAIR, 1, 0xffff,
  <u16>offsetof<Endpoint>("keepAliveIntervalS"), PAIR, 1, 0xffff,
  <u16>offsetof<Endpoint>("keepAliveCount"), OCTET, 1, 0xff,
  <u16>offsetof<Endpoint>("userTimeoutS"), PAIR, 1, 0xffff,
  <u16>offsetof<Endpoint>("timeToLive"), OCTET, 1, 0xff,
  <u16>offsetof<Endpoint>("service"), OCTET, 0, 0xff,
  <u16>offsetof<Endpoint>("minRtoMs"), PAIR, 10, 60000,
  <u16>offsetof<Endpoint>("ackDelayMs"), PAIR, 0, 499,
  <u16>offsetof<Endpoint>("maxSegment"), PAIR, 88, 0xffff,
  <u16>offsetof<Endpoint>("switches"), TIMESTAMPS, 0, 1,
  <u16>offsetof<Endpoint>("switches"), SACK, 0, 1,
  <u16>offsetof<Endpoint>("switches"), TIMEOUT_OPTION, 0, 1,
  <u16>offsetof<Endpoint>("switches"), TIMEOUT_CHANGEABLE, 0, 1,
  <u16>offsetof<Endpoint>("switches"), SOFT_ERRORS, 0, 1,
  <u16>offsetof<Endpoint>("ecn"), HAS_PACING ? BESIDE : OCTET, 0, 2,
  <u16>offsetof<Endpoint>("switches"), NEW_RENO, LEAST_CONGESTION, 1,
]);

/** The same of the one that boards do not have. */
const pacing: usize = HAS_PACING
  ? memory.data<u16>([<u16>offsetof<Endpoint>("ecn"), <u16>PACED, 0, 1]) : 0;

/** How many settings there are: all `Option`s, or those before the one that boards do not have. */
export const SETTINGS: u32 = HAS_PACING ? Option.Count : Option.Pacing;

/** Writes a setting. False: the value is out of range. */
export function writeSetting(endpoint: Endpoint, option: u32, value: u32): bool {
  const row = HAS_PACING ? rowOf(option) : table + (<usize>option << 3);
  if (value < <u32>load<u16>(row, 4) || value > <u32>load<u16>(row, 6)) return false;
  if (option == Option.MaxSegment && value > largestMss()) return false;
  const at = changetype<usize>(endpoint) + load<u16>(row);
  const kind = load<u16>(row, 2);
  if (kind == PAIR) store<u16>(at, value);
  else if (kind == OCTET) store<u8>(at, value);
  else if (HAS_PACING && kind == BESIDE) store<u8>(at, (load<u8>(at) & PACED) | value);
  else if (value) store<u8>(at, load<u8>(at) | <u8>kind);
  else store<u8>(at, load<u8>(at) & ~(<u8>kind));
  if (option == Option.UserTimeout) endpoint.switches &= ~(<u8>Switch.UserTimeoutChangeable);
  return true;
}

/** Reads a setting. */
export function readSetting(endpoint: Endpoint, option: u32): u32 {
  const row = HAS_PACING ? rowOf(option) : table + (<usize>option << 3);
  const at = changetype<usize>(endpoint) + load<u16>(row);
  const kind = load<u16>(row, 2);
  if (kind == PAIR) return load<u16>(at);
  if (HAS_PACING && kind == BESIDE) return load<u8>(at) & ~PACED;
  return kind == OCTET ? load<u8>(at) : u32((load<u8>(at) & kind) != 0);
}

/** Lets a setting take effect on a connection that is under way. */
export function applySetting(tcb: Tcb, option: u32): void {
  if (!isLive(tcb)) return;
  outdatePlan();
  if (option == Option.MinRto) updateRto(tcb);
  // A new value is told with the next segment; in the SYN it is anyway.
  if (option == Option.UserTimeout || option == Option.UserTimeoutOption) noteTelling(tcb);
  // It is announced in the SYN, which may not have left yet.
  if (option == Option.MaxSegment && tcb.state == State.SynSent) tcb.rcvMss = tcb.maxSegment;
  if (option == Option.Congestion) beginAlgorithm(tcb);
  // What Nagle's algorithm has held back may leave now.
  if (option == Option.NoDelay) settle(tcb);
  if (HAS_PACING && option == Option.Pacing) {
    beginPacing(tcb);
    settle(tcb);
  }
  if (option == Option.KeepAlive || option == Option.KeepAliveIdle) restartKeepAlive(tcb);
}

function rowOf(option: u32): usize {
  return option == Option.Pacing ? pacing : table + (<usize>option << 3);
}

function noteTelling(tcb: Tcb): void {
  if (tellsTimeout(tcb)) setFlag(tcb, TcbFlag.TellTimeout);
  else clearFlag(tcb, TcbFlag.TellTimeout);
}

function restartKeepAlive(tcb: Tcb): void {
  if (!isSynchronized(tcb.state)) return;
  tcb.keepAliveProbes = 0;
  if (tcb.switches & Switch.KeepAlive) {
    setTimer(tcb, Timer.KeepAlive, <u32>tcb.keepAliveIdleS * 1000);
  } else {
    clearTimer(tcb, Timer.KeepAlive);
  }
}
