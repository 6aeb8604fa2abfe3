/* Octets between the board's serial line and the stack, which does SLIP (RFC 1055). */
#include "board.h"
#include "link.h"

/** Chunks in a row, before what they ask for is answered. */
enum { CHUNKS_A_TURN = 4 };

static void receive(uint32_t now) {
  for (uint32_t count = 0; count < CHUNKS_A_TURN; count++) {
    const uint32_t length = board_serial_read(motetcp_serial(), motetcp_serial_size());
    if (length == 0) return;
    (void)motetcp_serial_receive(length, now);
  }
}

static bool transmit(uint32_t now) {
  while (motetcp_is_due(now)) {
    if (board_serial_room() < motetcp_serial_size()) return false;
    const uint32_t length = motetcp_serial_transmit(now);
    if (length == 0) break;
    board_serial_write(motetcp_serial(), length);
  }
  return true;
}

/** A packet begins with an END and the first octet of an IPv4 header; noise hardly ever does. */
enum { END = 0xc0, HEADER = 0x45 };

static bool is_calling(void) {
  static uint8_t last;
  for (uint8_t octet; board_serial_read(&octet, 1) != 0; last = octet) {
    if (last == END && octet == HEADER) return true;
  }
  return false;
}

const struct link link_slip = {
  .name = "slip",
  .kind = MOTETCP_LINK_KIND_IP,
  .receive = receive,
  .transmit = transmit,
  .is_calling = is_calling,
};
