/* LAN9118 data sheet, chapters 3 (functions) and 5 (registers). */
#include "lan9118.h"
#include "fifo.h"

enum {
  RX_DATA = 0x00, TX_DATA = 0x20, RX_STATUS = 0x40, TX_STATUS = 0x48,
  IRQ_CFG = 0x54, IRQ_EN = 1 << 8, IRQ_ACTIVE_HIGH = 1 << 4, IRQ_PUSH_PULL = 1 << 0,
  INT_STS = 0x58, INT_EN = 0x5c, INT_RX_STATUS = 1 << 3,
  FIFO_INT = 0x68,
  TX_CFG = 0x70, TX_ON = 1 << 1,
  HW_CFG = 0x74, HW_MUST_BE_ONE = 1 << 20, HW_TX_FIFO_5K = 5 << 16, HW_SRST = 1 << 0,
  RX_FIFO_INF = 0x7c, TX_FIFO_INF = 0x80,
  PMT_CTRL = 0x84, PMT_READY = 1 << 0,
  MAC_CSR_CMD = 0xa4, MAC_CSR_DATA = 0xa8,
};
#define MAC_CSR_BUSY (1u << 31)

/** Registers of the MAC, behind MAC_CSR_CMD. */
enum { MAC_CR = 1, MAC_ADDRH = 2, MAC_ADDRL = 3 };
enum { CR_RXEN = 1 << 2, CR_TXEN = 1 << 3, CR_FULL_DUPLEX = 1 << 20 };

/** The words in front of a frame to send, and what the status of one that came says. */
enum { COMMAND_FIRST = 1 << 13, COMMAND_LAST = 1 << 12, STATUS_ERROR = 1 << 15 };
enum { FCS_OCTETS = 4, LONGEST_FRAME = 1514, COMMAND_OCTETS = 8 };

static uintptr_t chip;

static void write_mac(uint32_t number, uint32_t value) {
  while ((REGISTER(chip, MAC_CSR_CMD) & MAC_CSR_BUSY) != 0) continue;
  REGISTER(chip, MAC_CSR_DATA) = value;
  REGISTER(chip, MAC_CSR_CMD) = MAC_CSR_BUSY | number;
}

void lan9118_init(uintptr_t base, const uint8_t mac[6]) {
  chip = base;
  while ((REGISTER(chip, PMT_CTRL) & PMT_READY) == 0) continue;
  REGISTER(chip, HW_CFG) = HW_SRST;
  while ((REGISTER(chip, HW_CFG) & HW_SRST) != 0) continue;
  REGISTER(chip, HW_CFG) = HW_MUST_BE_ONE | HW_TX_FIFO_5K;
  write_mac(MAC_ADDRL, *(const word_there *)mac);
  write_mac(MAC_ADDRH, mac[4] | (uint32_t)mac[5] << 8);
  write_mac(MAC_CR, CR_FULL_DUPLEX | CR_TXEN | CR_RXEN);
  REGISTER(chip, TX_CFG) = TX_ON;
  // An interrupt as soon as there is any status: more than 0 of them.
  REGISTER(chip, FIFO_INT) = 0;
  REGISTER(chip, INT_EN) = 0;
  REGISTER(chip, IRQ_CFG) = IRQ_EN | IRQ_ACTIVE_HIGH | IRQ_PUSH_PULL;
}

bool lan9118_ready(void) {
  return (REGISTER(chip, RX_FIFO_INF) >> 16 & 0xff) != 0;
}

uint32_t lan9118_read(uint8_t *to, uint32_t size) {
  if (!lan9118_ready()) return 0;
  const uint32_t status = REGISTER(chip, RX_STATUS);
  const uint32_t claimed = status >> 16 & 0x3fff;
  const uint32_t length = claimed - FCS_OCTETS;
  const bool fits = (status & STATUS_ERROR) == 0 && claimed > FCS_OCTETS && length <= size;
  volatile uint32_t *fifo = &REGISTER(chip, RX_DATA);
  uint32_t words = (claimed + 3) / 4;
  if (fits) {
    to = fifo_read(fifo, to, length / 4);
    if (length % 4 != 0) fifo_read_tail(fifo, to, length % 4);
    words -= (length + 3) / 4;
  }
  for (; words != 0; words--) (void)*fifo;
  return fits ? length : 0;
}

bool lan9118_room(void) {
  return (REGISTER(chip, TX_FIFO_INF) & 0xffff) >= LONGEST_FRAME + COMMAND_OCTETS;
}

void lan9118_write(const uint8_t *frame, uint32_t length) {
  // What became of the frames before: nobody asks, but the FIFO must not fill up.
  while ((REGISTER(chip, TX_FIFO_INF) >> 16 & 0xff) != 0) (void)REGISTER(chip, TX_STATUS);
  REGISTER(chip, TX_DATA) = COMMAND_FIRST | COMMAND_LAST | length;
  REGISTER(chip, TX_DATA) = length;
  // The last word may take up to three octets from behind the frame; they are not sent.
  fifo_write(&REGISTER(chip, TX_DATA), frame, (length + 3) / 4);
}

void lan9118_listen(void) {
  REGISTER(chip, INT_STS) = INT_RX_STATUS;
  REGISTER(chip, INT_EN) = INT_RX_STATUS;
}

void lan9118_interrupt(void) {
  // The chip would go on interrupting until the main loop has emptied the FIFO.
  REGISTER(chip, INT_EN) = 0;
}
