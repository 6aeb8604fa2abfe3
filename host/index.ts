/**
 * The npm package: a TCP/IP stack in a Wasm module, with the names and habits of `node:net`.
 *
 * Three levels, each usable alone: `Stack` (call by call, time as an argument, no I/O), `Driver` (a
 * stack on a link and a clock), and `createNetwork` with `Socket` and `Server`.
 */

export {
  Stack,
  type ConnectCall,
  type ListenCall,
  type RestoreOptions,
  type StackEvent,
  type StackOptions,
  type WriteFlags,
} from "./stack.js";
export type { BudgetOptions } from "./budget.js";
export { burstsOf, framesOf } from "./burst.js";
export type { ModuleSource } from "./core.js";
export type { InterfaceOptions } from "./interface.js";
export type {
  CounterName, EventName, OptionName, StateName, TableName, TcpOptions,
} from "./names.js";
export type { ConnectionStatus, TimerName } from "./status.js";
export { StackError, type ErrorCode } from "./error.js";
export { Driver, type DriverOptions } from "./driver.js";
export {
  Network,
  createNetwork,
  connect,
  createConnection,
  createServer,
  type NetworkOptions,
} from "./network.js";
export { Socket, type ConnectOptions, type SocketOptions } from "./socket.js";
export type { AddressInfo } from "./connection.js";
export { Server, type ListenOptions, type ServerOptions } from "./server.js";
export { PROFILES, type ProfileName } from "./profile.js";
export { realClock, VirtualClock, type Clock } from "./link/clock.js";
export type { Link, LinkType } from "./link/link.js";
export { createWire, type WireOptions } from "./link/wire.js";
export { withFaults, type Faults } from "./link/faults.js";
export { NarrowLink, withNarrowPath, type NarrowOptions } from "./link/narrow.js";
export { LINK_HELP, openLink } from "./link/open.js";
export {
  DEFAULT_ISNS, runScript, type DrillFailure, type DrillOptions, type DrillReport, type DrillRun,
  type IsnPair,
} from "./drill/drill.js";
export { ScriptError } from "./drill/cursor.js";
