/*
 * A web server with one page (port 80, HTTP/1.0): who is connected, what has been counted, how
 * long the board has been up. The page is longer than the send ring, so it is made line by line as
 * the ring takes it.
 */
#include <string.h>
#include "app.h"
#include "status_page.h"

/** One for each connection that the stack can have. */
enum { RESPONSES = 8 };

/** A request as it comes, then its answer as it goes. */
static struct response {
  struct connection *connection;
  /** Octets of the request line that are as they should be; `WRONG` when one is not. */
  uint32_t matched;
  /** The last octet, carriage returns apart, was the end of a line. */
  bool is_new_line;
  /** The request has come; the answer is on its way. */
  bool is_answering;
  /** The piece of the answer that is being sent, octets of it that are, and the line after it. */
  const char *text;
  uint32_t length;
  uint32_t sent;
  uint32_t next_line;
  struct line line;
} responses[RESPONSES];

static const char REQUEST[] = "GET / ";
enum { MATCHED_ALL = sizeof(REQUEST) - 1, WRONG = 99 };

static const char FOUND[] =
    "HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
    "Connection: close\r\n\r\n";
static const char NOT_FOUND[] =
    "HTTP/1.0 404 Not Found\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    "There is only /\n";

static struct response *response_of(struct connection *connection) {
  struct response *unused = NULL;
  for (uint32_t index = 0; index < RESPONSES; index++) {
    if (responses[index].connection == connection) return &responses[index];
    if (responses[index].connection == NULL) unused = &responses[index];
  }
  if (unused != NULL) {
    memset(unused, 0, sizeof(*unused));
    unused->connection = connection;
  }
  return unused;
}

static void finish(struct response *response) {
  connection_close(response->connection);
  response->connection = NULL;
}

static void answer(struct response *response) {
  const bool is_found = response->matched == MATCHED_ALL;
  response->is_answering = true;
  response->text = is_found ? FOUND : NOT_FOUND;
  response->length = (is_found ? sizeof(FOUND) : sizeof(NOT_FOUND)) - 1;
  response->next_line = is_found ? 0 : STATUS_PAGE_END;
}

/** The first line must be as expected, and an empty one ends the request. */
static void take(struct response *response, uint8_t octet) {
  if (response->matched < MATCHED_ALL) {
    response->matched = octet == REQUEST[response->matched] ? response->matched + 1 : WRONG;
  }
  if (octet == '\r') return;
  if (octet == '\n' && response->is_new_line && !response->is_answering) answer(response);
  response->is_new_line = octet == '\n';
}

static void read_request(struct response *response) {
  const motetcp_socket socket = response->connection->socket;
  int32_t length;
  for (const uint8_t *at; (at = motetcp_receive_buffer(socket, &length)) != NULL; ) {
    for (int32_t index = 0; index < length; index++) take(response, at[index]);
    (void)motetcp_consume(socket, (uint32_t)length);
  }
}

/** Makes the next line of the page. Returns whether there is one. */
static bool make_line(struct response *response) {
  if (response->next_line == STATUS_PAGE_END) return false;
  response->line.length = 0;
  response->next_line = status_page_line(&response->line, response->next_line);
  response->text = response->line.text;
  response->length = response->line.length;
  response->sent = 0;
  return true;
}

/** Sends as much as the ring takes. Returns whether all has been sent. */
static bool write_answer(struct response *response) {
  do {
    const uint32_t left = response->length - response->sent;
    const int32_t written = motetcp_write(response->connection->socket,
                                          response->text + response->sent, left);
    if (written < 0) return true;
    response->sent += (uint32_t)written;
    if ((uint32_t)written < left) return false;
  } while (make_line(response));
  return true;
}

static void on_news(struct connection *connection, uint32_t events) {
  struct response *response = response_of(connection);
  if (response == NULL) {
    connection_close(connection);
    return;
  }
  read_request(response);
  const uint32_t over = MOTETCP_EVENT_CLOSED;
  const uint32_t no_request = response->is_answering ? 0 : MOTETCP_EVENT_PEER_FINISHED;
  if ((events & (over | no_request)) != 0) finish(response);
  else if (response->is_answering && write_answer(response)) finish(response);
}

APPLICATION(http) = {
  .name = "http", .port = 80, .on_news = on_news, .on_turn = status_page_turn,
};
