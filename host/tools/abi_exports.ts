/**
 * The exports of the core: what a host may call. A copy of the list in assembly/door.ts, since the
 * package holds no AssemblyScript; tests/structure/abi.test.ts compares the two.
 */
export const ABI_EXPORTS = [
  "__heap_base", "__data_end", "memory",
  "parametersPtr", "memoryNeeded", "arenaPtr", "arenaSize", "init", "reseed", "configure",
  "countersPtr", "descriptorPtr",
  "frameInPtr", "frameInSize", "receive", "transmit", "frameOutPtr", "nextDeadline", "sleep",
  "serialPtr", "serialSize", "serialReceive", "serialTransmit",
  "nextEvent", "exchange", "exchangeBurst", "receiveBurst", "transmitBurst",
  "listen", "accept", "connect", "sendPtr", "sendSpace", "commit", "receivePtr", "receiveLen",
  "consume", "shutdown", "close", "abort", "setOption", "getOption",
  "status", "describe",
] as const;
