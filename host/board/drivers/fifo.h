/*
 * Frames through a FIFO that is one register of 32 bits: eight words a turn, as most of the time
 * that a driver takes goes here.
 */
#ifndef MOTETCP_FIFO_H
#define MOTETCP_FIFO_H

#include <stdint.h>
#include "registers.h"

/** A word of a frame wherever it lies: Cortex-M3 loads and stores it in one instruction. */
typedef uint32_t __attribute__((aligned(1), may_alias)) word_there;

#define EIGHT(what) what(0) what(1) what(2) what(3) what(4) what(5) what(6) what(7)

/** Reads `words` words to `to`. Returns where it has come to. */
static inline uint8_t *fifo_read(volatile uint32_t *fifo, uint8_t *to, uint32_t words) {
  word_there *at = (word_there *)to;
#define READ(index) at[index] = *fifo;
  for (; words >= 8; words -= 8, at += 8) { EIGHT(READ) }
#undef READ
  for (; words != 0; words--) *at++ = *fifo;
  return (uint8_t *)at;
}

/** Writes `words` words from `from`. */
static inline void fifo_write(volatile uint32_t *fifo, const uint8_t *from, uint32_t words) {
  const word_there *at = (const word_there *)from;
#define WRITE(index) *fifo = at[index];
  for (; words >= 8; words -= 8, at += 8) { EIGHT(WRITE) }
#undef WRITE
  for (; words != 0; words--) *fifo = *at++;
}

/** The last 1 to 3 octets of a frame, of a word of their own. */
static inline void fifo_read_tail(volatile uint32_t *fifo, uint8_t *to, uint32_t octets) {
  for (uint32_t word = *fifo; octets != 0; octets--, word >>= 8) *to++ = (uint8_t)word;
}

#endif
