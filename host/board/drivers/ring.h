/*
 * Octets on their way between an interrupt and the main loop. One side puts, the other takes, and
 * each index has one writer: no locks, no atomic instructions.
 */
#ifndef MOTETCP_RING_H
#define MOTETCP_RING_H

#include <stdbool.h>
#include <stdint.h>

/** A power of two: two SLIP chunks of the stack's, so that one can be written while one leaves. */
#define RING_OCTETS 512u

struct ring {
  /** Octets ever put and taken; they wrap. */
  volatile uint32_t put;
  volatile uint32_t taken;
  uint8_t octets[RING_OCTETS];
};

static inline uint32_t ring_held(const struct ring *ring) {
  return ring->put - ring->taken;
}

static inline uint32_t ring_room(const struct ring *ring) {
  return RING_OCTETS - ring_held(ring);
}

/** There must be room: `ring_room`. */
static inline void ring_put(struct ring *ring, uint8_t octet) {
  ring->octets[ring->put % RING_OCTETS] = octet;
  ring->put++;
}

/** There must be one: `ring_held`. */
static inline uint8_t ring_take(struct ring *ring) {
  const uint8_t octet = ring->octets[ring->taken % RING_OCTETS];
  ring->taken++;
  return octet;
}

/** At most `size` octets. Returns how many. */
static inline uint32_t ring_read(struct ring *ring, uint8_t *to, uint32_t size) {
  uint32_t length = 0;
  while (length < size && ring_held(ring) != 0) to[length++] = ring_take(ring);
  return length;
}

/** There must be room for all of them. */
static inline void ring_write(struct ring *ring, const uint8_t *octets, uint32_t length) {
  for (uint32_t index = 0; index < length; index++) ring_put(ring, octets[index]);
}

#endif
