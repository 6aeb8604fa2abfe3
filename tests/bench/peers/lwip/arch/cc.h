/* The port: a 32- or 64-bit little-endian machine, one thread, no C library needed. */
#ifndef BENCH_CC_H
#define BENCH_CC_H

#include <stddef.h>
#include <stdint.h>

#define LWIP_NO_CTYPE_H 1
#ifdef __wasm__
#define LWIP_NO_UNISTD_H 1
#endif
#define LWIP_NO_INTTYPES_H 1
#define LWIP_TIMEVAL_PRIVATE 0
#define X8_F "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "u"

#define LWIP_PLATFORM_DIAG(x) do { } while (0)
#define LWIP_PLATFORM_ASSERT(x) __builtin_trap()

#define PACK_STRUCT_STRUCT __attribute__((packed))

/* Sequence and port numbers of a benchmark need not be unforeseeable. */
uint32_t bench_random(void);
#define LWIP_RAND() bench_random()

#ifndef OWN_CHECKSUM
/* Checksums: one pass over wide loads, and the same while copying. */
uint16_t bench_sum(const void *data, int length);
uint16_t bench_copy_sum(void *to, const void *from, uint16_t length);
#define LWIP_CHKSUM bench_sum
#define LWIP_CHKSUM_COPY(to, from, length) bench_copy_sum(to, from, length)
#endif

#endif
