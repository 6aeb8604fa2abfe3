/*
 * An application: a file with an APPLICATION in it. All that are linked in are started; there is
 * no list to keep.
 *
 *   static void on_news(struct connection *connection, uint32_t events) { ... }
 *   APPLICATION(echo) = { .name = "echo", .port = 7, .on_news = on_news };
 */
#ifndef MOTETCP_APP_H
#define MOTETCP_APP_H

#include <stdint.h>
#include "motetcp.h"

/** A connection of an application, from when it is accepted or begun until `connection_close`. */
struct connection {
  /** 0: the entry is free. */
  motetcp_socket socket;
  const struct application *application;
  /** The application's own; 0 at first. */
  uint32_t state[2];
};

struct application {
  const char *name;
  /** Where it listens; 0: nowhere. */
  uint16_t port;
  /** Bits of `enum motetcp_event` for a connection. The first time is when it has been accepted. */
  void (*on_news)(struct connection *connection, uint32_t events);
  /** Once, when the stack is ready; may be left out. */
  void (*on_start)(uint32_t now);
  /**
   * Each turn of the main loop, before the stack transmits; may be left out. Returns microseconds
   * until it wants its next turn at the latest.
   */
  uint32_t (*on_turn)(uint32_t now);
  /** It calls `motetcp_poll` itself, in `on_turn`: nobody else gets news. */
  bool polls;
};

#define APPLICATION(name) \
  __attribute__((section(".applications"), used)) static const struct application name

/** Begins a connection for `application`; NULL when the stack or the table has no room. */
struct connection *connection_open(const struct application *application,
                                   struct motetcp_address address, uint16_t port);

/** Lets go of the socket, and of the entry. */
void connection_close(struct connection *connection);

/** The applications, and how they are served: for the main loop. */
void applications_start(uint32_t now);

/** News for all, then a turn for each. Returns microseconds until the next one at the latest. */
uint32_t applications_turn(uint32_t now);

#endif
