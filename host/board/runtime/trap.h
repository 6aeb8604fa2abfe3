/*
 * Traps: the module did what WebAssembly forbids. Nothing is unwound; the console says what and
 * where, and the board restarts.
 */
#ifndef MOTETCP_TRAP_H
#define MOTETCP_TRAP_H

#include <stdint.h>

#define NORETURN __attribute__((noreturn))

enum motetcp_trap_reason {
  TRAP_UNREACHABLE,
  TRAP_BOUNDS,
  TRAP_DIVISION_BY_ZERO,
  TRAP_OVERFLOW,
  /** The processor itself gave up: the start-up code's fault handlers. */
  TRAP_FAULT,
};

/** Where the caller goes on tells the place: `addr2line -f -e X.elf ADDRESS`. */
NORETURN void motetcp_trap(enum motetcp_trap_reason reason);

/** The same for an address that is known already. */
NORETURN void motetcp_trap_at(enum motetcp_trap_reason reason, uintptr_t address);

#ifdef MOTETCP_TRAP_BY_CALL
#define TRAP_OUT_OF_BOUNDS() motetcp_trap(TRAP_BOUNDS)
#else
/**
 * An undefined instruction, for processors whose fault handler can tell: it is no call, so a
 * function that makes no other saves nothing on its way.
 */
#define TRAP_OUT_OF_BOUNDS() __builtin_trap()
#endif

#endif
