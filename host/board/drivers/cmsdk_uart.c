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
  REGISTER(base, CTRL) = CTRL_TX | CTRL_RX | CTRL_TX_INT | CTRL_RX_INT;
}

static void send(struct cmsdk_line *line) {
  while (ring_held(&line->out) != 0 && (REGISTER(line->base, STATE) & STATE_TX_FULL) == 0) {
    REGISTER(line->base, DATA) = ring_take(&line->out);
  }
}

void cmsdk_uart_start(struct cmsdk_line *line) {
  // Without the interrupt meanwhile: it takes from the same end of the ring.
  REGISTER(line->base, CTRL) = CTRL_TX | CTRL_RX | CTRL_RX_INT;
  send(line);
  REGISTER(line->base, CTRL) = CTRL_TX | CTRL_RX | CTRL_RX_INT | CTRL_TX_INT;
}

void cmsdk_uart_interrupt(struct cmsdk_line *line) {
  REGISTER(line->base, INTCLEAR) = INT_TX | INT_RX;
  while ((REGISTER(line->base, STATE) & STATE_RX_FULL) != 0) {
    ring_put(&line->in, (uint8_t)REGISTER(line->base, DATA));
  }
  REGISTER(line->base, STATE) = STATE_OVERRUNS;
  send(line);
}
