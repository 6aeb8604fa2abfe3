/* The first entries of a vector table, the same on all Cortex-M. */
#ifndef MOTETCP_CORTEX_START_H
#define MOTETCP_CORTEX_START_H

#include <stdint.h>

void reset_handler(void);
void fault_handler(void);
void systick_handler(void);

/** From the linker script: where the stack begins, to grow downwards. */
extern uint32_t stack_top[];

typedef void (*vector)(void);

/** The sixteen of the processor's own. */
#define CORTEX_VECTORS \
  (vector)stack_top, reset_handler, fault_handler, fault_handler, fault_handler, fault_handler, \
  fault_handler, 0, 0, 0, 0, fault_handler, fault_handler, 0, fault_handler, systick_handler

#endif
