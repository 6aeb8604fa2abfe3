/**
 * The only door to the core: what a host may call, one line each. Everything else it needs are
 * the numbers in `abi/`. The calls never block, never trap on bad arguments, and never call back.
 *
 * How a host drives the stack (docs/embedding.md has the whole contract):
 *
 *   write the budget and entropy at parametersPtr(), init(now), configure(0);
 *   for each frame:     copy it to frameInPtr(), receive(0, length, flags, now);
 *   then, and whenever nextDeadline(now) microseconds have passed:
 *                       while ((length = transmit(now)) > 0) send length octets at frameOutPtr();
 *                       while ((handle = nextEvent()) != 0) look at descriptorPtr()[Events];
 *
 * `now` is a u32 of microseconds that wraps. A result below 0 is an `Err`. Where calls are dear,
 * the descriptor tells beforehand which of them would be in vain.
 */

// @ts-expect-error: tsc cannot re-export what only the compiler declares
export { __heap_base, __data_end };

// Set-up: api/setup.ts
export {
  parametersPtr, //  ()                 160 octets for what a call takes or gives beside numbers
  memoryNeeded, //   ()                 octets of arena that the budget takes; 0: see Err.Budget
  arenaPtr, //       ()                 where the arena begins
  arenaSize, //      ()                 octets from there that the stack may use
  init, //           (now)              budget and entropy at the parameters; 0 or an Err
  reseed, //         ()                 new entropy, mandatory after a restore or a fork
  configure, //      (interface)        link and addresses at the parameters; 0 or an Err
  countersPtr, //    ()                 the u32 words of `Counter`
  descriptorPtr, //  ()                 the u32 words of `Descriptor`: what calls tell besides
} from "./api/setup";

// Frames and time: api/stack.ts, api/serial.ts
export {
  frameInPtr, //     ()                 write a frame here ...
  frameInSize, //    ()                 ... of at most so many octets ...
  receive, //        (interface, length, flags, now)     ... and hand it over; see `ReceiveFlag`
  transmit, //       (now)              length of the next frame to send, or 0
  frameOutPtr, //    ()                 where `transmit` left it
  nextDeadline, //   (now)              microseconds until `transmit` must be called again
  sleep, //          (seconds)          time passed that `now` did not show (deep sleep)
} from "./api/stack";
export {
  serialPtr, //      ()                 a chunk of the serial line, in or out
  serialSize, //     ()                 its size in octets
  serialReceive, //  (length, now)      octets from the line, at serialPtr(), SLIP-encoded
  serialTransmit, // (now)              octets for the line, left at serialPtr(); 0 for none
} from "./api/serial";

// Events: api/events.ts
export {
  nextEvent, //      ()                 a handle with news, or 0; the bits are in the descriptor
} from "./api/events";

// Several calls as one: api/exchange.ts
export {
  exchange, //       (handle, taken, length, now)        consume, commit, transmit
  exchangeBurst, //  (handle, taken, length, now)        consume, commit, transmitBurst
} from "./api/exchange";
export {
  receiveBurst, //   (length, flags, now)                several frames, from frameInPtr() - 2 on
  transmitBurst, //  (now)              the same, from frameOutPtr() - 2 on: octets, 0, or an Err
} from "./api/bursts";

// Sockets: api/sockets.ts
export {
  listen, //         (port, backlog)    local address or any at the parameters; a handle or an Err
  accept, //         (listener)         a connection's handle, 0 for none, or an Err
  connect, //        (port, from)       addresses at the parameters; a port, 0: any, or a listener
  sendPtr, //        (handle)           where the next octets to send go, ...
  sendSpace, //      (handle)           ... how many fit there in one piece, or an Err
  commit, //         (handle, length, flags)             ... and that they are; how many more fit
  receivePtr, //     (handle)           where the next received octets are, ...
  receiveLen, //     (handle)           ... how many lie there in one piece, or an Err
  consume, //        (handle, length)   ... and that they have been read; how many are next
  shutdown, //       (handle)           FIN after all that is queued; reading goes on
  close, //          (handle)           let go: FIN as above, the stack finishes alone
  abort, //          (handle)           RST, at once, and let go
  setOption, //      (handle, option, value)             see `Option`
  getOption, //      (handle, option)
} from "./api/sockets";

// Looking: api/status.ts
export {
  status, //         (handle)           writes a `Status` record; the state, or an Err
  describe, //       (table, index)     the same for any entry; 1 used, 0 free, Err past the end
} from "./api/status";
