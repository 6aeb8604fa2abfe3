/*
 * The calls of the module as C's. Of the module it knows its exports, as `module_...`, and
 * `module_at`, which says where a pointer of the module's points to: so the same file serves what
 * wasm2c makes of the module, and an interpreter (interpreters/).
 */
#include "motetcp.h"
#include <string.h>
#include "motetcp_module.h"

/** Where parameters lie that are more than numbers: assembly/abi/parameters.ts. */
enum { PARAMETER_ENTROPY = 128, PARAMETER_LOCAL_ADDRESS = 16, PARAMETER_OCTETS = 160 };
enum { ENTROPY_OCTETS = 32, ADDRESS_OCTETS = 16, IPV4_AT = 12 };
/** Words of what `configure` reads: `Interface` there. */
enum { KIND = 0, MTU = 1, PREFIX_LENGTH = 2, FLAGS = 3, MAC = 4, ADDRESS = 6, GATEWAY = 10 };

/** What calls tell beside their result, `enum motetcp_descriptor`; it stays where it is. */
static const uint8_t *descriptor;
/** When `motetcp_transmit` must be called whatever is told, if that has been asked for. */
static uint32_t due_at;
static bool is_deadline_known;

static uint8_t *parameters(void) {
  return module_at(module_parametersPtr());
}

static void set_word(uint8_t *at, uint32_t index, uint32_t value) {
  memcpy(at + 4 * index, &value, sizeof(value));
}

/** Without memcpy: where no builtins are taken for granted, that is a call for four octets. */
static uint32_t get_word(const uint8_t *at, uint32_t index) {
  const uint8_t *word = at + 4 * index;
  return word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24;
}

static uint32_t told(uint32_t word) {
  return get_word(descriptor, word);
}

/** Writes `address` as the module has it: 16 octets, ::ffff:a.b.c.d, or zeros for any. */
static void put_address(uint8_t *at, struct motetcp_address address) {
  const bool is_any = get_word(address.octets, 0) == 0;
  memset(at, 0, ADDRESS_OCTETS);
  if (is_any) return;
  at[IPV4_AT - 2] = 0xff;
  at[IPV4_AT - 1] = 0xff;
  memcpy(at + IPV4_AT, address.octets, sizeof(address.octets));
}

int32_t motetcp_init(const struct motetcp_budget *budget, const uint8_t entropy[32], uint32_t now) {
  module_instantiate();
  descriptor = module_at(module_descriptorPtr());
  is_deadline_known = false;
  uint8_t *at = parameters();
  if (budget != NULL) {
    memcpy(at, budget->words, sizeof(budget->words));
    set_word(at, MOTETCP_BUDGET_SIZE, sizeof(budget->words));
  }
  memcpy(at + PARAMETER_ENTROPY, entropy, ENTROPY_OCTETS);
  return (int32_t)module_init(now);
}

int32_t motetcp_configure(const struct motetcp_interface *interface) {
  uint8_t *at = parameters();
  memset(at, 0, PARAMETER_OCTETS);
  set_word(at, KIND, interface->kind);
  set_word(at, MTU, interface->mtu);
  set_word(at, PREFIX_LENGTH, interface->prefix_length);
  set_word(at, FLAGS, interface->flags);
  memcpy(at + 4 * MAC, interface->mac, sizeof(interface->mac));
  put_address(at + 4 * ADDRESS, interface->address);
  put_address(at + 4 * GATEWAY, interface->gateway);
  return (int32_t)module_configure(0);
}

uint8_t *motetcp_frame_in(void) {
  return module_at(module_frameInPtr());
}

uint32_t motetcp_frame_size(void) {
  return module_frameInSize();
}

int32_t motetcp_receive(uint32_t length, uint32_t now) {
  return (int32_t)module_receive(0, length, 0, now);
}

uint32_t motetcp_transmit(uint32_t now) {
  return module_transmit(now);
}

const uint8_t *motetcp_frame_out(void) {
  return module_at(module_frameOutPtr());
}

uint8_t *motetcp_serial(void) {
  return module_at(module_serialPtr());
}

uint32_t motetcp_serial_size(void) {
  return module_serialSize();
}

int32_t motetcp_serial_receive(uint32_t length, uint32_t now) {
  return (int32_t)module_serialReceive(length, now);
}

uint32_t motetcp_serial_transmit(uint32_t now) {
  return module_serialTransmit(now);
}

uint32_t motetcp_next_deadline(uint32_t now) {
  const uint32_t wait = module_nextDeadline(now);
  due_at = now + wait;
  is_deadline_known = true;
  return wait;
}

bool motetcp_is_due(uint32_t now) {
  if ((told(MOTETCP_DESCRIPTOR_WAITING) & MOTETCP_WAITING_FRAMES) != 0) return true;
  return !is_deadline_known || (int32_t)(now - due_at) >= 0;
}

void motetcp_sleep(uint32_t seconds) {
  is_deadline_known = false;
  module_sleep(seconds);
}

