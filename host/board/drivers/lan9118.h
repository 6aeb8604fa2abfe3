/* SMSC LAN9118 and its kin, Ethernet controllers behind a bus of 32 bits. */
#ifndef MOTETCP_LAN9118_H
#define MOTETCP_LAN9118_H

#include <stdbool.h>
#include <stdint.h>

/** `base`: where the chip's registers are. */
void lan9118_init(uintptr_t base, const uint8_t mac[6]);

/** Whether a frame is there to be read. */
bool lan9118_ready(void);

/** The oldest frame without its FCS; 0: none, or longer than `size`, or bad. */
uint32_t lan9118_read(uint8_t *to, uint32_t size);

bool lan9118_room(void);
void lan9118_write(const uint8_t *frame, uint32_t length);

/** Lets the next frame interrupt; to be called before idling, with interrupts masked. */
void lan9118_listen(void);

/** To be called by the interrupt: its only task was to end the WFI. */
void lan9118_interrupt(void);

#endif
