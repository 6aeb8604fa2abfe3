/*
 * What the sensor of docs/examples/sensor measures: the seconds since the start, each once. Of a
 * real board, here it asks its converter.
 */
#include "app.h"
#include "motetcp_module.h"

#define SECOND_US 1000000u

static uint32_t measured_at;
static uint32_t seconds;

static void on_start(uint32_t now) {
  measured_at = now;
}

static uint32_t on_turn(uint32_t now) {
  const uint32_t passed = now - measured_at;
  if (passed < SECOND_US) return SECOND_US - passed;
  measured_at += SECOND_US;
  module_reading(++seconds);
  // The firmware heeds it in its turn, which may have been in this round.
  return 0;
}

APPLICATION(sensor) = { .name = "sensor", .on_start = on_start, .on_turn = on_turn };
