/*
 * MoteTCP in C: the calls of the module, with C's types. C99, no malloc, no threads, no RTOS.
 *
 * The stack is driven by its user. Nothing blocks, nothing calls back, and all calls come from one
 * place, the main loop (apps/main.c), never from an interrupt:
 *
 *   motetcp_init(NULL, entropy, now);  motetcp_configure(&interface);
 *   for (;;) {
 *     a frame has come:  copy it to motetcp_frame_in(), motetcp_receive(length, now)
 *     while ((socket = motetcp_poll(&events)) != 0)  read, write, accept, close ...
 *     while (motetcp_is_due(now) && (length = motetcp_transmit(now)) != 0)
 *       send length octets at motetcp_frame_out()
 *     sleep until a frame comes, or motetcp_next_deadline(now) microseconds have passed
 *   }
 *
 * `now` is a number of microseconds that wraps. What a call refuses it answers with an
 * `enum motetcp_err`, below 0. docs/embedding.md has all the rules, and the limits.
 */
#ifndef MOTETCP_H
#define MOTETCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "motetcp_abi.h"

/** A connection or a listener; above 0. One that has been closed is never somebody else's. */
typedef int32_t motetcp_socket;

/** An IPv4 address as it is written; `{{0}}` means any. */
struct motetcp_address {
  uint8_t octets[4];
};

/** How much of everything the stack has: see `enum motetcp_budget_word`. 0: the build's default. */
struct motetcp_budget {
  uint32_t words[MOTETCP_BUDGET_WORDS];
};

/** The link, and who we are on it. */
struct motetcp_interface {
  enum motetcp_link_kind kind;
  /** Octets of the largest IP packet: 1,500 on Ethernet. */
  uint32_t mtu;
  /** Bits of `enum motetcp_interface_flag`. */
  uint32_t flags;
  uint8_t mac[6];
  struct motetcp_address address;
  /** Bits of the address that are the network's. */
  uint32_t prefix_length;
  /** The router; any: none. */
  struct motetcp_address gateway;
};

/** What `motetcp_status` and `motetcp_describe` tell: words by `enum motetcp_status_word`. */
struct motetcp_status {
  uint32_t words[MOTETCP_STATUS_WORDS];
};

/**
 * Starts the stack, with empty tables. `budget`: NULL for the defaults. `entropy`: secret, and
 * different at each start, else sequence numbers can be foretold (RFC 6528). `MOTETCP_ERR_BUDGET`
 * when a word of the budget is out of range, `MOTETCP_ERR_MEMORY` when it takes too much.
 */
int32_t motetcp_init(const struct motetcp_budget *budget, const uint8_t entropy[32], uint32_t now);

/** Sets the interface up; once. `MOTETCP_ERR_INVALID` when something in it cannot be. */
int32_t motetcp_configure(const struct motetcp_interface *interface);

/* Frames and time. */

/** Where a frame that has come is to be put: at most `motetcp_frame_size()` octets. */
uint8_t *motetcp_frame_in(void);
uint32_t motetcp_frame_size(void);

/** Takes the frame that lies there. Whatever it holds, it is only counted at worst. */
int32_t motetcp_receive(uint32_t length, uint32_t now);

/** Makes the next frame that is due. Returns its octets, 0: none. */
uint32_t motetcp_transmit(uint32_t now);

/**
 * Whether that, or `motetcp_serial_transmit`, has anything to do: a frame waits, or the deadline
 * told last has passed. To ask costs next to nothing; without asking nothing is missed.
 */
bool motetcp_is_due(uint32_t now);

/** Where it lies until the next call. */
const uint8_t *motetcp_frame_out(void);

/** Where octets of a serial line (SLIP, RFC 1055) are put and found, at most so many. */
uint8_t *motetcp_serial(void);
uint32_t motetcp_serial_size(void);
int32_t motetcp_serial_receive(uint32_t length, uint32_t now);
/** Leaves the next octets for the line there. Returns how many; 0: none. */
uint32_t motetcp_serial_transmit(uint32_t now);

