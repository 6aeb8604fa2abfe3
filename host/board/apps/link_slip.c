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
  while (board_serial_room() >= motetcp_serial_size()) {
    const uint32_t length = motetcp_serial_transmit(now);
    if (length == 0) return true;
    board_serial_write(motetcp_serial(), length);
  }
  return false;
}

const struct link link_slip = {
  .name = "slip", .kind = MOTETCP_LINK_KIND_IP, .receive = receive, .transmit = transmit,
};
