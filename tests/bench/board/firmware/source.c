/* Port 20: sends for as long as the peer takes it, from flash, by copying. */
#include "apps/app.h"
#include "source.h"

static void on_news(struct connection *connection, uint32_t events) {
  if ((events & (MOTETCP_EVENT_PEER_FINISHED | MOTETCP_EVENT_CLOSED)) != 0) {
    connection_close(connection);
    return;
  }
  while (motetcp_write(connection->socket, SOURCE, sizeof SOURCE) > 0) continue;
}

APPLICATION(source) = { .name = "source", .port = 20, .on_news = on_news };
