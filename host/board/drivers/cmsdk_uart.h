/*
 * The UART of ARM's Cortex-M System Design Kit: one octet each way, no FIFO. Polled for a console,
 * by interrupt for SLIP.
 */
#ifndef MOTETCP_CMSDK_UART_H
#define MOTETCP_CMSDK_UART_H

#include <stdint.h>
#include "ring.h"

void cmsdk_uart_init(uintptr_t base, uint32_t clock, uint32_t baud);

/** Waits for room and sends. */
void cmsdk_uart_putc(uintptr_t base, char c);

/** A UART whose octets come and go by interrupt. */
struct cmsdk_line {
  uintptr_t base;
  struct ring in;
  struct ring out;
};

/** After `cmsdk_uart_init`: lets the UART at `base` interrupt. */
void cmsdk_uart_listen(struct cmsdk_line *line, uintptr_t base);

/** To be called by both of its interrupts. */
void cmsdk_uart_interrupt(struct cmsdk_line *line);

/** At most `size` octets that have come. Returns how many. */
uint32_t cmsdk_uart_read(struct cmsdk_line *line, uint8_t *to, uint32_t size);

/** Sends; there must be room in `out`. */
void cmsdk_uart_write(struct cmsdk_line *line, const uint8_t *octets, uint32_t length);

#endif
