/* A trap: one line on the console, and a restart. */
#include "trap.h"
#include "board.h"
#include "console.h"

static const char *const REASONS[] = {
  [TRAP_UNREACHABLE] = "unreachable",
  [TRAP_BOUNDS] = "out of bounds",
  [TRAP_DIVISION_BY_ZERO] = "division by zero",
  [TRAP_OVERFLOW] = "integer overflow",
  [TRAP_FAULT] = "processor fault",
};

void motetcp_trap_at(enum motetcp_trap_reason reason, uintptr_t address) {
  console_text("\nmotetcp: trap: ");
  console_text(REASONS[reason]);
  console_text(" at ");
  console_hex((uint32_t)address);
  console_text("; restarting\n");
  board_reset();
}

void motetcp_trap(enum motetcp_trap_reason reason) {
  motetcp_trap_at(reason, (uintptr_t)__builtin_return_address(0));
}
