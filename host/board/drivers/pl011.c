/* PL011: ARM DDI 0183, "PrimeCell UART (PL011) Technical Reference Manual". */
#include "pl011.h"
#include "registers.h"

enum {
  DR = 0x00,
  FR = 0x18, FR_BUSY = 1 << 3, FR_RXFE = 1 << 4, FR_TXFF = 1 << 5,
  IBRD = 0x24, FBRD = 0x28,
  LCRH = 0x2c, LCRH_FEN = 1 << 4, LCRH_8BITS = 3 << 5,
  CR = 0x30, CR_UARTEN = 1 << 0, CR_TXE = 1 << 8, CR_RXE = 1 << 9,
  IMSC = 0x38, ICR = 0x44, INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6,
};

void pl011_init(uintptr_t base, uint32_t clock, uint32_t baud) {
  // The divisor in 64ths, rounded: clock / (16 baud).
  const uint32_t divisor = (clock / baud * 8 + 1) / 2;
  REGISTER(base, CR) = 0;
  REGISTER(base, IBRD) = divisor >> 6;
  REGISTER(base, FBRD) = divisor & 63;
  REGISTER(base, LCRH) = LCRH_8BITS | LCRH_FEN;
  REGISTER(base, CR) = CR_UARTEN | CR_TXE | CR_RXE;
}

void pl011_putc(uintptr_t base, char c) {
  while ((REGISTER(base, FR) & FR_TXFF) != 0) continue;
  REGISTER(base, DR) = (uint8_t)c;
}

void pl011_flush(uintptr_t base) {
  while ((REGISTER(base, FR) & FR_BUSY) != 0) continue;
}

void pl011_listen(struct pl011_line *line, uintptr_t base) {
  line->base = base;
  REGISTER(base, IMSC) = INT_RX | INT_RT;
}

/**
 * From the UART into the ring and from the other ring into the UART, as far as there is room. An
 * interrupt for which nothing could be done is masked until the main loop comes by.
 */
static void exchange(struct pl011_line *line) {
  REGISTER(line->base, ICR) = INT_RX | INT_RT | INT_TX;
  while (ring_room(&line->in) != 0 && (REGISTER(line->base, FR) & FR_RXFE) == 0) {
    ring_put(&line->in, (uint8_t)REGISTER(line->base, DR));
  }
  while (ring_held(&line->out) != 0 && (REGISTER(line->base, FR) & FR_TXFF) == 0) {
    REGISTER(line->base, DR) = ring_take(&line->out);
  }
  REGISTER(line->base, IMSC) = (ring_room(&line->in) != 0 ? INT_RX | INT_RT : 0) |
                               (ring_held(&line->out) != 0 ? INT_TX : 0);
}

void pl011_interrupt(struct pl011_line *line) {
  exchange(line);
}

uint32_t pl011_read(struct pl011_line *line, uint8_t *to, uint32_t size) {
  const bool was_full = ring_room(&line->in) == 0;
  const uint32_t length = ring_read(&line->in, to, size);
  if (was_full) {
    interrupts_off();
    exchange(line);
    interrupts_on();
  }
  return length;
}

void pl011_write(struct pl011_line *line, const uint8_t *octets, uint32_t length) {
  ring_write(&line->out, octets, length);
  interrupts_off();
  exchange(line);
  interrupts_on();
}
