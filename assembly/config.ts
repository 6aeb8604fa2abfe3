/**
 * What differs between the two products, and the limits that bound every loop. A budget is chosen
 * at `init` (abi/budget.ts); these are its defaults and the numbers that no budget can change.
 *
 * Linear memory:
 *
 *   0          8 or 1024                __data_end          __heap_base               end
 *   +----------+------------------------+-------------------+-------------------------+
 *   | unused   | one static reservation per module (clock,  | Node build: the arena,  |
 *   | (0 stays | wheel, counters, parameters ...); in the   | as far as the host has  |
 *   |  null)   | board build the arena is one of them       | grown the memory        |
 *   +----------+--------------------------------------------+-------------------------+
 *
 * The arena, carved once by `init` (api/setup.ts), in this order: frame in, frame out, packet
 * buffers, hash buckets, connections, listeners, half-open, TIME-WAIT, neighbours, replies, records
 * of packet buffers, ranges, transmission records, receive rings, send rings.
 */

/** 1 in the build for boards. */
export const IS_BOARD: bool = isDefined(CFG_BOARD);

/** 1 for the smallest boards: loss recovery by NewReno and SACK, and nothing beyond. */
export const IS_SMALL: bool = isDefined(CFG_SMALL);

/** Whether most segments take the short ways of tcp/usual.ts: 2,100 octets of code. */
export const HAS_SHORT_WAYS: bool = !IS_BOARD && !isDefined(CFG_LONG);

/**
 * Whether slow start ends when round trips grow (RFC 9406): 400 octets of code. A board's rings
 * hold little more than the initial window, and never fill a queue.
 */
export const HAS_HYSTART: bool = !IS_BOARD || isDefined(CFG_HYSTART);

/**
 * Whether a connection may be paced (tcp/pacing.ts): 1,500 octets of code. What a board's rings
 * hold is a burst anyway, and each of its pieces would wake the board up.
 */
export const HAS_PACING: bool = !IS_BOARD || isDefined(CFG_PACING);

/** Whether several frames pass in one call: for hosts to whom calls and copies are dear. */
export const HAS_BURSTS: bool = !IS_BOARD || isDefined(CFG_BURSTS);

/** Whether calls tell of both pieces of what lies across a ring's end. */
export const HAS_RESTS: bool = !IS_BOARD || isDefined(CFG_RESTS);

/** Whether the hash table knows where the pointer to what was found last is: 100 octets of code. */
export const HAS_PLACES: bool = !IS_BOARD || isDefined(CFG_PLACES);

/** RFC 9768, where its 2,700 octets of code have room. */
export const HAS_ACCURATE_ECN: bool = !IS_BOARD;

// Defaults of the budget, in the order of `Budget`; `--use CFG_NAME=N` gives another, and with it
// another arena to the build for boards.
export const DEFAULT_LISTENERS: u32 =
  isDefined(CFG_LISTENERS) ? <u32>CFG_LISTENERS : IS_BOARD ? 4 : 64;
export const DEFAULT_CONNECTIONS: u32 =
  isDefined(CFG_CONNECTIONS) ? <u32>CFG_CONNECTIONS : IS_BOARD ? 8 : 256;
export const DEFAULT_HALF_OPEN: u32 =
  isDefined(CFG_HALF_OPEN) ? <u32>CFG_HALF_OPEN : IS_BOARD ? 8 : 256;
export const DEFAULT_TIME_WAIT: u32 =
  isDefined(CFG_TIME_WAIT) ? <u32>CFG_TIME_WAIT : IS_BOARD ? 16 : 1024;
export const DEFAULT_RECEIVE_RING: u32 =
  isDefined(CFG_RECEIVE_RING) ? <u32>CFG_RECEIVE_RING : IS_BOARD ? 2048 : 65536;
export const DEFAULT_SEND_RING: u32 =
  isDefined(CFG_SEND_RING) ? <u32>CFG_SEND_RING : IS_BOARD ? 2048 : 65536;
export const DEFAULT_RANGES: u32 =
  isDefined(CFG_RANGES) ? <u32>CFG_RANGES : IS_BOARD ? 4 : 16;
export const DEFAULT_RECORDS: u32 =
  isDefined(CFG_RECORDS) ? <u32>CFG_RECORDS : IS_BOARD ? 5 : 64;
export const DEFAULT_REASSEMBLY: u32 =
  isDefined(CFG_REASSEMBLY) ? <u32>CFG_REASSEMBLY : IS_BOARD ? 1 : 4;
export const DEFAULT_REPLIES: u32 =
  isDefined(CFG_REPLIES) ? <u32>CFG_REPLIES : IS_BOARD ? 8 : 256;
export const DEFAULT_NEIGHBOURS: u32 =
  isDefined(CFG_NEIGHBOURS) ? <u32>CFG_NEIGHBOURS : IS_BOARD ? 8 : 256;
export const DEFAULT_MTU: u32 =
  isDefined(CFG_MTU) ? <u32>CFG_MTU : 1500;
export const DEFAULT_MSL_SECONDS: u32 =
  isDefined(CFG_MSL_SECONDS) ? <u32>CFG_MSL_SECONDS : 30;
export const DEFAULT_CHALLENGES: u32 = IS_BOARD ? 100 : 1000;

/** Octets of a serial line handled in one call; SLIP packets pass in as many as they need. */
export const SERIAL_CHUNK: u32 = IS_BOARD ? 256 : 4096;

/** Timers handled in one call; when more are due, `nextDeadline` says 0. */
export const TIMERS_PER_CALL: u32 = 4;

/** Connections looked at in one `transmit` for one that has a segment to send. */
export const READY_PER_CALL: u32 = 8;

/** Wheel entries moved to a finer level in one call. */
export const CASCADES_PER_CALL: u32 = 16;

/** The longest time that `nextDeadline` asks for: far from where u32 microseconds wrap. */
export const LONGEST_SLEEP_US: u32 = 30 * 60 * 1000 * 1000;

if (SERIAL_CHUNK < 64) ERROR("a serial chunk holds at least a few SLIP escapes");
if (LONGEST_SLEEP_US > 0x7fffffff) ERROR("time differences are signed 32-bit microseconds");
