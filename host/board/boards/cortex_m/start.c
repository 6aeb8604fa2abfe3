/*
 * From reset to main, and from a fault to a restart. Each board's vector table (board.c) begins
 * with these.
 */
#include "cortex_m.h"
#include "start.h"
#include "../../drivers/registers.h"
#include "../../runtime/trap.h"

/* Else the compiler would see memcpy in the copying, which may not be in its place yet. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

/* From the linker script: what is copied from flash, and what starts as zero. */
extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[];

int main(void);

#define NVIC_ISER 0xe000e100u
#define AIRCR 0xe000ed0cu
#define AIRCR_RESET 0x05fa0004u

/** Its loops stay loops: on a board whose program is copied to RAM, memcpy is not there yet. */
__attribute__((optimize("no-tree-loop-distribute-patterns"))) void reset_handler(void) {
  const uint32_t *from = data_load;
  for (uint32_t *to = data_start; to < data_end; to++) *to = *from++;
  for (uint32_t *to = bss_start; to < bss_end; to++) *to = 0;
  (void)main();
  cortex_reset();
}

/** The undefined instruction that gcc's trap is: `udf #255`. */
#define UDF_255 0xdeff

/** `frame`: what the processor pushed; the seventh word is where it was. */
__attribute__((used)) static void report_fault(const uint32_t *frame) {
  const uint32_t pc = frame[6];
  const uint16_t *instruction = (const uint16_t *)(uintptr_t)(pc & ~1u);
  motetcp_trap_at(*instruction == UDF_255 ? TRAP_BOUNDS : TRAP_FAULT, pc);
}

__attribute__((naked)) void fault_handler(void) {
  __asm volatile("mrs r0, msp\n b report_fault");
}

void cortex_enable(uint32_t number) {
  REGISTER(NVIC_ISER, number / 32 * 4) = 1u << (number % 32);
}

void cortex_reset(void) {
  __asm volatile("dsb" ::: "memory");
  REGISTER(AIRCR, 0) = AIRCR_RESET;
  for (;;) continue;
}
