/*
 * What the C that wasm2c makes of the module stands on, in place of wasm2c's own prelude and
 * wasm-rt.h: linear memory is one array, known to the compiler with its place and size, and each
 * access to it is checked. The build puts this in front (docs/boards.md).
 *
 * The memory ends in a reach that no pointer of the module's points to. A pointer is compared
 * with the limit in front of it, and never mind which field of a record is meant: the field is
 * within the reach. So the comparison is the same for all fields, and the compiler needs it once.
 *
 *   0                                             MOTETCP_MEMORY_LIMIT      + MOTETCP_MEMORY_REACH
 *   +---------------------------------------------+-------------------------+
 *   | the module's memory up to its __heap_base   | for fields behind a     | beyond: nothing of
 *   |                                             | pointer to the limit    | the module's comes
 *   +---------------------------------------------+-------------------------+ here, ever
 */
#ifndef MOTETCP_WASM_MODULE_H
#define MOTETCP_WASM_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "trap.h"

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;

/** Octets behind the limit; the module's records are smaller, and what is not is checked alone. */
#define MOTETCP_MEMORY_REACH 256u
#define MOTETCP_MEMORY_SIZE (MOTETCP_MEMORY_LIMIT + MOTETCP_MEMORY_REACH)

#ifdef MOTETCP_MEMORY_BASE
/** The linker script keeps section .linear at this address: a number makes for shorter code. */
#define MEMORY ((u8 *)MOTETCP_MEMORY_BASE)
#else
extern u8 motetcp_memory[MOTETCP_MEMORY_SIZE];
#define MEMORY motetcp_memory
#endif

/** For the shim: what a pointer of the module's points to. Unchecked. */
static inline u8 *module_at(u32 pointer) {
  return MEMORY + pointer;
}

#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define UNREACHABLE motetcp_trap(TRAP_UNREACHABLE)

/** Where `octets` octets lie at `pointer` + `offset`. `offset` and `octets` are constants. */
static inline __attribute__((always_inline)) u8 *within(u32 pointer, u32 offset, u32 octets) {
  u32 last = MOTETCP_MEMORY_LIMIT;
  if (offset + octets > MOTETCP_MEMORY_REACH || __builtin_constant_p(pointer)) {
    if (UNLIKELY(offset > MOTETCP_MEMORY_SIZE - octets)) TRAP_OUT_OF_BOUNDS();
    last = MOTETCP_MEMORY_SIZE - octets - offset;
  }
  if (UNLIKELY(pointer > last)) TRAP_OUT_OF_BOUNDS();
  return MEMORY + pointer + offset;
}

/* Unaligned, little endian, and of no type that the compiler may draw conclusions from. */
#define THERE __attribute__((aligned(1), may_alias))
typedef u8 THERE u8_there;
typedef s8 THERE s8_there;
typedef u16 THERE u16_there;
typedef s16 THERE s16_there;
typedef u32 THERE u32_there;
typedef s32 THERE s32_there;
typedef u64 THERE u64_there;

#define LOAD(name, type, extended, result) \
  static inline __attribute__((always_inline)) result name(u32 pointer, u32 offset) { \
    return (result)(extended)*(const type##_there *)within(pointer, offset, sizeof(type)); \
  }
#define STORE(name, type, value_type) \
  static inline __attribute__((always_inline)) void name(u32 pointer, u32 offset, \
                                                         value_type value) { \
    *(type##_there *)within(pointer, offset, sizeof(type)) = (type)value; \
  }

LOAD(i32_load, u32, u32, u32)
LOAD(i32_load8_u, u8, u32, u32)
LOAD(i32_load8_s, s8, s32, u32)
LOAD(i32_load16_u, u16, u32, u32)
LOAD(i32_load16_s, s16, s32, u32)
LOAD(i64_load, u64, u64, u64)
LOAD(i64_load8_u, u8, u64, u64)
LOAD(i64_load8_s, s8, s64, u64)
LOAD(i64_load16_u, u16, u64, u64)
LOAD(i64_load16_s, s16, s64, u64)
LOAD(i64_load32_u, u32, u64, u64)
LOAD(i64_load32_s, s32, s64, u64)
STORE(i32_store, u32, u32)
STORE(i32_store8, u8, u32)
STORE(i32_store16, u16, u32)
STORE(i64_store, u64, u64)
STORE(i64_store8, u8, u64)
STORE(i64_store16, u16, u64)
STORE(i64_store32, u32, u64)

void memory_copy(u32 to, u32 from, u32 octets);
void memory_fill(u32 to, u32 value, u32 octets);
/** In place of two functions of the module: the sum grows by that of the octets, congruently. */
u64 memory_sum(u64 sum, u32 from, u32 octets);
u64 memory_copy_and_sum(u64 sum, u32 to, u32 from, u32 octets);
/** What `module_instantiate` begins with. */
#define clear_memory() __builtin_memset(MEMORY, 0, MOTETCP_MEMORY_SIZE)
#define LOAD_DATA(at, data, octets) __builtin_memcpy(MEMORY + (at), data, octets)

#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)
#define I32_POPCNT(x) ((u32)__builtin_popcount(x))
#define I64_POPCNT(x) ((u64)__builtin_popcountll(x))
#define I32_ROTL(x, y) (((x) << ((y) & 31)) | ((x) >> ((32 - (y)) & 31)))
#define I32_ROTR(x, y) (((x) >> ((y) & 31)) | ((x) << ((32 - (y)) & 31)))
#define I64_ROTL(x, y) (((x) << ((y) & 63)) | ((x) >> ((64 - (y)) & 63)))
#define I64_ROTR(x, y) (((x) >> ((y) & 63)) | ((x) << ((64 - (y)) & 63)))

/* Division by zero, and the one quotient that does not fit. */
#define BY_ZERO(y) (UNLIKELY((y) == 0) ? motetcp_trap(TRAP_DIVISION_BY_ZERO) : (void)0)
#define DIV_U(x, y) (BY_ZERO(y), (x) / (y))
#define REM_U(x, y) (BY_ZERO(y), (x) % (y))
#define OVERFLOWS(x, y, least) \
  (UNLIKELY((x) == (least) && (y) == -1) ? motetcp_trap(TRAP_OVERFLOW) : (void)0)
#define I32_DIV_S(x, y) \
  (BY_ZERO(y), OVERFLOWS((s32)(x), (s32)(y), INT32_MIN), (u32)((s32)(x) / (s32)(y)))
#define I64_DIV_S(x, y) \
  (BY_ZERO(y), OVERFLOWS((s64)(x), (s64)(y), INT64_MIN), (u64)((s64)(x) / (s64)(y)))
#define I32_REM_S(x, y) (BY_ZERO(y), (s32)(y) == -1 ? 0u : (u32)((s32)(x) % (s32)(y)))
#define I64_REM_S(x, y) (BY_ZERO(y), (s64)(y) == -1 ? 0u : (u64)((s64)(x) % (s64)(y)))

#define FUNC_PROLOGUE
#define FUNC_EPILOGUE

#endif
