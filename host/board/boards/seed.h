/*
 * Entropy for boards whose chip has no source of random numbers. It mixes what the build drew
 * (MOTETCP_SEED: 32 octets, others in each build), how often this board has been started, and the
 * time. Sequence numbers differ after each restart, and nobody who has not read the flash can
 * foretell them; but who has can. A product takes what its chip has instead: noise of an ADC, an
 * oscillator, a secret kept in flash and renewed.
 */
#ifndef MOTETCP_SEED_H
#define MOTETCP_SEED_H

#include <stdint.h>


void seed(uint8_t octets[32], uint32_t now);

#endif
