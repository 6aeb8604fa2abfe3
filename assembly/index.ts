/**
 * `import { listen, connect, … } from "motetcp/assembly"`: the stack as a library for firmware in
 * AssemblyScript, application and stack in one module (docs/library.md).
 *
 * Such a module begins with `export * from "motetcp/assembly/door"`, so that whoever drives a stack
 * drives this one, and adds two calls:
 *
 *   start(now: u32): i32     once, after `configure`: opens sockets; below 0 an `Err`
 *   step(now: u32): u32      a turn of the application's, after frames came in and before they are
 *                            sent; returns in how many microseconds the next is due at the latest
 *
 * The laws of the core hold for it, too: what it keeps is a class in `memory.data`, no `let` at the
 * top, no `new`.
 */

// Addresses, and set-up for a module that does it alone: library/addresses.ts
export { ip, begin, configure } from "./library/addresses";

// Connections: library/streams.ts, api/sockets.ts
export {
  listen, connect, readable, writable, read, write, writeText, stateOf, reasonOf,
} from "./library/streams";
export { accept, shutdown, close, abort, setOption, getOption } from "./api/sockets";

// Messages: library/text.ts
export { putText, putNumber } from "./library/text";

// A turn: library/turns.ts, api/events.ts
export { NEVER, news, millis, untilMs } from "./library/turns";
export { nextEvent } from "./api/events";

// Numbers
export { Err, Reason, SoftError } from "./abi/error";
export { Event } from "./abi/event";
export { Congestion, Option } from "./abi/option";
export { InterfaceFlag, LinkKind } from "./abi/parameters";
export { State } from "./abi/state";

if (ASC_RUNTIME != 0) ERROR("there is no heap: compile with --runtime stub");
