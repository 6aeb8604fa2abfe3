/* What is sent in bulk: a segment's worth of it at a time. */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include <stdint.h>

static const uint8_t SOURCE[1460] = { 'b', 'u', 'l', 'k' };

#endif
