/*
 * Stellaris LM3S6965 evaluation board: console on UART0, SLIP on UART1, Ethernet on chip.
 * LM3S6965 data sheet, chapters "System Control" and "GPIOs".
 */
#include "board.h"
#include "drivers/pl011.h"
#include "drivers/registers.h"
#include "drivers/stellaris_ethernet.h"
#include "boards/cortex_m/cortex_m.h"
#include "boards/cortex_m/start.h"
#include "boards/seed.h"

#define CLOCK_HZ 50000000u
#define BAUD 115200u

#define SYSTEM_CONTROL 0x400fe000u
enum {
  RIS = 0x050, RIS_PLL_LOCKED = 1 << 6,
  RCC = 0x060, RCC_MOSCDIS = 1 << 0, RCC_OSCSRC = 3 << 4, RCC_XTAL = 15 << 6, RCC_BYPASS = 1 << 11,
  RCC_PWRDN = 1 << 13, RCC_USESYSDIV = 1 << 22, RCC_SYSDIV = 15 << 23,
  RCGC1 = 0x104, RCGC1_UART0 = 1 << 0, RCGC1_UART1 = 1 << 1,
  RCGC2 = 0x108, RCGC2_GPIOA = 1 << 0, RCGC2_GPIOD = 1 << 3, RCGC2_EMAC0 = 1 << 28,
  RCGC2_EPHY0 = 1 << 30,
};
/** The board's crystal of 8 MHz, and the PLL's 200 MHz over 4. */
#define XTAL_8_MHZ (14u << 6)
#define SYSDIV_4 (3u << 23)

#define GPIO_A 0x40004000u
#define GPIO_D 0x40007000u
enum { AFSEL = 0x420, DEN = 0x51c };

#define UART0 0x4000c000u
#define UART1 0x4000d000u
enum { IRQ_UART1 = 6, IRQ_ETHERNET = 42 };

static struct pl011_line serial;

static void uart1_interrupt(void) {
  pl011_interrupt(&serial);
}

__attribute__((section(".vectors"), used)) static const vector vectors[16 + IRQ_ETHERNET + 1] = {
  CORTEX_VECTORS,
  [16 + IRQ_UART1] = uart1_interrupt,
  [16 + IRQ_ETHERNET] = stellaris_interrupt,
};

/** Turns of a loop at 12 MHz, the chip's own oscillator: a crystal takes milliseconds. */
enum { CRYSTAL_WAIT = 20000 };

static void start_pll(void) {
  uint32_t rcc = REGISTER(SYSTEM_CONTROL, RCC) & ~(uint32_t)(RCC_USESYSDIV | RCC_MOSCDIS);
  rcc |= RCC_BYPASS;
  REGISTER(SYSTEM_CONTROL, RCC) = rcc;
  for (volatile uint32_t wait = 0; wait < CRYSTAL_WAIT; wait++) continue;
  rcc &= ~(uint32_t)(RCC_XTAL | RCC_OSCSRC | RCC_PWRDN | RCC_SYSDIV);
  rcc |= XTAL_8_MHZ | SYSDIV_4 | RCC_USESYSDIV;
  REGISTER(SYSTEM_CONTROL, RCC) = rcc;
  while ((REGISTER(SYSTEM_CONTROL, RIS) & RIS_PLL_LOCKED) == 0) continue;
  REGISTER(SYSTEM_CONTROL, RCC) = rcc & ~RCC_BYPASS;
}

/** Pins 0 and 1 of port A are UART0's, 2 and 3 of port D are UART1's. */
static void start_pins(void) {
  REGISTER(SYSTEM_CONTROL, RCGC1) |= RCGC1_UART0 | RCGC1_UART1;
  REGISTER(SYSTEM_CONTROL, RCGC2) |= RCGC2_GPIOA | RCGC2_GPIOD | RCGC2_EMAC0 | RCGC2_EPHY0;
  // A clock that has just been turned on takes three cycles.
  for (uint32_t wait = 0; wait < 3; wait++) (void)REGISTER(SYSTEM_CONTROL, RCGC2);
  REGISTER(GPIO_A, AFSEL) |= 0x03;
  REGISTER(GPIO_A, DEN) |= 0x03;
  REGISTER(GPIO_D, AFSEL) |= 0x0c;
  REGISTER(GPIO_D, DEN) |= 0x0c;
}

void board_init(const uint8_t mac[6]) {
  start_pll();
  start_pins();
  pl011_init(UART0, CLOCK_HZ, BAUD);
  pl011_init(UART1, CLOCK_HZ, BAUD);
  pl011_listen(&serial, UART1);
  stellaris_init(mac);
  cortex_start_clock(CLOCK_HZ);
  cortex_enable(IRQ_UART1);
  cortex_enable(IRQ_ETHERNET);
}

static bool is_busy(void) {
  return stellaris_ready() || ring_held(&serial.in) != 0;
}

void board_wait(uint32_t us) {
  cortex_wait(us, is_busy);
}

uint32_t board_now(void) {
  return cortex_now();
}

void board_putc(char c) {
  pl011_putc(UART0, c);
}

void board_reset(void) {
  pl011_flush(UART0);
  cortex_reset();
}

void board_entropy(uint8_t octets[32]) {
  // The chip has no source of random numbers: see seed.h for what that means.
  seed(octets, cortex_now());
}

uint32_t board_frame_read(uint8_t *to, uint32_t size) {
  return stellaris_read(to, size);
}

bool board_frame_room(void) {
  return stellaris_room();
}

void board_frame_write(const uint8_t *frame, uint32_t length) {
  stellaris_write(frame, length);
}

uint32_t board_serial_read(uint8_t *to, uint32_t size) {
  return pl011_read(&serial, to, size);
}

uint32_t board_serial_room(void) {
  return ring_room(&serial.out);
}

void board_serial_write(const uint8_t *octets, uint32_t length) {
  pl011_write(&serial, octets, length);
}
