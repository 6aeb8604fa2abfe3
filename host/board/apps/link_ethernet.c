/* Frames between the board's network card and the stack. */
#include "board.h"
#include "link.h"

/** Frames in a row, before what they ask for is answered. */
enum { FRAMES_A_TURN = 8 };

static void receive(uint32_t now) {
  for (uint32_t count = 0; count < FRAMES_A_TURN; count++) {
    const uint32_t length = board_frame_read(motetcp_frame_in(), motetcp_frame_size());
    if (length == 0) return;
    (void)motetcp_receive(length, now);
  }
}

static bool transmit(uint32_t now) {
  while (motetcp_is_due(now)) {
    if (!board_frame_room()) return false;
    const uint32_t length = motetcp_transmit(now);
    if (length == 0) break;
    board_frame_write(motetcp_frame_out(), length);
  }
  return true;
}

/** There are always frames on an Ethernet: they mean nothing. */
static bool is_calling(void) {
  (void)board_frame_read(motetcp_frame_in(), 0);
  return false;
}

const struct link link_ethernet = {
  .name = "ethernet",
  .kind = MOTETCP_LINK_KIND_ETHERNET,
  .receive = receive,
  .transmit = transmit,
  .is_calling = is_calling,
};
