/*
 * With Thumb-2 in blocks of eight words, by instructions that load or store four on the side that
 * is aligned; then words; then what is left.
 *
 * The module's own functions for this (assembly/core/checksum.ts) are replaced by these when the
 * build knows which they are (host/tools/board/natives.ts): Wasm has no addition with carry.
 */
#include "sum.h"
#include "thumb2.h"
#include "wasm_module.h"

enum { BLOCK = 32 };

static u32 add(u32 sum, u32 more) {
  sum += more;
  return sum + (sum < more);
}

#if defined(__thumb2__)

#define ADD \
  "  adcs %[sum], %[sum], r3\n  adcs %[sum], %[sum], r4\n" \
  "  adcs %[sum], %[sum], r5\n  adcs %[sum], %[sum], r6\n"

/** `octets`: a multiple of BLOCK, not 0. The first addition clears the carry; TEQ leaves it. */
#define BLOCKS(name, load, store) \
  static u32 name(u8 *to, const u8 *from, u32 octets) { \
    const u8 *end = from + octets; \
    u32 sum = 0; \
    __asm volatile("  adds %[sum], %[sum], #0\n" \
                   "1:\n" load ADD store load ADD store \
                   "  teq %[from], %[end]\n  bne 1b\n" \
                   "  adc %[sum], %[sum], #0\n" \
                   : [sum] "+&r"(sum), [from] "+&r"(from), [to] "+&r"(to) \
                   : [end] "r"(end) \
                   : "r3", "r4", "r5", "r6", "cc", "memory"); \
    return sum; \
  }

BLOCKS(sum_blocks, LOAD_ANYWHERE, "")
BLOCKS(sum_blocks_aligned, LOAD_ALIGNED, "")
BLOCKS(copy_blocks, LOAD_ANYWHERE, STORE_ANYWHERE)
BLOCKS(copy_blocks_to_aligned, LOAD_ANYWHERE, STORE_ALIGNED)
BLOCKS(copy_blocks_from_aligned, LOAD_ALIGNED, STORE_ANYWHERE)
BLOCKS(copy_blocks_aligned, LOAD_ALIGNED, STORE_ALIGNED)

static bool is_aligned(const u8 *at) {
  return ((uintptr_t)at & 3) == 0;
}

#endif

uint32_t sum_octets(const uint8_t *from, uint32_t octets) {
  u32 sum = 0;
#if defined(__thumb2__)
  if (octets >= BLOCK) {
    const u32 blocks = octets & ~(u32)(BLOCK - 1);
    if (is_aligned(from)) sum = sum_blocks_aligned(NULL, from, blocks);
    else sum = sum_blocks(NULL, from, blocks);
    from += blocks;
    octets -= blocks;
  }
#endif
  for (; octets >= 4; octets -= 4, from += 4) sum = add(sum, *(const u32_there *)from);
  if ((octets & 2) != 0) {
    sum = add(sum, *(const u16_there *)from);
    from += 2;
  }
  return (octets & 1) != 0 ? add(sum, *from) : sum;
}

uint32_t copy_and_sum(uint8_t *to, const uint8_t *from, uint32_t octets) {
  u32 sum = 0;
#if defined(__thumb2__)
  if (octets >= BLOCK) {
    const u32 blocks = octets & ~(u32)(BLOCK - 1);
    if (is_aligned(from)) {
      if (is_aligned(to)) sum = copy_blocks_aligned(to, from, blocks);
      else sum = copy_blocks_from_aligned(to, from, blocks);
    } else {
      if (is_aligned(to)) sum = copy_blocks_to_aligned(to, from, blocks);
      else sum = copy_blocks(to, from, blocks);
    }
    to += blocks;
    from += blocks;
    octets -= blocks;
  }
#endif
  for (; octets >= 4; octets -= 4, from += 4, to += 4) {
    const u32 word = *(const u32_there *)from;
    *(u32_there *)to = word;
    sum = add(sum, word);
  }
  if ((octets & 2) != 0) {
    const u32 half = *(const u16_there *)from;
    *(u16_there *)to = (u16)half;
    sum = add(sum, half);
    from += 2;
    to += 2;
  }
  if ((octets & 1) != 0) {
    *to = *from;
    sum = add(sum, *from);
  }
  return sum;
}
