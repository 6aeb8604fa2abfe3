/*
 * The main loop: frames or octets in, applications, frames or octets out, sleep. The build says who
 * we are (MOTETCP_ADDRESS, MOTETCP_PREFIX, MOTETCP_GATEWAY, MOTETCP_MAC, MOTETCP_BOARD) and by
 * which link (MOTETCP_LINK: link_ethernet or link_slip; the stack has one interface).
 */
#include "app.h"
#include "board.h"
#include "link.h"
#include "runtime/console.h"

/** How long to look away when the line has no room: what it empties by does not interrupt. */
#define LINE_BUSY_US 500u

static const struct motetcp_interface INTERFACE = {
  .mtu = 1500,
  .flags = MOTETCP_INTERFACE_FLAG_ANNOUNCE,
  .mac = { MOTETCP_MAC },
  .address = { { MOTETCP_ADDRESS } },
  .prefix_length = MOTETCP_PREFIX,
  .gateway = { { MOTETCP_GATEWAY } },
};

static void report(const struct link *link) {
  console_text("motetcp: " MOTETCP_BOARD " ready, ");
  for (uint32_t index = 0; index < 4; index++) {
    if (index != 0) console_text(".");
    console_number(INTERFACE.address.octets[index]);
  }
  console_text("/");
  console_number(INTERFACE.prefix_length);
  console_text(" on ");
  console_text(link->name);
  console_text("\n");
}

/** Whatever the stack refuses at the start is a mistake of the build's: no use in going on. */
static void expect(int32_t result, const char *what) {
  if (result >= 0) return;
  console_text("motetcp: cannot ");
  console_text(what);
  console_text(": error ");
  console_number((uint32_t)-result);
  console_text("\n");
  for (;;) board_wait(1000000);
}

static void start(const struct link *link) {
  uint8_t entropy[32];
  board_entropy(entropy);
  expect(motetcp_init(NULL, entropy, board_now()), "start");
  struct motetcp_interface interface = INTERFACE;
  interface.kind = link->kind;
  expect(motetcp_configure(&interface), "configure");
  applications_start(board_now());
  report(link);
}

static uint32_t least(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

int main(void) {
  const struct link *link = &MOTETCP_LINK;
  board_init(INTERFACE.mac);
  start(link);
  for (;;) {
    const uint32_t now = board_now();
    link->receive(now);
    uint32_t wait = applications_turn(now);
    if (link->transmit(now)) wait = least(wait, motetcp_next_deadline(now));
    else wait = least(wait, LINE_BUSY_US);
    board_wait(wait);
  }
}
