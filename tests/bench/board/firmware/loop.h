/*
 * The main loop of a benchmark, the same for each stack: it takes a frame, has the stack take its
 * turn with it, and says that it is done. What happens between bench_begin and bench_end is counted
 * (plugin/count.c). Time does not pass by itself: a frame with ETHERTYPE moves it, so that each run
 * is the same to the instruction.
 */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <stdint.h>

/** A stack under test. `now`: microseconds. */
struct bench_stack {
  /** Where the driver puts the next frame; there is room for a whole one. */
  uint8_t *(*buffer)(void);
  /** The frame that is there, 0: none; timers, applications; sends what is to be sent. */
  void (*turn)(uint32_t length, uint32_t now);
};

/** Longest frame. */
#define BENCH_FRAME 1514u

/** Where time begins. */
#define BENCH_EPOCH_US 16777216u

/** Does not return. */
void bench_loop(const struct bench_stack *stack);

#endif
