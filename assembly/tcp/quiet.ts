/**
 * The quiet time (RFC 9293 section 3.4.3): who may have forgotten which sequence numbers were in
 * use before a restart assigns none for a while. Ours are keyed and follow a clock, so that it is
 * off unless the budget asks for it: where the key, too, may be the old one.
 */
import { upSeconds } from "../core/clock";
import { Tcb } from "./tcb";
import { Timer, setTimer } from "./timers";

@unmanaged
@final
class Quiet {
  /** Seconds after `init` in which no SYN of ours leaves. */
  seconds: u32;
}

const quiet: Quiet = changetype<Quiet>(memory.data(offsetof<Quiet>(), 4));

/** No SYN leaves in so many seconds after `init`. */
export function setQuietTime(seconds: u32): void {
  quiet.seconds = seconds;
}

/** Whether it is too early for a SYN of ours. */
export function isQuiet(): bool {
  return upSeconds() < quiet.seconds;
}

/** The connection's SYN waits until the quiet time is over. */
export function awaitQuiet(tcb: Tcb): void {
  // The timer of acknowledgments: it makes the connection ask what it has to say, and no more.
  if (isQuiet()) setTimer(tcb, Timer.Ack, (quiet.seconds - upSeconds()) * 1000);
}
