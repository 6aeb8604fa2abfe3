/* A way to the wire: what the main loop does with what the board gives. */
#ifndef MOTETCP_LINK_H
#define MOTETCP_LINK_H

#include <stdint.h>
#include "motetcp.h"

struct link {
  const char *name;
  enum motetcp_link_kind kind;
  /** Hands over to the stack what has come, a bounded lot of it. */
  void (*receive)(uint32_t now);
  /** Takes from the stack what is due, as far as the line has room. Returns whether there was. */
  bool (*transmit)(uint32_t now);
  /** While another link is in use: forgets what comes, and tells whether it looks like a packet. */
  bool (*is_calling)(void);
};

extern const struct link link_ethernet;
extern const struct link link_slip;

#endif
