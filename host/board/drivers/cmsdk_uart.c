/* ARM DDI 0479, "Cortex-M System Design Kit Technical Reference Manual", APB UART. */
#include "cmsdk_uart.h"
#include "registers.h"

enum {
  DATA = 0x00,
  STATE = 0x04, STATE_TX_FULL = 1 << 0, STATE_RX_FULL = 1 << 1, STATE_OVERRUNS = 3 << 2,
  CTRL = 0x08, CTRL_TX = 1 << 0, CTRL_RX = 1 << 1, CTRL_TX_INT = 1 << 2, CTRL_RX_INT = 1 << 3,
  INTCLEAR = 0x0c, INT_TX = 1 << 0, INT_RX = 1 << 1,
  BAUDDIV = 0x10,
};

void cmsdk_uart_init(uintptr_t base, uint32_t clock, uint32_t baud) {
  REGISTER(base, BAUDDIV) = clock / baud;
  REGISTER(base, CTRL) = CTRL_TX | CTRL_RX;
}

void cmsdk_uart_putc(uintptr_t base, char c) {
  while ((REGISTER(base, STATE) & STATE_TX_FULL) != 0) continue;
  REGISTER(base, DATA) = (uint8_t)c;
}

void cmsdk_uart_listen(struct cmsdk_line *line, uintptr_t base) {
  line->base = base;
  REGISTER(base, CTRL) = CTRL_TX | CTRL_RX | CTRL_RX_INT;
}

/**
 * From the UART into the ring and from the other ring into the UART, as far as there is room. An
 * interrupt for which nothing could be done is off until the main loop comes by.
 */
static void exchange(struct cmsdk_line *line) {
  REGISTER(line->base, INTCLEAR) = INT_TX | INT_RX;
  while (ring_room(&line->in) != 0 && (REGISTER(line->base, STATE) & STATE_RX_FULL) != 0) {
    ring_put(&line->in, (uint8_t)REGISTER(line->base, DATA));
  }
  REGISTER(line->base, STATE) = STATE_OVERRUNS;
  while (ring_held(&line->out) != 0 && (REGISTER(line->base, STATE) & STATE_TX_FULL) == 0) {
    REGISTER(line->base, DATA) = ring_take(&line->out);
  }
  REGISTER(line->base, CTRL) = CTRL_TX | CTRL_RX | (ring_room(&line->in) != 0 ? CTRL_RX_INT : 0) |
                               (ring_held(&line->out) != 0 ? CTRL_TX_INT : 0);
}

void cmsdk_uart_interrupt(struct cmsdk_line *line) {
  exchange(line);
}

uint32_t cmsdk_uart_read(struct cmsdk_line *line, uint8_t *to, uint32_t size) {
  const bool was_full = ring_room(&line->in) == 0;
  const uint32_t length = ring_read(&line->in, to, size);
  if (was_full) {
    interrupts_off();
    exchange(line);
    interrupts_on();
  }
  return length;
}

void cmsdk_uart_write(struct cmsdk_line *line, const uint8_t *octets, uint32_t length) {
  ring_write(&line->out, octets, length);
  interrupts_off();
  exchange(line);
  interrupts_on();
}
