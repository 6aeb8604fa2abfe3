/*
 * One lwIP stack with one Ethernet interface and the applications of the benchmark on it. The
 * carrier is another's: JavaScript between two instances of the Wasm module, native.c between two
 * copies in one process. Names are prefixed (PREFIX), so that two copies can be linked together.
 */
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"
#include <string.h>

#define PASTE_(prefix, name) prefix##_##name
#define PASTE(prefix, name) PASTE_(prefix, name)
#ifdef __wasm__
#define API(name) __attribute__((export_name(#name))) PASTE(PREFIX, name)
#else
#define API(name) __attribute__((visibility("default"))) PASTE(PREFIX, name)
#endif

#define MESSAGE 64
#define QUEUE 1024 /* frames on their way; more than all windows hold. A power of two. */

enum mode { BULK, ECHO, CLOSES };

static struct netif ethernet;
static u32_t now_ms, seed = 1;
static enum mode mode;
static struct tcp_pcb *clients[CONNECTIONS];
static u64_t received;

/* What a carrier asks most often, as words in memory: JavaScript reads them without a call. */
static struct {
  u32_t waiting; /* frames in the queue */
  u32_t established, replies, finished;
} progress;

static u8_t source[65536];
static u8_t message[MESSAGE];

static struct pbuf *queue[QUEUE];
static u32_t queue_head, queue_tail;
static struct pbuf *arriving;
static u8_t frame_out[1536];

/* Bursts: each frame has its length in front, and they follow each other at multiples of 16. */
#define BURST 16384
#define STEP(length) (((u32_t)(length) + 2 + 15) & ~15u)
static u8_t frames_out[BURST], frames_in[BURST];

u32_t sys_now(void) { return now_ms; }

uint32_t bench_random(void) { return seed = seed * 1664525 + 1013904223; }

/* Frames out. */

static err_t send_frame(struct netif *netif, struct pbuf *frame) {
  (void)netif;
  if (queue_tail - queue_head == QUEUE) return ERR_MEM;
  pbuf_ref(frame);
  progress.waiting++;
  queue[queue_tail++ % QUEUE] = frame;
  return ERR_OK;
}

/*
 * The next frame's length, 0 for none. Its pieces are put together at `target`: the other stack's
 * buffer, or, where the carrier is JavaScript, one place whose view it can keep. (Two views made
 * for each frame cost more than this copy.)
 */
int API(next_length)(void) {
  return queue_head == queue_tail ? 0 : queue[queue_head % QUEUE]->tot_len;
}

void API(take_frame)(void *target) {
  struct pbuf *frame = queue[queue_head++ % QUEUE];
  progress.waiting--;
  u8_t *at = target;
  for (struct pbuf *piece = frame; piece != NULL; piece = piece->next) {
    memcpy(at, piece->payload, piece->len);
    at += piece->len;
  }
  pbuf_free(frame);
}

void *API(frame_out)(void) { return frame_out; }

/* The same in one call, to that place. */
int API(next_frame)(void) {
  int length = PASTE(PREFIX, next_length)();
  if (length > 0) PASTE(PREFIX, take_frame)(frame_out);
  return length;
}

/* Frames in: a buffer to copy one into, and that it is there. */

void *API(frame_buffer)(int length) {
  arriving = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_POOL);
  return arriving == NULL ? NULL : arriving->payload;
}

void API(receive)(void) {
  if (ethernet_input(arriving, &ethernet) != ERR_OK) pbuf_free(arriving);
}

/* Frames in bursts: as many as have room, out and in. */

void *API(frames_out)(void) { return frames_out; }
void *API(frames_in)(void) { return frames_in; }

int API(next_frames)(void) {
  u32_t at = 0, end = 0;
  for (;;) {
    int length = PASTE(PREFIX, next_length)();
    if (length == 0 || at + STEP(length) > BURST) return (int)end;
    frames_out[at] = (u8_t)length;
    frames_out[at + 1] = (u8_t)(length >> 8);
    PASTE(PREFIX, take_frame)(frames_out + at + 2);
    end = at + 2 + (u32_t)length;
    at += STEP(length);
  }
}

void API(receive_frames)(int octets) {
  for (u32_t at = 0; at < (u32_t)octets;) {
    int length = frames_in[at] | frames_in[at + 1] << 8;
    memcpy(PASTE(PREFIX, frame_buffer)(length), frames_in + at + 2, (size_t)length);
    PASTE(PREFIX, receive)();
    at += STEP(length);
  }
}

