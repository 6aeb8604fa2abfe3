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

/** Waits until all has left: a restart would cut it off. */
void pl011_flush(uintptr_t base);

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

/** At most `size` octets that have come. Returns how many. */
uint32_t pl011_read(struct pl011_line *line, uint8_t *to, uint32_t size);

/** Sends; there must be room in `out`. */
void pl011_write(struct pl011_line *line, const uint8_t *octets, uint32_t length);

#endif
