/* Octets copied, set and compared, where there is no C library. The engine's own instructions. */
#include <stdint.h>
#include <string.h>
#include <stdlib.h>

/* Below this the instruction's call into the engine costs more than a loop. */
#define SHORT 64

typedef uint64_t __attribute__((aligned(1), may_alias)) loose64;

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
  if (length > SHORT) return __builtin_memcpy(to, from, length);
  uint8_t *target = to;
  const uint8_t *source = from;
  for (; length >= 8; length -= 8, target += 8, source += 8) {
    *(loose64 *)target = *(const loose64 *)source;
  }
  while (length-- > 0) *target++ = *source++;
  return to;
}

void *memmove(void *to, const void *from, size_t length) {
  return __builtin_memmove(to, from, length);
}

void *memset(void *to, int value, size_t length) {
  if (length > SHORT) return __builtin_memset(to, value, length);
  volatile uint8_t *target = to;
  for (; length > 0; length--) *target++ = (uint8_t)value;
  return to;
}

int memcmp(const void *left, const void *right, size_t length) {
  const uint8_t *a = left, *b = right;
  for (; length > 0; length--, a++, b++) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

int strncmp(const char *left, const char *right, size_t length) {
  for (; length > 0; length--, left++, right++) {
    if (*left != *right || *left == 0) return *left - *right;
  }
  return 0;
}

int atoi(const char *text) {
  int value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + *text++ - '0';
  return value;
}