/* Applications. */

static err_t on_client_receive(void *arg, struct tcp_pcb *pcb, struct pbuf *octets, err_t error) {
  (void)arg;
  (void)error;
  if (octets == NULL) return ERR_OK;
  tcp_recved(pcb, octets->tot_len);
  progress.replies++;
  pbuf_free(octets);
  return ERR_OK;
}

static err_t on_server_receive(void *arg, struct tcp_pcb *pcb, struct pbuf *octets, err_t error) {
  (void)arg;
  (void)error;
  if (octets == NULL) {
    progress.finished++;
    tcp_recv(pcb, NULL);
    tcp_close(pcb);
    return ERR_OK;
  }
  u16_t length = octets->tot_len;
  if (mode == ECHO) {
    u8_t request[MESSAGE];
    pbuf_copy_partial(octets, request, MESSAGE, 0);
    tcp_recved(pcb, length);
    pbuf_free(octets);
    tcp_write(pcb, request, MESSAGE, TCP_WRITE_FLAG_COPY);
    return ERR_OK; /* tcp_input sends what was written */
  }
  received += length;
  tcp_recved(pcb, length);
  pbuf_free(octets);
  return ERR_OK;
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg;
  (void)pcb;
  (void)error;
  progress.established++;
  return ERR_OK;
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg;
  (void)error;
  tcp_recv(pcb, on_server_receive);
  return ERR_OK;
}

void API(listen)(int what) {
  mode = (enum mode)what;
  struct tcp_pcb *pcb = tcp_new();
  tcp_bind(pcb, IP4_ADDR_ANY, 80);
  tcp_accept(tcp_listen(pcb), on_accept);
}

int API(connect)(int index) {
  struct tcp_pcb *pcb = tcp_new();
  if (pcb == NULL) return 0;
  ip_addr_t peer = ethernet.gw;
  clients[index] = pcb;
  tcp_recv(pcb, on_client_receive);
  return tcp_connect(pcb, &peer, 80, on_connected) == ERR_OK;
}

/* As much as the send buffer takes; without a copy when told so. Octets taken. */
int API(fill)(int copies) {
  struct tcp_pcb *pcb = clients[0];
  u32_t total = 0;
  for (;;) {
    u32_t room = LWIP_MIN(tcp_sndbuf(pcb), 16 * TCP_MSS);
    if (room == 0 || tcp_write(pcb, source, (u16_t)room, copies ? TCP_WRITE_FLAG_COPY : 0)) break;
    total += room;
  }
  tcp_output(pcb);
  return (int)total;
}

void API(request)(int index) {
  tcp_write(clients[index], message, MESSAGE, TCP_WRITE_FLAG_COPY);
  tcp_output(clients[index]);
}

void API(close)(int index) { tcp_close(clients[index]); }

double API(received)(void) { return (double)received; }
int API(established)(void) { return (int)progress.established; }
int API(replies)(void) { return (int)progress.replies; }
int API(finished)(void) { return (int)progress.finished; }
void *API(progress)(void) { return &progress; }

/* Time. */
void API(advance)(int ms) {
  now_ms += (u32_t)ms;
  sys_check_timeouts();
}

static err_t set_up(struct netif *netif) {
  netif->output = etharp_output;
  netif->linkoutput = send_frame;
  netif->mtu = 1500;
  netif->hwaddr_len = 6;
  netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
  return ERR_OK;
}

/* Addresses are 10.0.0.self and 10.0.0.peer; the peer stands as the gateway. */
void API(init)(int self, int peer) {
  ip4_addr_t address, mask, gateway;
  seed = (u32_t)self;
  lwip_init();
  IP4_ADDR(&address, 10, 0, 0, self);
  IP4_ADDR(&mask, 255, 255, 255, 0);
  IP4_ADDR(&gateway, 10, 0, 0, peer);
  u8_t hardware[6] = {2, 0, 0, 0, 0, (u8_t)self};
  memcpy(ethernet.hwaddr, hardware, sizeof hardware);
  netif_add(&ethernet, &address, &mask, &gateway, NULL, set_up, ethernet_input);
  netif_set_default(&ethernet);
  netif_set_up(&ethernet);
}
