/*
 * The second stage of the RP2040's boot. The boot ROM copies the first 256 octets of the flash to
 * RAM, checks their CRC-32 (datasheet section 2.8.1.3; the build writes it into their last word),
 * and runs them. They let the flash be read as memory (section 4.10), by the serial read command
 * 03h that every flash chip has, and start the program by the vector table behind them.
 *
 * That is slow, four clocks a bit, but it is needed only until the program has copied itself to
 * RAM (link.ld), and there is no chip that it does not fit.
 *
 * Nothing but its own octets is in memory: this calls no function, and its constants lie with it.
 */
#include "boards/rp2040/rp2040.h"

#define SSI 0x18000000u
#define SCB 0xe000ed00u

enum {
  CTRLR0 = 0x00, DATA_OF_32_BITS = 31 << 16, COMMAND_OUT_DATA_IN = 3 << 8,
  CTRLR1 = 0x04,
  SSIENR = 0x08,
  BAUDR = 0x14, CLOCKS_A_BIT = 4,
  SPI_CTRLR0 = 0xf4, READ_COMMAND = 0x03 << 24, COMMAND_OF_8_BITS = 2 << 8,
  /* In units of four bits. */
  ADDRESS_OF_24_BITS = 6 << 2,
  VTOR = 0x08,
};

__attribute__((section(".boot_stage"), noreturn, used)) void boot_stage(void) {
  REGISTER(SSI, SSIENR) = 0;
  REGISTER(SSI, BAUDR) = CLOCKS_A_BIT;
  REGISTER(SSI, CTRLR0) = DATA_OF_32_BITS | COMMAND_OUT_DATA_IN;
  REGISTER(SSI, CTRLR1) = 0;
  REGISTER(SSI, SPI_CTRLR0) = READ_COMMAND | COMMAND_OF_8_BITS | ADDRESS_OF_24_BITS;
  REGISTER(SSI, SSIENR) = 1;
  REGISTER(SCB, VTOR) = PROGRAM;
  const uint32_t stack = REGISTER(PROGRAM, 0);
  const uint32_t start = REGISTER(PROGRAM, 4);
  __asm volatile("msr msp, %0\n bx %1" : : "r"(stack), "r"(start));
  __builtin_unreachable();
}
