/*
 * PL011, ARM's UART (also Stellaris', RP2040's): polled for a console, by interrupt for SLIP.
 */
#ifndef MOTETCP_PL011_H
#define MOTETCP_PL011_H

#include <stdint.h>
#include "ring.h"

/** Turns the UART at `base` on: 8N1, FIFOs. `clock` of the UART in hertz. */
void pl011_init(uintptr_t base, uint32_t clock, uint32_t baud);

/** Waits for room and sends. */
void pl011_putc(uintptr_t base, char c);

/** A UART whose octets come and go by interrupt. */
struct pl011_line {
  uintptr_t base;
  struct ring in;
  struct ring out;
};

/**
 * After `pl011_init`: lets the UART at `base` interrupt. The board enables the interrupt in its
 * controller.
 */
void pl011_listen(struct pl011_line *line, uintptr_t base);

/** To be called by the interrupt. */
void pl011_interrupt(struct pl011_line *line);

/** Call after something has been put into `out`: only a FIFO that empties interrupts. */
void pl011_start(struct pl011_line *line);

#endif
