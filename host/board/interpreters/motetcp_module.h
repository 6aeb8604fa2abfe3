/*
 * The module as `motetcp.c` sees it, run by an interpreter: wasm3.c or wamr.c in this folder in
 * place of what wasm2c makes of it, with the same calls. docs/interpreters.md has the steps.
 */
#ifndef MOTETCP_MODULE_H
#define MOTETCP_MODULE_H

#include <stdint.h>

/* Each export: GIVES a result or DOES something, its name, and how many numbers it takes. */
#define MODULE_EXPORTS(GIVES, DOES) \
  GIVES(parametersPtr, 0) GIVES(memoryNeeded, 0) GIVES(arenaPtr, 0) GIVES(arenaSize, 0) \
  GIVES(init, 1) DOES(reseed, 0) GIVES(configure, 1) GIVES(countersPtr, 0) \
  GIVES(descriptorPtr, 0) GIVES(frameInPtr, 0) GIVES(frameInSize, 0) GIVES(receive, 4) \
  GIVES(transmit, 1) GIVES(frameOutPtr, 0) GIVES(nextDeadline, 1) DOES(sleep, 1) \
  GIVES(serialPtr, 0) GIVES(serialSize, 0) GIVES(serialReceive, 2) GIVES(serialTransmit, 1) \
  GIVES(nextEvent, 0) GIVES(exchange, 4) GIVES(exchangeBurst, 4) \
  GIVES(receiveBurst, 3) GIVES(transmitBurst, 1) \
  GIVES(listen, 2) GIVES(accept, 1) GIVES(connect, 2) \
  GIVES(sendPtr, 1) GIVES(sendSpace, 1) GIVES(commit, 3) GIVES(receivePtr, 1) GIVES(receiveLen, 1) \
  GIVES(consume, 2) GIVES(shutdown, 1) GIVES(close, 1) GIVES(abort, 1) GIVES(setOption, 3) \
  GIVES(getOption, 2) GIVES(status, 1) GIVES(describe, 2)

/** The most of them. */
enum { MODULE_PARAMETERS = 4 };

#define MODULE_PARAMETERS_0 void
#define MODULE_PARAMETERS_1 uint32_t a
#define MODULE_PARAMETERS_2 uint32_t a, uint32_t b
#define MODULE_PARAMETERS_3 uint32_t a, uint32_t b, uint32_t c
#define MODULE_PARAMETERS_4 uint32_t a, uint32_t b, uint32_t c, uint32_t d
#define MODULE_ARGUMENTS_0 0
#define MODULE_ARGUMENTS_1 a
#define MODULE_ARGUMENTS_2 a, b
#define MODULE_ARGUMENTS_3 a, b, c
#define MODULE_ARGUMENTS_4 a, b, c, d

#define MODULE_GIVES(name, count) uint32_t module_##name(MODULE_PARAMETERS_##count);
#define MODULE_DOES(name, count) void module_##name(MODULE_PARAMETERS_##count);
MODULE_EXPORTS(MODULE_GIVES, MODULE_DOES)
#undef MODULE_GIVES
#undef MODULE_DOES

/** Loads the module, with memory as at its start. Before all others; a second time: anew. */
void module_instantiate(void);

/** What a pointer of the module's points to. */
uint8_t *module_at(uint32_t pointer);

/* What whoever builds the firmware supplies. */

/** The octets of the module. */
extern const uint8_t motetcp_wasm[];
extern const uint32_t motetcp_wasm_length;

/** The module trapped, or is none that this interpreter takes. Says so, and restarts. */
__attribute__((noreturn)) void module_failed(const char *what);

#endif
