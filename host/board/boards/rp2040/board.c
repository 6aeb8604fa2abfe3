/*
 * Raspberry Pi Pico and other boards with an RP2040 and a crystal of 12 MHz: the console on UART0
 * (GP0 sends, GP1 receives), SLIP on UART1 (GP4 sends, GP5 receives). It has no Ethernet.
 */
#include "board.h"
#include "boards/cortex_m/cortex_m.h"
#include "boards/cortex_m/start.h"
#include "boards/rp2040/rp2040.h"
#include "drivers/pl011.h"

#define BAUD 115200u

#define PSM 0x40010000u
#define IO_BANK0 0x40014000u
#define PADS_BANK0 0x4001c000u
#define UART0 0x40034000u
#define UART1 0x40038000u
#define TIMER 0x40054000u
#define WATCHDOG 0x40058000u
#define ROSC 0x40060000u

enum {
  WDSEL = 0x8, ALL_BUT_OSCILLATORS = 0x1fffc,
  CTRL_OF_PIN_0 = 0x4, CTRL_TO_CTRL = 8, FUNCTION_UART = 2,
  PAD_OF_PIN_0 = 0x4, PAD_TO_PAD = 4, PULL_DOWN = 1 << 2, PULL_UP = 1 << 3,
  ALARM0 = 0x10, ARMED = 0x20, TIMERAWL = 0x28, INTR = 0x34, INTE = 0x38, ALARM_0 = 1 << 0,
  WATCHDOG_CTRL = 0x0,
  RANDOMBIT = 0x1c,
  IRQ_TIMER_0 = 0, IRQ_UART1 = 21,
};

/** An alarm so near may be past before it is set. */
#define SHORTEST_WAIT_US 4u
/** Of those that make one: neighbours are alike. */
#define RANDOM_BITS_A_BIT 64u

static struct pl011_line serial;

static void uart1_interrupt(void) {
  pl011_interrupt(&serial);
}

/** It has ended the WFI, and that is all it is for. */
static void timer_interrupt(void) {
  REGISTER(TIMER, INTR) = ALARM_0;
}

__attribute__((section(".vectors"), used)) static const vector vectors[16 + IRQ_UART1 + 1] = {
  (vector)stack_top, reset_handler, fault_handler, fault_handler,
  // Those between are reserved on a Cortex-M0+; SysTick is not used.
  [11] = fault_handler, [14] = fault_handler, [15] = fault_handler,
  [16 + IRQ_TIMER_0] = timer_interrupt,
  [16 + IRQ_UART1] = uart1_interrupt,
};

/** Pulled up as an idle line is: a pin that nothing is at receives nothing. */
static void use_as_uart(uint32_t pin) {
  REGISTER(PADS_BANK0, PAD_OF_PIN_0 + PAD_TO_PAD * pin + BITS_CLEAR) = PULL_DOWN;
  REGISTER(PADS_BANK0, PAD_OF_PIN_0 + PAD_TO_PAD * pin + BITS_SET) = PULL_UP;
  REGISTER(IO_BANK0, CTRL_OF_PIN_0 + CTRL_TO_CTRL * pin) = FUNCTION_UART;
}

void board_init(const uint8_t mac[6]) {
  (void)mac;
  clocks_init();
  use_as_uart(0);
  use_as_uart(1);
  use_as_uart(4);
  use_as_uart(5);
  pl011_init(UART0, CLOCK_HZ, BAUD);
  pl011_init(UART1, CLOCK_HZ, BAUD);
  pl011_listen(&serial, UART1);
  REGISTER(TIMER, INTE) = ALARM_0;
  cortex_enable(IRQ_TIMER_0);
  cortex_enable(IRQ_UART1);
}

uint32_t board_now(void) {
  return REGISTER(TIMER, TIMERAWL);
}

void board_wait(uint32_t us) {
  if (us < SHORTEST_WAIT_US) return;
  // With interrupts masked a pending one still ends the WFI: none is lost between look and WFI.
  __asm volatile("cpsid i" ::: "memory");
  if (ring_held(&serial.in) == 0) {
    REGISTER(TIMER, ALARM0) = board_now() + us;
    __asm volatile("wfi" ::: "memory");
    REGISTER(TIMER, ARMED) = ALARM_0;
  }
  __asm volatile("cpsie i" ::: "memory");
}

void board_putc(char c) {
  pl011_putc(UART0, c);
}

/** By the watchdog, which can reset more than the processors. */
void board_reset(void) {
  pl011_flush(UART0);
  REGISTER(PSM, WDSEL) = ALL_BUT_OSCILLATORS;
  for (;;) REGISTER(WATCHDOG, WATCHDOG_CTRL + BITS_SET) = 1u << 31;
}

/** The ring oscillator's random bit (datasheet section 2.17.4): its jitter against our clock. */
void board_entropy(uint8_t octets[32]) {
  for (uint32_t bit = 0; bit < 32 * 8; bit++) {
    uint32_t parity = 0;
    for (uint32_t count = 0; count < RANDOM_BITS_A_BIT; count++) {
      parity ^= REGISTER(ROSC, RANDOMBIT) & 1;
    }
    octets[bit / 8] = (uint8_t)(octets[bit / 8] << 1 | parity);
  }
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
