/*
 * From the ring oscillator that an RP2040 wakes up with to its crystal's exact 12 MHz, and 125 MHz
 * made of them (datasheet sections 2.15, 2.16 and 2.18). UARTs run at 125 MHz, too, the timer
 * counts microseconds.
 */
#include "boards/rp2040/rp2040.h"

#define CLOCKS 0x40008000u
#define RESETS 0x4000c000u
#define XOSC 0x40024000u
#define PLL_SYS 0x40028000u
#define WATCHDOG 0x40058000u
#define TOP_BIT (1u << 31)

enum {
  CRYSTAL_MHZ = 12,

  CLK_REF_CTRL = 0x30, CLK_REF_SELECTED = 0x38, REF_XOSC = 2,
  CLK_SYS_CTRL = 0x3c, CLK_SYS_SELECTED = 0x44, SYS_PLL = 1,
  CLK_PERI_CTRL = 0x48, PERI_ENABLE = 1 << 11,
  CLK_SYS_RESUS_CTRL = 0x78,

  XOSC_CTRL = 0x00, XOSC_1_TO_15_MHZ = 0xaa0, XOSC_ENABLE = 0xfab << 12,
  XOSC_STATUS = 0x04,
  /* In units of 256 cycles. */
  XOSC_STARTUP = 0x0c, A_MILLISECOND = (CRYSTAL_MHZ * 1000 + 128) / 256,

  /* 12 MHz * 125 / (6 * 2) = 125 MHz; in between 1,500 MHz, of 750 to 1,600 allowed. */
  PLL_CS = 0x0, PLL_REFERENCE_DIVISOR = 1,
  PLL_PWR = 0x4, PLL_PD = 1 << 0, PLL_POSTDIVPD = 1 << 3, PLL_VCOPD = 1 << 5,
  PLL_FBDIV_INT = 0x8, PLL_FEEDBACK = 125,
  PLL_PRIM = 0xc, PLL_POST_DIVISORS = 6 << 16 | 2 << 12,

  RESET = 0x0, IO_BANK0 = 1 << 5, PADS_BANK0 = 1 << 8, PLL = 1 << 12, TIMER = 1 << 21,
  UART0 = 1 << 22, UART1 = 1 << 23,
  RESET_DONE = 0x8,

  WATCHDOG_TICK = 0x2c, TICK_ENABLE = 1 << 9,
};

static void take_out_of_reset(uint32_t blocks) {
  REGISTER(RESETS, RESET + BITS_CLEAR) = blocks;
  while ((REGISTER(RESETS, RESET_DONE) & blocks) != blocks) continue;
}

static void start_crystal(void) {
  REGISTER(XOSC, XOSC_STARTUP) = A_MILLISECOND;
  REGISTER(XOSC, XOSC_CTRL) = XOSC_ENABLE | XOSC_1_TO_15_MHZ;
  while ((REGISTER(XOSC, XOSC_STATUS) & TOP_BIT) == 0) continue;
}

static void start_pll(void) {
  take_out_of_reset(PLL);
  REGISTER(PLL_SYS, PLL_CS) = PLL_REFERENCE_DIVISOR;
  REGISTER(PLL_SYS, PLL_FBDIV_INT) = PLL_FEEDBACK;
  REGISTER(PLL_SYS, PLL_PWR + BITS_CLEAR) = PLL_PD | PLL_VCOPD;
  while ((REGISTER(PLL_SYS, PLL_CS) & TOP_BIT) == 0) continue;
  REGISTER(PLL_SYS, PLL_PRIM) = PLL_POST_DIVISORS;
  REGISTER(PLL_SYS, PLL_PWR + BITS_CLEAR) = PLL_POSTDIVPD;
}

void clocks_init(void) {
  REGISTER(CLOCKS, CLK_SYS_RESUS_CTRL) = 0;
  start_crystal();
  REGISTER(CLOCKS, CLK_REF_CTRL) = REF_XOSC;
  while (REGISTER(CLOCKS, CLK_REF_SELECTED) != 1 << REF_XOSC) continue;
  start_pll();
  REGISTER(CLOCKS, CLK_SYS_CTRL) = SYS_PLL;
  while (REGISTER(CLOCKS, CLK_SYS_SELECTED) != 1 << SYS_PLL) continue;
  REGISTER(CLOCKS, CLK_PERI_CTRL) = PERI_ENABLE;
  REGISTER(WATCHDOG, WATCHDOG_TICK) = CRYSTAL_MHZ | TICK_ENABLE;
  take_out_of_reset(IO_BANK0 | PADS_BANK0 | TIMER | UART0 | UART1);
}
