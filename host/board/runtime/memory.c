/*
 * Copies and fills, by words, for lack of a C library. A block of eight words goes by instructions
 * that load and store four each; where the processor loads words from anywhere, octets out of step
 * go by words, too.
 */
#include <string.h>
#include "sum.h"
#include "thumb2.h"
#include "wasm_module.h"

/* Else the compiler would see memcpy in memcpy, and call it. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

#ifndef MOTETCP_MEMORY_BASE
u8 motetcp_memory[MOTETCP_MEMORY_SIZE] __attribute__((aligned(8)));
#else
/* The linker keeps the place free; nobody uses the name. */
__attribute__((section(".linear"), used, aligned(8)))
static u8 motetcp_memory[MOTETCP_MEMORY_SIZE];
#endif

typedef struct { u32 word[8]; } __attribute__((may_alias)) block;
typedef u32 __attribute__((may_alias)) word;

#ifdef __ARM_FEATURE_UNALIGNED
#define WORDS_ANYWHERE true
#else
#define WORDS_ANYWHERE false
#endif

static bool is_aligned(const void *at) {
  return ((uintptr_t)at & 3) == 0;
}

#if defined(__thumb2__)
/** `octets`: a multiple of a block, not 0. `to` is aligned. */
#define BLOCKS(name, load) \
  static void name(u8 *to, const u8 *from, size_t octets) { \
    const u8 *end = from + octets; \
    __asm volatile("1:\n" load STORE_ALIGNED load STORE_ALIGNED \
                   "  cmp %[from], %[end]\n  bne 1b\n" \
                   : [from] "+&r"(from), [to] "+&r"(to) \
                   : [end] "r"(end) \
                   : "r3", "r4", "r5", "r6", "cc", "memory"); \
  }

BLOCKS(copy_aligned, LOAD_ALIGNED)
BLOCKS(copy_to_aligned, LOAD_ANYWHERE)
#endif

void *memcpy(void *restrict to, const void *restrict from, size_t octets) {
  u8 *out = to;
  const u8 *in = from;
  if (WORDS_ANYWHERE || is_aligned((const void *)((uintptr_t)out ^ (uintptr_t)in))) {
    for (; octets != 0 && !is_aligned(out); octets--) *out++ = *in++;
#if defined(__thumb2__)
    if ((WORDS_ANYWHERE || is_aligned(in)) && octets >= sizeof(block)) {
      const size_t blocks = octets & ~(sizeof(block) - 1);
      if (is_aligned(in)) copy_aligned(out, in, blocks);
      else copy_to_aligned(out, in, blocks);
      out += blocks;
      in += blocks;
      octets -= blocks;
    }
#endif
    for (; is_aligned(in) && octets >= sizeof(block); octets -= sizeof(block)) {
      *(block *)(void *)out = *(const block *)(const void *)in;
      out += sizeof(block);
      in += sizeof(block);
    }
    for (; octets >= 4; octets -= 4, out += 4, in += 4) {
      *(word *)(void *)out = *(const u32_there *)in;
    }
  }
  for (; octets != 0; octets--) *out++ = *in++;
  return to;
}

void *memmove(void *to, const void *from, size_t octets) {
  u8 *out = to;
  const u8 *in = from;
  // From the front nothing is overwritten before it has been read, unless `to` lies in `from`.
  if ((uintptr_t)out - (uintptr_t)in >= octets) return memcpy(to, from, octets);
  while (octets-- != 0) out[octets] = in[octets];
  return to;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

void *memset(void *to, int value, size_t octets) {
  u8 *out = to;
  const u32 four = (u8)value * 0x01010101u;
  for (; octets != 0 && !is_aligned(out); octets--) *out++ = (u8)value;
  for (; octets >= 4; octets -= 4, out += 4) *(word *)(void *)out = four;
  for (; octets != 0; octets--) *out++ = (u8)value;
  return to;
}

/** Whether `octets` lie in linear memory from `pointer` on. */
static bool is_inside(u32 pointer, u32 octets) {
  return pointer <= MOTETCP_MEMORY_SIZE && octets <= MOTETCP_MEMORY_SIZE - pointer;
}

void memory_copy(u32 to, u32 from, u32 octets) {
  if (!is_inside(to, octets) || !is_inside(from, octets)) {
    motetcp_trap_at(TRAP_BOUNDS, (uintptr_t)__builtin_return_address(0));
  }
  (void)memmove(module_at(to), module_at(from), octets);
}

void memory_fill(u32 to, u32 value, u32 octets) {
  if (!is_inside(to, octets)) {
    motetcp_trap_at(TRAP_BOUNDS, (uintptr_t)__builtin_return_address(0));
  }
  (void)memset(module_at(to), (int)value, octets);
}

u64 memory_sum(u64 sum, u32 from, u32 octets) {
  if (!is_inside(from, octets)) {
    motetcp_trap_at(TRAP_BOUNDS, (uintptr_t)__builtin_return_address(0));
  }
  return sum + sum_octets(module_at(from), octets);
}

u64 memory_copy_and_sum(u64 sum, u32 to, u32 from, u32 octets) {
  if (!is_inside(to, octets) || !is_inside(from, octets)) {
    motetcp_trap_at(TRAP_BOUNDS, (uintptr_t)__builtin_return_address(0));
  }
  return sum + copy_and_sum(module_at(to), module_at(from), octets);
}
