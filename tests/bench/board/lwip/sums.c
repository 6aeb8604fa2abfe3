/* lwIP's checksums by what our boards have: host/board/runtime/sum.c. */
#include "runtime/sum.h"

static uint16_t fold(uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

uint16_t bench_sum(const void *data, int length) {
  return fold(sum_octets(data, (uint32_t)length));
}

uint16_t bench_copy_sum(void *to, const void *from, uint16_t length) {
  return fold(copy_and_sum(to, from, length));
}
