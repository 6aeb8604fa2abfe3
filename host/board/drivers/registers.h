/* Registers of devices, by address, and the processor's interrupts (any Cortex-M). */
#ifndef MOTETCP_REGISTERS_H
#define MOTETCP_REGISTERS_H

#include <stdint.h>

#define REGISTER(base, offset) (*(volatile uint32_t *)((uintptr_t)(base) + (offset)))

/* Interrupts off, for what both they and the main loop change. For the main loop alone. */

static inline void interrupts_off(void) {
  __asm volatile("cpsid i" ::: "memory");
}

static inline void interrupts_on(void) {
  __asm volatile("cpsie i" ::: "memory");
}

#endif
