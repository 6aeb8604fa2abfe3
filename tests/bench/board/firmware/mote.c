/*
 * MoteTCP under test: the shipped applications, and the main loop's turn (host/board/apps/main.c,
 * link_ethernet.c) with the bench around it. It is an application, started first, so that it can
 * begin anew with a budget and entropy of its own; and it never gives back its first turn, which
 * comes when all the others have been started.
 */
#include "apps/app.h"
#include "board.h"
#include "budget.h"
#include "loop.h"

static void on_start(uint32_t now) {
  static const struct motetcp_budget BUDGET = { .words = {
    [MOTETCP_BUDGET_CONNECTIONS] = CONNECTIONS,
    [MOTETCP_BUDGET_RECEIVE_RING] = WINDOW,
    [MOTETCP_BUDGET_SEND_RING] = WINDOW,
  } };
  static const uint8_t ENTROPY[32] = { 1 };
  static const struct motetcp_interface INTERFACE = {
    .kind = MOTETCP_LINK_KIND_ETHERNET,
    .mtu = 1500,
    .mac = { MOTETCP_MAC },
    .address = { { MOTETCP_ADDRESS } },
    .prefix_length = MOTETCP_PREFIX,
  };
  (void)now;
  if (motetcp_init(&BUDGET, ENTROPY, BENCH_EPOCH_US) < 0) __builtin_trap();
  if (motetcp_configure(&INTERFACE) < 0) __builtin_trap();
}

static uint8_t *buffer(void) {
  return motetcp_frame_in();
}

static void turn(uint32_t length, uint32_t now) {
  if (length != 0) (void)motetcp_receive(length, now);
  (void)applications_turn(now);
  while (motetcp_is_due(now) && board_frame_room()) {
    length = motetcp_transmit(now);
    if (length == 0) break;
    board_frame_write(motetcp_frame_out(), length);
  }
  (void)motetcp_next_deadline(now);
}

static uint32_t on_turn(uint32_t now) {
  static const struct bench_stack STACK = { buffer, turn };
  static bool is_running;
  (void)now;
  if (is_running) return UINT32_MAX;
  is_running = true;
  bench_loop(&STACK);
  return UINT32_MAX;
}

APPLICATION(bench) = { .name = "bench", .on_start = on_start, .on_turn = on_turn };
