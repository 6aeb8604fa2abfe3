/**
 * A watch on what the descriptor tells (docs/embedding.md): whoever believes it and makes no call
 * in vain must miss nothing. It only makes calls that leave no trace.
 */
import { Counter } from "../../assembly/abi/counter.js";
import { Descriptor, Waiting } from "../../assembly/abi/parameters.js";
import type { Stack } from "../../host/stack.js";

/** The bit of a handle that says "listener". */
const LISTENER = 1 << 30;

/** From now on every call is looked at; `fail` is told of the first hint that is wrong. */
export function watchHints({ core }: Stack, fail: (message: string) => void): void {
  const { exports } = core;
  const {
    transmit, serialTransmit, nextEvent, nextDeadline, sendSpace, sendPtr, commit, receiveLen,
    receivePtr, consume, countersPtr,
  } = exports;
  const word = (index: Descriptor): number => core.descriptor[index]!;
  const waits = (what: Waiting): boolean => (word(Descriptor.Waiting) & what) !== 0;
  const fired = (): number => core.words[(countersPtr() >>> 2) + Counter.TimersFired]!;
  const checkAt = (call: string, at: number): void => {
    if (word(Descriptor.At) !== at >>> 0) fail(`${call} tells a place where nothing is`);
  };

  const told = (take: (now: number) => number) => (now: number): number => {
    const isTold = waits(Waiting.Frames);
    const before = fired();
    const length = take(now);
    if (length > 0 && !isTold && fired() === before) fail("a frame that nobody was told of");
    if (length === 0 && waits(Waiting.Frames) && nextDeadline(now) !== 0) {
      fail("a frame is told of that nobody has");
    }
    return length;
  };
  const checkEvent = (handle: number): void => {
    if (handle === 0 || (handle & LISTENER) !== 0) return;
    const received = word(Descriptor.Received);
    if (received > 0) checkAt("nextEvent", receivePtr(handle));
    if (receiveLen(handle) !== received) fail(`nextEvent tells of ${received} octets to read`);
  };
  exports.transmit = told(transmit);
  exports.serialTransmit = told(serialTransmit);
  exports.nextEvent = () => {
    const isTold = waits(Waiting.Events);
    const handle = nextEvent();
    if (handle !== 0 && !isTold) fail("news that nobody was told of");
    if (handle === 0 && waits(Waiting.Events)) fail("news are told of that nobody has");
    checkEvent(handle);
    return handle;
  };
  // Where all have done: a host that believes the hint does not even ask.
  exports.nextDeadline = (now) => {
    if (!waits(Waiting.Events) && nextEvent() !== 0) fail("news that nobody was told of");
    return nextDeadline(now);
  };
  exports.sendSpace = (handle) => {
    const room = sendSpace(handle);
    if (room > 0) checkAt("sendSpace", sendPtr(handle));
    return room;
  };
  exports.commit = (handle, length, flags) => {
    const room = commit(handle, length, flags);
    if (room > 0) checkAt("commit", sendPtr(handle));
    // Asking for room that is not there would leave a trace.
    if (room > 0 && sendSpace(handle) !== room) fail(`commit says that ${room} fit`);
    return room;
  };
  exports.consume = (handle, length) => {
    const rest = consume(handle, length);
    if (rest > 0) checkAt("consume", receivePtr(handle));
    if (rest >= 0 && receiveLen(handle) !== rest) fail(`consume says that ${rest} are left`);
    return rest;
  };
}