void motetcp_reseed(const uint8_t entropy[32]) {
  is_deadline_known = false;
  memcpy(parameters() + PARAMETER_ENTROPY, entropy, ENTROPY_OCTETS);
  module_reseed();
}

motetcp_socket motetcp_poll(uint32_t *events) {
  if ((told(MOTETCP_DESCRIPTOR_WAITING) & MOTETCP_WAITING_EVENTS) == 0) return 0;
  const motetcp_socket socket = (motetcp_socket)module_nextEvent();
  if (socket != 0) *events = told(MOTETCP_DESCRIPTOR_EVENTS);
  return socket;
}

motetcp_socket motetcp_listen(uint16_t port, uint32_t backlog) {
  memset(parameters(), 0, ADDRESS_OCTETS);
  return (motetcp_socket)module_listen(port, backlog);
}

motetcp_socket motetcp_accept(motetcp_socket listener) {
  return (motetcp_socket)module_accept((uint32_t)listener);
}

motetcp_socket motetcp_connect(struct motetcp_address address, uint16_t port) {
  uint8_t *at = parameters();
  put_address(at, address);
  memset(at + PARAMETER_LOCAL_ADDRESS, 0, ADDRESS_OCTETS);
  return (motetcp_socket)module_connect(port, 0);
}

int32_t motetcp_read(motetcp_socket socket, void *to, uint32_t size) {
  uint8_t *at = to;
  uint32_t done = 0;
  int32_t length = (int32_t)module_receiveLen((uint32_t)socket);
  if (length < 0) return length;
  // What has been received may lie in two pieces: at the end of the ring, and at its beginning.
  while (length > 0 && done < size) {
    const uint32_t octets = (uint32_t)length < size - done ? (uint32_t)length : size - done;
    memcpy(at + done, module_at(told(MOTETCP_DESCRIPTOR_AT)), octets);
    length = motetcp_consume(socket, octets);
    done += octets;
  }
  return (int32_t)done;
}

int32_t motetcp_write(motetcp_socket socket, const void *from, uint32_t length) {
  const uint8_t *at = from;
  uint32_t done = 0;
  for (int piece = 0; piece < 2 && done < length; piece++) {
    int32_t space;
    uint8_t *to = motetcp_send_buffer(socket, &space);
    if (space < 0) return space;
    if ((uint32_t)space > length - done) space = (int32_t)(length - done);
    if (space == 0) break;
    memcpy(to, at + done, (uint32_t)space);
    const int32_t result = motetcp_commit(socket, (uint32_t)space);
    if (result < 0) return result;
    done += (uint32_t)space;
  }
  return (int32_t)done;
}

const uint8_t *motetcp_receive_buffer(motetcp_socket socket, int32_t *length) {
  *length = (int32_t)module_receiveLen((uint32_t)socket);
  return *length > 0 ? module_at(told(MOTETCP_DESCRIPTOR_AT)) : NULL;
}

int32_t motetcp_consume(motetcp_socket socket, uint32_t length) {
  return (int32_t)module_consume((uint32_t)socket, length);
}

uint8_t *motetcp_send_buffer(motetcp_socket socket, int32_t *space) {
  *space = (int32_t)module_sendSpace((uint32_t)socket);
  return *space > 0 ? module_at(told(MOTETCP_DESCRIPTOR_AT)) : NULL;
}

int32_t motetcp_commit(motetcp_socket socket, uint32_t length) {
  return (int32_t)module_commit((uint32_t)socket, length, MOTETCP_COMMIT_FLAG_NONE);
}

int32_t motetcp_shutdown(motetcp_socket socket) {
  return (int32_t)module_shutdown((uint32_t)socket);
}

int32_t motetcp_close(motetcp_socket socket) {
  return (int32_t)module_close((uint32_t)socket);
}

int32_t motetcp_abort(motetcp_socket socket) {
  return (int32_t)module_abort((uint32_t)socket);
}

int32_t motetcp_set_option(motetcp_socket socket, enum motetcp_option option, uint32_t value) {
  return (int32_t)module_setOption((uint32_t)socket, option, value);
}

int32_t motetcp_get_option(motetcp_socket socket, enum motetcp_option option) {
  return (int32_t)module_getOption((uint32_t)socket, option);
}

int32_t motetcp_status(motetcp_socket socket, struct motetcp_status *record) {
  const int32_t result = (int32_t)module_status((uint32_t)socket);
  if (result >= 0) memcpy(record->words, parameters(), sizeof(record->words));
  return result;
}

int32_t motetcp_describe(enum motetcp_table table, uint32_t index, struct motetcp_status *record) {
  const int32_t result = (int32_t)module_describe(table, index);
  if (result > 0) memcpy(record->words, parameters(), sizeof(record->words));
  return result;
}

uint32_t motetcp_counter(enum motetcp_counter counter) {
  return get_word(module_at(module_countersPtr()), counter);
}

struct motetcp_address motetcp_address_in(const struct motetcp_status *record, uint32_t word) {
  struct motetcp_address address;
  memcpy(address.octets, (const uint8_t *)&record->words[word] + IPV4_AT, sizeof(address.octets));
  return address;
}
