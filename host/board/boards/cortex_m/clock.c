/*
 * Time by SysTick alone. It counts down 2^24 ticks over and over, and its interrupt adds them up.
 * While the board idles it counts down to the deadline instead: it is started anew before and
 * after, which loses a few ticks each time, far less than a crystal is off.
 */
#include "cortex_m.h"
#include "../../drivers/registers.h"

#define SYSTICK 0xe000e010u

enum {
  CSR = 0x0, CSR_ENABLE = 1 << 0, CSR_TICKINT = 1 << 1, CSR_CLKSOURCE = 1 << 2,
  CSR_COUNTFLAG = 1 << 16,
  RVR = 0x4, CVR = 0x8,
};
#define ICSR 0xe000ed04u
#define ICSR_PENDSTCLR (1u << 25)

/** The most that SysTick's 24 bits count. */
#define LONGEST 0x1000000u

static uint32_t ticks_a_us;
/** Microseconds, and ticks beyond them, up to when SysTick was last at its reload value. */
static volatile uint32_t micros;
static volatile uint32_t fraction;

static void add_ticks(uint32_t ticks) {
  const uint32_t all = fraction + ticks;
  micros += all / ticks_a_us;
  fraction = all % ticks_a_us;
}

void systick_handler(void) {
  // Reading clears the flag that would count the same ticks again in `settle`.
  (void)REGISTER(SYSTICK, CSR);
  add_ticks(LONGEST);
}

/** Ticks since SysTick was at `cycle`, its reload value and one. It reads 0 until it has begun. */
static uint32_t elapsed(uint32_t cycle) {
  const uint32_t left = REGISTER(SYSTICK, CVR);
  return left == 0 ? 0 : cycle - left;
}

/** Interrupts masked: adds up what has passed of `cycle`, and begins to count down `next`. */
static void settle(uint32_t cycle, uint32_t next) {
  uint32_t passed = elapsed(cycle);
  if ((REGISTER(SYSTICK, CSR) & CSR_COUNTFLAG) != 0) passed = cycle + elapsed(cycle);
  REGISTER(SYSTICK, RVR) = next - 1;
  REGISTER(SYSTICK, CVR) = 0;
  REGISTER(ICSR, 0) = ICSR_PENDSTCLR;
  add_ticks(passed);
}

void cortex_start_clock(uint32_t hertz) {
  ticks_a_us = hertz / 1000000;
  REGISTER(SYSTICK, CSR) = CSR_CLKSOURCE;
  REGISTER(SYSTICK, RVR) = LONGEST - 1;
  REGISTER(SYSTICK, CVR) = 0;
  REGISTER(SYSTICK, CSR) = CSR_ENABLE | CSR_TICKINT | CSR_CLKSOURCE;
}

uint32_t cortex_now(void) {
  for (;;) {
    const uint32_t before = micros;
    const uint32_t now = before + (fraction + elapsed(LONGEST)) / ticks_a_us;
    if (before == micros) return now;
    // The interrupt came in between: once more.
  }
}

void cortex_wait(uint32_t us, bool (*is_busy)(void)) {
  // With interrupts masked a pending one still ends the WFI: none is lost between look and WFI.
  __asm volatile("cpsid i" ::: "memory");
  if (us != 0 && !is_busy()) {
    const uint32_t most = LONGEST / ticks_a_us;
    const uint32_t cycle = (us < most ? us : most) * ticks_a_us;
    settle(LONGEST, cycle);
    __asm volatile("dsb\n wfi" ::: "memory");
    settle(cycle, LONGEST);
  }
  __asm volatile("cpsie i" ::: "memory");
}
