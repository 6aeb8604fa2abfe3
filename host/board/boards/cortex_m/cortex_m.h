/* What boards with a Cortex-M3 share: start-up, SysTick, interrupts, reset. */
#ifndef MOTETCP_CORTEX_M_H
#define MOTETCP_CORTEX_M_H

#include <stdbool.h>
#include <stdint.h>

/** Enables interrupt `number` of the vector table. */
void cortex_enable(uint32_t number);

/** Starts the clock; `hertz` of the processor, a multiple of 1,000,000. */
void cortex_start_clock(uint32_t hertz);

/** Microseconds; wraps. */
uint32_t cortex_now(void);

/** WFI, unless `is_busy` says that there is work; at most `us` microseconds. */
void cortex_wait(uint32_t us, bool (*is_busy)(void));

__attribute__((noreturn)) void cortex_reset(void);

#endif
