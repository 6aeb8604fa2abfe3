/* The field of wasm3's runtime that wasm3.c sets: see wasm3.h in this folder. */
#ifndef MOTETCP_DECLARATIONS_M3_ENV_H
#define MOTETCP_DECLARATIONS_M3_ENV_H

#include <stdint.h>

struct M3Runtime {
  /** Octets of linear memory at the most; 0: as the module says. */
  uint32_t memoryLimit;
};

#endif
