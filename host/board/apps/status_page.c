/* Uptime, sockets as netstat shows them, and the counters that are not 0. */
#include "status_page.h"
#include <string.h>

/** A number of a line: which part of the page, and which entry of it. */
enum part { HEAD, COLUMNS, SOCKETS, COUNTERS = SOCKETS + 4, FOOT };
#define LINE_OF(part, index) ((uint32_t)(part) << 16 | (index))

#define FOREVER 0xffffffffu
#define SECOND_US 1000000u

static uint32_t uptime_seconds;
static uint32_t counted_until;

static const char *const STATES[MOTETCP_STATE_COUNT] = {
  "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
  "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
};

/** In the order in which the page shows them; the part says which. */
static const uint8_t TABLES[] = {
  MOTETCP_TABLE_LISTENERS, MOTETCP_TABLE_CONNECTIONS, MOTETCP_TABLE_HALF_OPEN,
  MOTETCP_TABLE_TIME_WAIT,
};

uint32_t status_page_turn(uint32_t now) {
  const uint32_t seconds = (now - counted_until) / SECOND_US;
  counted_until += seconds * SECOND_US;
  uptime_seconds += seconds;
  // The stack itself is looked at more often than `now` wraps.
  return FOREVER;
}

static void head(struct line *line) {
  line_text(line, "<!doctype html><title>" MOTETCP_BOARD "</title><pre>MoteTCP on " MOTETCP_BOARD
            ", up ");
  line_number(line, uptime_seconds);
  line_text(line, " s\n");
}

static void columns(struct line *line) {
  line_text(line, "\nRecv-Q Send-Q Local                 Remote                State        "
            "cwnd  RTT us\n");
}

static void socket_line(struct line *line, const struct motetcp_status *status) {
  const uint32_t *words = status->words;
  const uint32_t state = words[MOTETCP_STATUS_STATE];
  line_number(line, words[MOTETCP_STATUS_RECEIVE_QUEUE]);
  line_column(line, 7);
  line_number(line, words[MOTETCP_STATUS_SEND_QUEUE]);
  line_column(line, 14);
  line_end_point(line, motetcp_address_in(status, MOTETCP_STATUS_LOCAL_ADDRESS),
                 words[MOTETCP_STATUS_LOCAL_PORT]);
  line_column(line, 36);
  line_end_point(line, motetcp_address_in(status, MOTETCP_STATUS_REMOTE_ADDRESS),
                 words[MOTETCP_STATUS_REMOTE_PORT]);
  line_column(line, 58);
  line_text(line, state < MOTETCP_STATE_COUNT ? STATES[state] : "?");
  if (words[MOTETCP_STATUS_CONGESTION_WINDOW] != 0) {
    line_column(line, 71);
    line_number(line, words[MOTETCP_STATUS_CONGESTION_WINDOW]);
    line_column(line, 77);
    line_number(line, words[MOTETCP_STATUS_SMOOTHED_RTT]);
  }
  line_text(line, "\n");
}

/** An entry of a table. Free ones make no line; behind the last comes the next table. */
static uint32_t sockets(struct line *line, uint32_t part, uint32_t index) {
  struct motetcp_status status;
  for (;; index++) {
    const int32_t is_used = motetcp_describe(TABLES[part - SOCKETS], index, &status);
    if (is_used < 0) return LINE_OF(part + 1, 0);
    if (is_used == 0) continue;
    socket_line(line, &status);
    return LINE_OF(part, index + 1);
  }
}

/** The next counter that is not 0. */
static uint32_t counters(struct line *line, uint32_t index) {
  const char *name = MOTETCP_COUNTER_NAMES;
  for (uint32_t skip = 0; skip < index; skip++) name += strlen(name) + 1;
  if (index == 0) line_text(line, "\n");
  for (; index < MOTETCP_COUNTER_COUNT; index++, name += strlen(name) + 1) {
    const uint32_t value = motetcp_counter(index);
    if (value == 0) continue;
    line_text(line, name);
    line_column(line, 28);
    line_number(line, value);
    line_text(line, "\n");
    return LINE_OF(COUNTERS, index + 1);
  }
  return LINE_OF(FOOT, 0);
}

uint32_t status_page_line(struct line *line, uint32_t number) {
  const uint32_t part = number >> 16;
  const uint32_t index = number & 0xffff;
  if (part == HEAD) {
    head(line);
    return LINE_OF(COLUMNS, 0);
  }
  if (part == COLUMNS) {
    columns(line);
    return LINE_OF(SOCKETS, 0);
  }
  if (part < COUNTERS) return sockets(line, part, index);
  if (part == COUNTERS) return counters(line, index);
  line_text(line, "</pre>\n");
  return STATUS_PAGE_END;
}
