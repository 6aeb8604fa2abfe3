/*
 * ARM MPS2 with image AN385 (Cortex-M3, 25 MHz): console on UART0, SLIP on UART1, a LAN9118.
 * ARM DAI 0385, "Application Note AN385".
 */
#include "board.h"
#include "boards/cortex_m/cortex_m.h"
#include "boards/cortex_m/start.h"
#include "boards/seed.h"
#include "drivers/cmsdk_uart.h"
#include "drivers/lan9118.h"

#define CLOCK_HZ 25000000u
#define BAUD 115200u

#define UART0 0x40004000u
#define UART1 0x40005000u
#define ETHERNET 0x40200000u
enum { IRQ_UART1_RX = 2, IRQ_UART1_TX = 3, IRQ_ETHERNET = 13 };

static struct cmsdk_line serial;

static void uart1_interrupt(void) {
  cmsdk_uart_interrupt(&serial);
}

__attribute__((section(".vectors"), used)) static const vector vectors[16 + IRQ_ETHERNET + 1] = {
  CORTEX_VECTORS,
  [16 + IRQ_UART1_RX] = uart1_interrupt,
  [16 + IRQ_UART1_TX] = uart1_interrupt,
  [16 + IRQ_ETHERNET] = lan9118_interrupt,
};

void board_init(const uint8_t mac[6]) {
  cmsdk_uart_init(UART0, CLOCK_HZ, BAUD);
  cmsdk_uart_init(UART1, CLOCK_HZ, BAUD);
  cmsdk_uart_listen(&serial, UART1);
  lan9118_init(ETHERNET, mac);
  cortex_start_clock(CLOCK_HZ);
  cortex_enable(IRQ_UART1_RX);
  cortex_enable(IRQ_UART1_TX);
  cortex_enable(IRQ_ETHERNET);
}

static bool is_busy(void) {
  lan9118_listen();
  return lan9118_ready() || ring_held(&serial.in) != 0;
}

void board_wait(uint32_t us) {
  cortex_wait(us, is_busy);
}

uint32_t board_now(void) {
  return cortex_now();
}

void board_putc(char c) {
  cmsdk_uart_putc(UART0, c);
}

void board_reset(void) {
  cortex_reset();
}

void board_entropy(uint8_t octets[32]) {
  // The image has no source of random numbers: see seed.h for what that means.
  seed(octets, cortex_now());
}

uint32_t board_frame_read(uint8_t *to, uint32_t size) {
  return lan9118_read(to, size);
}

bool board_frame_room(void) {
  return lan9118_room();
}

void board_frame_write(const uint8_t *frame, uint32_t length) {
  lan9118_write(frame, length);
}

uint32_t board_serial_read(uint8_t *to, uint32_t size) {
  return cmsdk_uart_read(&serial, to, size);
}

uint32_t board_serial_room(void) {
  return ring_room(&serial.out);
}

void board_serial_write(const uint8_t *octets, uint32_t length) {
  cmsdk_uart_write(&serial, octets, length);
}
