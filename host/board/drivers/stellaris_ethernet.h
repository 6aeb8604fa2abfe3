/* The Ethernet controller of Stellaris LM3S6000 and LM3S9000, MAC and PHY in one. */
#ifndef MOTETCP_STELLARIS_ETHERNET_H
#define MOTETCP_STELLARIS_ETHERNET_H

#include <stdbool.h>
#include <stdint.h>

void stellaris_init(const uint8_t mac[6]);

/** Whether a frame is there to be read. */
bool stellaris_ready(void);

/** The oldest frame without its FCS; 0: none, or longer than `size`, or bad. */
uint32_t stellaris_read(uint8_t *to, uint32_t size);

bool stellaris_room(void);
void stellaris_write(const uint8_t *frame, uint32_t length);

/** To be called by the interrupt: its only task was to end the WFI. */
void stellaris_interrupt(void);

#endif
