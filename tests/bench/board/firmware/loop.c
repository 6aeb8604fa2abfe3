#include "loop.h"
#include "board.h"
#include "runtime/console.h"
#include <string.h>

/** IEEE Std 802, "local experimental": nothing of a stack's. */
enum { ETHERTYPE_HIGH = 0x88, ETHERTYPE_LOW = 0xb5, ETHERTYPE_AT = 12, ADVANCE_AT = 14, USED_AT = 14 };
/** Words below the frame that paints: its own callees'. */
enum { PAINT_MARGIN = 16 };
#define LONG_US 1000000u

/** The marks; a call is never left out or moved. */
__attribute__((noinline)) void bench_begin(void) {
  __asm volatile("" ::: "memory");
}

__attribute__((noinline)) void bench_end(void) {
  __asm volatile("" ::: "memory");
}

/** The clock is the bench's: no interrupt may come between, but while the board waits. */
static void mask_interrupts(void) {
  __asm volatile("cpsid i" ::: "memory");
}

/* From the linker script: the stack grows downwards, to no further than this. */
extern uint32_t stack_limit[], stack_top[];

/** What is in the stack where nobody has been yet. */
#define FRESH 0xf7e54a11u

static void paint_stack(void) {
  const uint32_t *here = __builtin_frame_address(0);
  for (uint32_t *at = stack_limit; at < here - PAINT_MARGIN; at++) *at = FRESH;
}

/** Octets of the stack that have ever been in use. */
static uint32_t stack_used(void) {
  const uint32_t *at = stack_limit;
  while (at < stack_top && *at == FRESH) at++;
  return (uint32_t)(stack_top - at) * sizeof *at;
}

static void say_done(void) {
  static uint8_t frame[60];
  const uint32_t used = stack_used();
  memset(frame, 0xff, 6);
  frame[6] = 2;
  frame[ETHERTYPE_AT] = ETHERTYPE_HIGH;
  frame[ETHERTYPE_AT + 1] = ETHERTYPE_LOW;
  memcpy(frame + USED_AT, &used, sizeof used);
  while (!board_frame_room()) continue;
  board_frame_write(frame, sizeof frame);
}

void bench_loop(const struct bench_stack *stack) {
  uint32_t now = BENCH_EPOCH_US;
  // Before this the firmware's own loop would have taken a frame, and nobody would have said so.
  console_text("bench: begins\n");
  paint_stack();
  for (;;) {
    mask_interrupts();
    uint8_t *frame = stack->buffer();
    bench_begin();
    uint32_t length = board_frame_read(frame, BENCH_FRAME);
    if (length == 0) {
      board_wait(LONG_US);
      continue;
    }
    if (frame[ETHERTYPE_AT] == ETHERTYPE_HIGH && frame[ETHERTYPE_AT + 1] == ETHERTYPE_LOW) {
      uint32_t us;
      memcpy(&us, frame + ADVANCE_AT, sizeof us);
      now += us;
      bench_begin();
      length = board_frame_read(frame, BENCH_FRAME);
    }
    stack->turn(length, now);
    bench_end();
    say_done();
  }
}
