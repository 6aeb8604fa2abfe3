/** Settings of a connection or listener: see `Option` for units, ranges and defaults. */
import { Option } from "../abi/option";
import { isLive } from "./connections";
import { Endpoint, Switch } from "./entry";
import { largestMss } from "./mss";
import { updateRto } from "./rto";
import { isSynchronized } from "./state";
import { Tcb } from "./tcb";
import { Timer, clearTimer, setTimer } from "./timers";

/** Writes a setting. False: the value is out of range. */
export function writeSetting(endpoint: Endpoint, option: u32, value: u32): bool {
  if (!isInRange(option, value)) return false;
  switch (option) {
    case Option.NoDelay:
      setSwitch(endpoint, Switch.NoDelay, value);
      break;
    case Option.KeepAlive:
      setSwitch(endpoint, Switch.KeepAlive, value);
      break;
    case Option.KeepAliveIdle:
      endpoint.keepAliveIdleS = <u16>value;
      break;
    case Option.KeepAliveInterval:
      endpoint.keepAliveIntervalS = <u16>value;
      break;
    case Option.KeepAliveCount:
      endpoint.keepAliveCount = <u8>value;
      break;
    case Option.UserTimeout:
      endpoint.userTimeoutS = <u16>value;
      break;
    case Option.TimeToLive:
      endpoint.timeToLive = <u8>value;
      break;
    case Option.DiffServ:
      endpoint.service = <u8>value;
      break;
    case Option.MinRto:
      endpoint.minRtoMs = <u16>value;
      break;
    case Option.AckDelay:
      endpoint.ackDelayMs = <u16>value;
      break;
    default:
      endpoint.maxSegment = <u16>value;
  }
  return true;
}

/** Reads a setting. */
export function readSetting(endpoint: Endpoint, option: u32): u32 {
  switch (option) {
    case Option.NoDelay:
      return u32((endpoint.switches & Switch.NoDelay) != 0);
    case Option.KeepAlive:
      return u32((endpoint.switches & Switch.KeepAlive) != 0);
    case Option.KeepAliveIdle:
      return endpoint.keepAliveIdleS;
    case Option.KeepAliveInterval:
      return endpoint.keepAliveIntervalS;
    case Option.KeepAliveCount:
      return endpoint.keepAliveCount;
    case Option.UserTimeout:
      return endpoint.userTimeoutS;
    case Option.TimeToLive:
      return endpoint.timeToLive;
    case Option.DiffServ:
      return endpoint.service;
    case Option.MinRto:
      return endpoint.minRtoMs;
    case Option.AckDelay:
      return endpoint.ackDelayMs;
    default:
      return endpoint.maxSegment;
  }
}

/** Lets a setting take effect on a connection that is under way. */
export function applySetting(tcb: Tcb, option: u32): void {
  if (!isLive(tcb)) return;
  if (option == Option.MinRto) updateRto(tcb);
  if (option != Option.KeepAlive && option != Option.KeepAliveIdle) return;
  if (!isSynchronized(tcb.state)) return;
  tcb.keepAliveProbes = 0;
  if (tcb.switches & Switch.KeepAlive) {
    setTimer(tcb, Timer.KeepAlive, <u32>tcb.keepAliveIdleS * 1000);
  } else {
    clearTimer(tcb, Timer.KeepAlive);
  }
}

function isInRange(option: u32, value: u32): bool {
  switch (option) {
    case Option.NoDelay:
    case Option.KeepAlive:
      return value <= 1;
    case Option.KeepAliveIdle:
    case Option.KeepAliveInterval:
    case Option.UserTimeout:
      return value - 1 < 0xffff;
    case Option.KeepAliveCount:
    case Option.TimeToLive:
      return value - 1 < 0xff;
    case Option.DiffServ:
      return value <= 0xff;
    case Option.MinRto:
      return value >= 10 && value <= 60000;
    case Option.AckDelay:
      return value < 500;
    default:
      return value >= 88 && value <= largestMss();
  }
}

function setSwitch(endpoint: Endpoint, bit: Switch, value: u32): void {
  if (value) endpoint.switches |= <u8>bit;
  else endpoint.switches &= ~(<u8>bit);
}
