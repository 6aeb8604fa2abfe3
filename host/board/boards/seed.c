/* What the build drew, the number of this start, and the time, stirred. */
#include "seed.h"

static const uint8_t DRAWN[32] = { MOTETCP_SEED };

/** A restart leaves it alone; what is in it after power-up is as good as any. */
__attribute__((section(".kept"))) static uint32_t starts[4];

/** A step of xorshift (Marsaglia, 2003): every bit of `x` moves many of the result's. */
static uint32_t stir(uint32_t x) {
  x ^= x << 13;
  x ^= x >> 17;
  return x ^ x << 5;
}

void seed(uint8_t octets[32], uint32_t now) {
  starts[0]++;
  uint32_t state = now;
  for (uint32_t index = 0; index < 32; index++) {
    state = stir(state + starts[index % 4] + DRAWN[index] + 1);
    octets[index] = DRAWN[index] ^ (uint8_t)(state >> 24);
    if (index % 8 == 7) starts[index / 8] += state;
  }
}
