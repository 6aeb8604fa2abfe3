/*
 * The main loop: frames or octets in, applications, frames or octets out, sleep. The build says who
 * we are (MOTETCP_ADDRESS, MOTETCP_PREFIX, MOTETCP_GATEWAY, MOTETCP_MAC, MOTETCP_BOARD) and by
 * which link (MOTETCP_LINK: link_ethernet or link_slip). The stack has one interface, and gets it
 * once: when a packet comes by the board's other link (MOTETCP_OTHER_LINK, if it has one), the
 * board restarts with that. MOTETCP_BUDGET, such as `[MOTETCP_BUDGET_SEND_RING] = 4096,`, has what
 * the stack's budget shall be in place of the defaults.
 */
#include "app.h"
#include "board.h"
#include "link.h"
#include "runtime/console.h"

/** How long to look away when the line has no room: what it empties by does not interrupt. */
#define LINE_BUSY_US 500u

#ifndef MOTETCP_BUDGET
#define MOTETCP_BUDGET 0
#endif
static const struct motetcp_budget BUDGET = { { MOTETCP_BUDGET } };

static const struct motetcp_interface INTERFACE = {
  .mtu = 1500,
  .flags = MOTETCP_INTERFACE_FLAG_ANNOUNCE,
  .mac = { MOTETCP_MAC },
  .address = { { MOTETCP_ADDRESS } },
  .prefix_length = MOTETCP_PREFIX,
  .gateway = { { MOTETCP_GATEWAY } },
};

#ifdef MOTETCP_OTHER_LINK
/** `CALLED` from when a packet has come by the other link until the next start. */
__attribute__((section(".kept"))) static uint32_t call;
#define CALLED 0x0ca11ed0u

static const struct link *chosen_link(void) {
  const bool is_called = call == CALLED;
  call = 0;
  return is_called ? &MOTETCP_OTHER_LINK : &MOTETCP_LINK;
}

static void heed_other(const struct link *link) {
  const struct link *other = link == &MOTETCP_LINK ? &MOTETCP_OTHER_LINK : &MOTETCP_LINK;
  if (!other->is_calling()) return;
  console_text("motetcp: somebody calls on the other link; restarting\n");
  if (other == &MOTETCP_OTHER_LINK) call = CALLED;
  board_reset();
}
#else
static const struct link *chosen_link(void) {
  return &MOTETCP_LINK;
}

static void heed_other(const struct link *link) {
  (void)link;
}
#endif

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
  expect(motetcp_init(&BUDGET, entropy, board_now()), "start");
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
  const struct link *link = chosen_link();
  board_init(INTERFACE.mac);
  start(link);
  for (;;) {
    const uint32_t now = board_now();
    link->receive(now);
    heed_other(link);
    uint32_t wait = applications_turn(now);
    if (link->transmit(now)) wait = least(wait, motetcp_next_deadline(now));
    else wait = least(wait, LINE_BUSY_US);
    board_wait(wait);
  }
}