/** Microseconds until `motetcp_transmit` must be called again; 0: at once. */
uint32_t motetcp_next_deadline(uint32_t now);

/** `seconds` have passed that `now` does not show: a deep sleep. */
void motetcp_sleep(uint32_t seconds);

/** New entropy, when memory has been copied or restored. */
void motetcp_reseed(const uint8_t entropy[32]);

/* Sockets. */

/** The next socket with news, and bits of `enum motetcp_event` for it; 0: there are no news. */
motetcp_socket motetcp_poll(uint32_t *events);

/**
 * Listens on `port` at any address; at most `backlog` connections wait to be accepted. A listener,
 * or `MOTETCP_ERR_INVALID`, `_IN_USE`, `_FULL`.
 */
motetcp_socket motetcp_listen(uint16_t port, uint32_t backlog);

/** A connection that waits there; 0: none. */
motetcp_socket motetcp_accept(motetcp_socket listener);

/**
 * Begins to connect, from any port. `MOTETCP_EVENT_CONNECTED` or `_CLOSED` follows. A connection,
 * or `MOTETCP_ERR_INVALID`, `_FULL`, `_UNREACHABLE`.
 */
motetcp_socket motetcp_connect(struct motetcp_address address, uint16_t port);

/**
 * Copies what has been received, at most `size` octets. Returns how many: 0 when there are none,
 * for now or, after `MOTETCP_EVENT_PEER_FINISHED`, for ever.
 */
int32_t motetcp_read(motetcp_socket socket, void *to, uint32_t size);

/**
 * Copies `length` octets into the send ring as far as there is room. Returns how many. After fewer
 * than asked for, `MOTETCP_EVENT_WRITABLE` tells when it is worth trying again.
 */
int32_t motetcp_write(motetcp_socket socket, const void *from, uint32_t length);

/**
 * The same in place. What has been received, as far as it lies in one piece, and how many octets
 * that is; below 1: there is nothing, or the call is refused. Then `motetcp_consume` what was read.
 */
const uint8_t *motetcp_receive_buffer(motetcp_socket socket, int32_t *length);

/** That so many of them have been read. How many `motetcp_receive_buffer` would tell now. */
int32_t motetcp_consume(motetcp_socket socket, uint32_t length);

/** Where the next octets to send go, and how many fit in one piece. Then `motetcp_commit` them. */
uint8_t *motetcp_send_buffer(motetcp_socket socket, int32_t *space);

/** That so many of them are there. How many fit now; of 0 no event tells when it is more. */
int32_t motetcp_commit(motetcp_socket socket, uint32_t length);

/** FIN after all that has been written; reading goes on. */
int32_t motetcp_shutdown(motetcp_socket socket);

/** Lets go: FIN as above, and the stack does the rest. Listeners: no more connections. */
int32_t motetcp_close(motetcp_socket socket);

/** RST, at once, and lets go. */
int32_t motetcp_abort(motetcp_socket socket);

/** An `enum motetcp_option` of a connection, or of a listener for those it accepts. */
int32_t motetcp_set_option(motetcp_socket socket, enum motetcp_option option, uint32_t value);
int32_t motetcp_get_option(motetcp_socket socket, enum motetcp_option option);

/* Looking. */

/** How a socket is. Returns its `enum motetcp_state`. */
int32_t motetcp_status(motetcp_socket socket, struct motetcp_status *record);

/** Any entry of a table: 1 used, 0 free, below 0 past the end. */
int32_t motetcp_describe(enum motetcp_table table, uint32_t index, struct motetcp_status *record);

/** What has been counted so far; wraps. */
uint32_t motetcp_counter(enum motetcp_counter counter);

/** The IPv4 address in words of a record, `MOTETCP_STATUS_LOCAL_ADDRESS` or `_REMOTE_ADDRESS`. */
struct motetcp_address motetcp_address_in(const struct motetcp_status *record, uint32_t word);

#endif
