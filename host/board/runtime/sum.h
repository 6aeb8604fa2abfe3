/*
 * Sums of 32-bit words for Internet checksums (RFC 1071), made while copying or not, as fast as the
 * processor goes: a carry of one addition goes into the next. What comes out is the ones'
 * complement sum of the octets from an even offset on, in the processor's own order.
 */
#ifndef MOTETCP_SUM_H
#define MOTETCP_SUM_H

#include <stdint.h>

uint32_t sum_octets(const uint8_t *from, uint32_t octets);

/** The two pieces do not overlap. */
uint32_t copy_and_sum(uint8_t *to, const uint8_t *from, uint32_t octets);

#endif
