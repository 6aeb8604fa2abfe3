/*
 * What a board gives: time, idling, a console, and an Ethernet or a serial line. boards/NAME/
 * implements it; the main loop (apps/main.c) and the runtime use nothing else. All of it is called
 * from the main loop, never from an interrupt, but for what a fault uses.
 */
#ifndef MOTETCP_BOARD_H
#define MOTETCP_BOARD_H

#include <stdbool.h>
#include <stdint.h>

/** Clocks, pins, the console, and both links as far as the board has them. */
void board_init(const uint8_t mac[6]);

/** Microseconds since some moment; wraps. */
uint32_t board_now(void);

/**
 * Idles (WFI) until an interrupt comes or `us` microseconds have passed; less is allowed. Returns
 * at once when a frame or octets are there already: none may come between the look and the WFI.
 */
void board_wait(uint32_t us);

/** One character to the console. Polls, so that it works with interrupts off and in a fault. */
void board_putc(char c);

/** Restarts the board as if by its reset pin. */
__attribute__((noreturn)) void board_reset(void);

/** What the board knows that others do not: fills 32 octets, different ones after each start. */
void board_entropy(uint8_t octets[32]);

/** Moves a frame from the network card to `to`. Returns its octets, 0: none; what is longer than
 * `size` goes. */
uint32_t board_frame_read(uint8_t *to, uint32_t size);

/** Whether `board_frame_write` would take a frame now. */
bool board_frame_room(void);

/** Sends a frame without its FCS. */
void board_frame_write(const uint8_t *frame, uint32_t length);

/** Takes octets of the serial line that have arrived, at most `size`. Returns how many. */
uint32_t board_serial_read(uint8_t *to, uint32_t size);

/** Octets that `board_serial_write` would take now. */
uint32_t board_serial_room(void);

/** Sends octets; at most as many as there is room for. */
void board_serial_write(const uint8_t *octets, uint32_t length);

#endif
