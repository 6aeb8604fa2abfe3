/* What the files of this board share. Names of registers are those of the RP2040's datasheet. */
#ifndef MOTETCP_RP2040_H
#define MOTETCP_RP2040_H

#include "drivers/registers.h"

/** Each register has more addresses: what is written to these sets or clears its bits. */
#define BITS_SET 0x2000u
#define BITS_CLEAR 0x3000u

/** Where the program's vector table lies in flash: behind the second boot stage. */
#define PROGRAM 0x10000100u

/** What the processor and the UARTs run at after `clocks_init`, in hertz. */
#define CLOCK_HZ 125000000u

/** Clocks and timer, and all blocks that the board uses out of reset. */
void clocks_init(void);

#endif
