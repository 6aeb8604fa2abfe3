/* Discard, port 9: what comes is forgotten (RFC 863). For measuring how fast a board receives. */
#include "app.h"

static void on_news(struct connection *connection, uint32_t events) {
  int32_t length;
  (void)motetcp_receive_buffer(connection->socket, &length);
  while (length > 0) length = motetcp_consume(connection->socket, (uint32_t)length);
  if ((events & (MOTETCP_EVENT_PEER_FINISHED | MOTETCP_EVENT_CLOSED)) != 0) {
    connection_close(connection);
  }
}

APPLICATION(discard) = { .name = "discard", .port = 9, .on_news = on_news };
