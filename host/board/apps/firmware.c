/*
 * A module with an application of its own beside the stack, as docs/library.md has it: it is
 * started, has its turn in each round, and takes all the events itself.
 */
#include "app.h"
#include "motetcp_module.h"
#include "runtime/console.h"

static bool is_running;

static void on_start(uint32_t now) {
  is_running = (int32_t)module_start(now) >= 0;
  console_text(is_running ? "motetcp: firmware started\n" : "motetcp: firmware did not start\n");
}

static uint32_t on_turn(uint32_t now) {
  return is_running ? module_step(now) : UINT32_MAX;
}

APPLICATION(firmware) = {
  .name = "firmware", .on_start = on_start, .on_turn = on_turn, .polls = true,
};
