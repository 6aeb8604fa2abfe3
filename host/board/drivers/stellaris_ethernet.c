/* LM3S6965 data sheet, chapter "Ethernet Controller". Both FIFOs are one register of 32 bits. */
#include "stellaris_ethernet.h"
#include "fifo.h"

#define MAC_BASE 0x40048000u

enum {
  RIS = 0x00, IM = 0x04, INT_RX = 1 << 0, INT_ALL = 0x7f,
  RCTL = 0x08, RCTL_RXEN = 1 << 0, RCTL_BADCRC = 1 << 3, RCTL_RSTFIFO = 1 << 4,
  TCTL = 0x0c, TCTL_TXEN = 1 << 0, TCTL_PADEN = 1 << 1, TCTL_CRC = 1 << 2, TCTL_DUPLEX = 1 << 4,
  DATA = 0x10, IA0 = 0x14, IA1 = 0x18, NP = 0x34,
  TR = 0x38, TR_NEWTX = 1 << 0,
};

/** What the FIFO says before a frame: its length with these two octets and the FCS. */
enum { LENGTH_OCTETS = 2, FCS_OCTETS = 4 };
enum { HEADER_OCTETS = 14 };

void stellaris_init(const uint8_t mac[6]) {
  REGISTER(MAC_BASE, IM) = 0;
  REGISTER(MAC_BASE, RCTL) = RCTL_RSTFIFO;
  REGISTER(MAC_BASE, IA0) = *(const word_there *)mac;
  REGISTER(MAC_BASE, IA1) = mac[4] | (uint32_t)mac[5] << 8;
  REGISTER(MAC_BASE, TCTL) = TCTL_DUPLEX | TCTL_CRC | TCTL_PADEN | TCTL_TXEN;
  REGISTER(MAC_BASE, RCTL) = RCTL_BADCRC | RCTL_RXEN;
  REGISTER(MAC_BASE, RIS) = INT_ALL;
  REGISTER(MAC_BASE, IM) = INT_RX;
}

bool stellaris_ready(void) {
  return REGISTER(MAC_BASE, NP) != 0;
}

uint32_t stellaris_read(uint8_t *to, uint32_t size) {
  if (!stellaris_ready()) return 0;
  volatile uint32_t *fifo = &REGISTER(MAC_BASE, DATA);
  const uint32_t first = *fifo;
  const uint32_t claimed = first & 0xffff;
  const uint32_t length = claimed - LENGTH_OCTETS - FCS_OCTETS;
  const bool fits = claimed > LENGTH_OCTETS + FCS_OCTETS && length <= size;
  uint32_t words = (claimed + 3) / 4 - 1;
  if (fits) {
    // Two octets have come with the length; the last ones share a word with the FCS.
    to[0] = (uint8_t)(first >> 16);
    to[1] = (uint8_t)(first >> 24);
    const uint32_t whole = (length - LENGTH_OCTETS) / 4;
    const uint32_t tail = (length - LENGTH_OCTETS) % 4;
    to = fifo_read(fifo, to + LENGTH_OCTETS, whole);
    if (tail != 0) fifo_read_tail(fifo, to, tail);
    words -= whole + (tail != 0);
  }
  for (; words != 0; words--) (void)*fifo;
  return fits ? length : 0;
}

bool stellaris_room(void) {
  return (REGISTER(MAC_BASE, TR) & TR_NEWTX) == 0;
}

void stellaris_write(const uint8_t *frame, uint32_t length) {
  // In front comes the length of what follows the header; then the octets go on in that word.
  REGISTER(MAC_BASE, DATA) = (length - HEADER_OCTETS) | (uint32_t)frame[0] << 16 |
                             (uint32_t)frame[1] << 24;
  // The last word may take up to three octets from behind the frame; they are not sent.
  fifo_write(&REGISTER(MAC_BASE, DATA), frame + 2, (length - 2 + 3) / 4);
  REGISTER(MAC_BASE, TR) = TR_NEWTX;
}

void stellaris_interrupt(void) {
  REGISTER(MAC_BASE, RIS) = INT_ALL;
}
