/* The Internet checksum (RFC 1071) over wide loads; the sum is of words as the machine reads them. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#if defined(__wasm_simd128__) || defined(__SSE2__)
#define VECTORS 1
typedef uint32_t vector __attribute__((vector_size(16)));
typedef uint32_t loose_vector __attribute__((vector_size(16), aligned(1), may_alias));
#endif

typedef uint32_t __attribute__((aligned(1), may_alias)) loose32;
typedef uint16_t __attribute__((aligned(1), may_alias)) loose16;

static uint16_t fold(uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  uint32_t half = (uint32_t)(sum & 0xffff) + (uint32_t)(sum >> 16);
  half = (half & 0xffff) + (half >> 16);
  return (uint16_t)half;
}

static uint64_t tail_sum(const uint8_t *at, int length) {
  uint64_t sum = 0;
  for (; length >= 4; length -= 4, at += 4) sum += *(const loose32 *)at;
  if (length & 2) {
    sum += *(const loose16 *)at;
    at += 2;
  }
  if (length & 1) sum += *at;
  return sum;
}

#ifdef VECTORS

static inline vector load(const uint8_t *at) { return *(const loose_vector *)at; }
static inline void store(uint8_t *at, vector value) { *(loose_vector *)at = value; }

/* The eight 16-bit words, added in pairs. */
static inline vector pairs(vector words) {
#ifdef __wasm_simd128__
  return (vector)wasm_u32x4_extadd_pairwise_u16x8((v128_t)words);
#else
  return (words & 0xffff) + (words >> 16);
#endif
}

static inline uint64_t lanes(vector sum) {
  return (uint64_t)sum[0] + sum[1] + sum[2] + sum[3];
}

/* At most 64 KiB: a lane takes two 16-bit words a step, and cannot overflow. */
uint16_t bench_sum(const void *data, int length) {
  const uint8_t *at = data;
  vector one = {0}, two = {0};
  for (; length >= 32; length -= 32, at += 32) {
    one += pairs(load(at));
    two += pairs(load(at + 16));
  }
  return fold(lanes(one) + lanes(two) + tail_sum(at, length));
}

uint16_t bench_copy_sum(void *to, const void *from, uint16_t size) {
  const uint8_t *at = from;
  uint8_t *target = to;
  int length = size;
  vector one = {0}, two = {0};
  for (; length >= 32; length -= 32, at += 32, target += 32) {
    vector low = load(at), high = load(at + 16);
    store(target, low);
    store(target + 16, high);
    one += pairs(low);
    two += pairs(high);
  }
  for (int i = 0; i < length; i++) target[i] = at[i];
  return fold(lanes(one) + lanes(two) + tail_sum(at, length));
}

#else

uint16_t bench_sum(const void *data, int length) {
  const uint8_t *at = data;
  uint64_t one = 0, two = 0, three = 0, four = 0;
  for (; length >= 16; length -= 16, at += 16) {
    one += *(const loose32 *)at;
    two += *(const loose32 *)(at + 4);
    three += *(const loose32 *)(at + 8);
    four += *(const loose32 *)(at + 12);
  }
  return fold(one + two + three + four + tail_sum(at, length));
}

uint16_t bench_copy_sum(void *to, const void *from, uint16_t size) {
  const uint8_t *restrict at = from;
  uint8_t *restrict target = to;
  int length = size;
  uint64_t one = 0, two = 0, three = 0, four = 0;
  for (; length >= 16; length -= 16, at += 16, target += 16) {
    uint32_t a = *(const loose32 *)at, b = *(const loose32 *)(at + 4);
    uint32_t c = *(const loose32 *)(at + 8), d = *(const loose32 *)(at + 12);
    *(loose32 *)target = a;
    *(loose32 *)(target + 4) = b;
    *(loose32 *)(target + 8) = c;
    *(loose32 *)(target + 12) = d;
    one += a;
    two += b;
    three += c;
    four += d;
  }
  for (int i = 0; i < length; i++) target[i] = at[i];
  return fold(one + two + three + four + tail_sum(at, length));
}

#endif
