/* Registers of devices, by address. */
#ifndef MOTETCP_REGISTERS_H
#define MOTETCP_REGISTERS_H

#include <stdint.h>

#define REGISTER(base, offset) (*(volatile uint32_t *)((uintptr_t)(base) + (offset)))

#endif
