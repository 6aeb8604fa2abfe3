/* Who listens where, and whose connection it is that has news. */
#include "app.h"
#include <string.h>
#include "runtime/console.h"

/* From the linker script: what the APPLICATIONs have put there. */
extern const struct application applications_start_of[], applications_end_of[];

/** As many as the stack has. */
enum { CONNECTIONS = 8, LISTENERS = 4, BACKLOG = 8 };
#define FOREVER 0xffffffffu

static struct connection connections[CONNECTIONS];
static struct {
  motetcp_socket socket;
  const struct application *application;
} listeners[LISTENERS];
static bool is_polled_elsewhere;

static struct connection *find(motetcp_socket socket) {
  for (uint32_t index = 0; index < CONNECTIONS; index++) {
    if (connections[index].socket == socket) return &connections[index];
  }
  return NULL;
}

/** An entry for a socket; where there is none, nobody would ever serve it. */
static struct connection *adopt(motetcp_socket socket, const struct application *application) {
  struct connection *connection = find(0);
  if (connection == NULL) {
    (void)motetcp_abort(socket);
    return NULL;
  }
  *connection = (struct connection){ .socket = socket, .application = application };
  return connection;
}

struct connection *connection_open(const struct application *application,
                                   struct motetcp_address address, uint16_t port) {
  const motetcp_socket socket = motetcp_connect(address, port);
  return socket > 0 ? adopt(socket, application) : NULL;
}

void connection_close(struct connection *connection) {
  (void)motetcp_close(connection->socket);
  connection->socket = 0;
}

/**
 * A client that is gone without a word, or whose RST was lost, must not have one of few connections
 * for ever: half a minute of silence, then three questions. What a listener has been told holds for
 * those that it accepts.
 */
static void keep_alive(motetcp_socket listener) {
  (void)motetcp_set_option(listener, MOTETCP_OPTION_KEEP_ALIVE_IDLE, 30);
  (void)motetcp_set_option(listener, MOTETCP_OPTION_KEEP_ALIVE_INTERVAL, 5);
  (void)motetcp_set_option(listener, MOTETCP_OPTION_KEEP_ALIVE_COUNT, 3);
  (void)motetcp_set_option(listener, MOTETCP_OPTION_KEEP_ALIVE, 1);
}

static void start(const struct application *application, uint32_t *count, uint32_t now) {
  if (application->on_start != NULL) application->on_start(now);
  if (application->polls) is_polled_elsewhere = true;
  if (application->port == 0) return;
  const motetcp_socket socket =
      *count < LISTENERS ? motetcp_listen(application->port, BACKLOG) : MOTETCP_ERR_FULL;
  if (socket > 0) {
    keep_alive(socket);
    listeners[*count].socket = socket;
    listeners[*count].application = application;
    (*count)++;
  }
  console_text(socket > 0 ? "motetcp: " : "motetcp: cannot serve ");
  console_text(application->name);
  console_text(" on port ");
  console_number(application->port);
  console_text("\n");
}

void applications_start(uint32_t now) {
  uint32_t count = 0;
  for (const struct application *at = applications_start_of; at < applications_end_of; at++) {
    start(at, &count, now);
  }
}

static void accept_all(motetcp_socket listener, const struct application *application) {
  for (uint32_t turn = 0; turn < CONNECTIONS; turn++) {
    const motetcp_socket socket = motetcp_accept(listener);
    if (socket <= 0) return;
    struct connection *connection = adopt(socket, application);
    if (connection != NULL) application->on_news(connection, MOTETCP_EVENT_CONNECTED);
  }
}

static void tell(motetcp_socket socket, uint32_t events) {
  struct connection *connection = find(socket);
  if (connection != NULL) {
    connection->application->on_news(connection, events);
    return;
  }
  for (uint32_t index = 0; index < LISTENERS; index++) {
    if (listeners[index].socket != socket) continue;
    accept_all(socket, listeners[index].application);
    return;
  }
}

uint32_t applications_turn(uint32_t now) {
  uint32_t events = 0;
  motetcp_socket socket;
  while (!is_polled_elsewhere && (socket = motetcp_poll(&events)) != 0) tell(socket, events);
  uint32_t wait = FOREVER;
  for (const struct application *at = applications_start_of; at < applications_end_of; at++) {
    const uint32_t turn = at->on_turn != NULL ? at->on_turn(now) : FOREVER;
    if (turn < wait) wait = turn;
  }
  return wait;
}
