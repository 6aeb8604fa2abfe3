/* Echo, port 7: what comes goes back (RFC 862). */
#include <string.h>
#include "app.h"

/** From ring to ring, until one is empty or the other is full. */
static void on_news(struct connection *connection, uint32_t events) {
  const motetcp_socket socket = connection->socket;
  int32_t length;
  // That the peer has got it all makes neither more to read nor more room than there was.
  if (events == MOTETCP_EVENT_SENT) return;
  do {
    int32_t space;
    const uint8_t *from = motetcp_receive_buffer(socket, &length);
    if (length <= 0) break;
    uint8_t *to = motetcp_send_buffer(socket, &space);
    if (space <= 0) break;
    const uint32_t octets = (uint32_t)(length < space ? length : space);
    memcpy(to, from, octets);
    (void)motetcp_commit(socket, octets);
    length = motetcp_consume(socket, octets);
  } while (length > 0);
  if ((events & MOTETCP_EVENT_PEER_FINISHED) != 0) connection->state[0] = 1;
  const bool is_over = connection->state[0] != 0 && length <= 0;
  if (is_over || (events & MOTETCP_EVENT_CLOSED) != 0) connection_close(connection);
}

APPLICATION(echo) = { .name = "echo", .port = 7, .on_news = on_news };
