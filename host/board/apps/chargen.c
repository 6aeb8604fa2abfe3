/*
 * Character generator, port 19: lines of 72 printable characters, each beginning one further on
 * than the one before, for as long as the peer takes them (RFC 864). For measuring how fast a board
 * sends.
 */
#include "app.h"

enum { LINE = 72, WITH_CRLF = LINE + 2, FIRST = ' ', PRINTABLE = '~' - ' ' + 1 };

/** `state[0]`: octets of this line that are sent; `state[1]`: which character it began with. */
static uint8_t next_octet(struct connection *connection) {
  const uint32_t at = connection->state[0]++;
  if (at < LINE) return (uint8_t)(FIRST + (connection->state[1] + at) % PRINTABLE);
  if (at < WITH_CRLF - 1) return '\r';
  connection->state[0] = 0;
  connection->state[1] = (connection->state[1] + 1) % PRINTABLE;
  return '\n';
}

static void on_news(struct connection *connection, uint32_t events) {
  const motetcp_socket socket = connection->socket;
  int32_t octets;
  (void)motetcp_receive_buffer(socket, &octets);
  while (octets > 0) octets = motetcp_consume(socket, (uint32_t)octets);
  if ((events & (MOTETCP_EVENT_PEER_FINISHED | MOTETCP_EVENT_CLOSED)) != 0) {
    connection_close(connection);
    return;
  }
  for (uint8_t *to; (to = motetcp_send_buffer(socket, &octets)) != NULL; ) {
    for (int32_t index = 0; index < octets; index++) to[index] = next_octet(connection);
    (void)motetcp_commit(socket, (uint32_t)octets);
  }
}

APPLICATION(chargen) = { .name = "chargen", .port = 19, .on_news = on_news };
