/*
 * lwIP under test, on the same board with the same driver as ours: echo (port 7), discard (9),
 * source (20). A frame is read into a buffer of its pool; one that goes out is sent from where it
 * lies, or, if it lies in pieces, from where they have been put together.
 */
#include <stdbool.h>
#include <string.h>
#include "board.h"
#include "firmware/loop.h"
#include "firmware/source.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/pbuf.h"
#include "lwip/tcp.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"
#include "runtime/console.h"

static struct netif ethernet;
static struct pbuf *arriving;
static u32_t now_us, seed = 1;

u32_t sys_now(void) {
  return now_us / 1000;
}

uint32_t bench_random(void) {
  return seed = seed * 1664525 + 1013904223;
}

static err_t send_frame(struct netif *netif, struct pbuf *frame) {
  static uint8_t whole[BENCH_FRAME + 2];
  (void)netif;
  if (!board_frame_room()) return ERR_MEM;
  const uint8_t *octets = frame->payload;
  if (frame->next != NULL) {
    (void)pbuf_copy_partial(frame, whole, sizeof whole, 0);
    octets = whole;
  }
  board_frame_write(octets, frame->tot_len);
  return ERR_OK;
}

static uint8_t *buffer(void) {
  if (arriving == NULL) arriving = pbuf_alloc(PBUF_RAW, BENCH_FRAME, PBUF_POOL);
  return arriving->payload;
}

static void turn(uint32_t length, uint32_t now) {
  now_us = now;
  if (length != 0) {
    struct pbuf *frame = arriving;
    arriving = NULL;
    frame->len = frame->tot_len = (u16_t)length;
    if (ethernet.input(frame, &ethernet) != ERR_OK) pbuf_free(frame);
  }
  sys_check_timeouts();
  (void)sys_timeouts_sleeptime();
  // The next frame's buffer is part of the price of this one.
  if (arriving == NULL) (void)buffer();
}

/* Whether the peer has finished; then so do we. */
static bool is_over(struct tcp_pcb *pcb, const struct pbuf *octets) {
  if (octets != NULL) return false;
  (void)tcp_close(pcb);
  return true;
}

static err_t echo(void *arg, struct tcp_pcb *pcb, struct pbuf *octets, err_t error) {
  (void)arg;
  (void)error;
  if (is_over(pcb, octets)) return ERR_OK;
  // tcp_input sends what has been written.
  for (const struct pbuf *piece = octets; piece != NULL; piece = piece->next) {
    (void)tcp_write(pcb, piece->payload, piece->len, TCP_WRITE_FLAG_COPY);
  }
  tcp_recved(pcb, octets->tot_len);
  (void)pbuf_free(octets);
  return ERR_OK;
}

static err_t discard(void *arg, struct tcp_pcb *pcb, struct pbuf *octets, err_t error) {
  (void)arg;
  (void)error;
  if (is_over(pcb, octets)) return ERR_OK;
  tcp_recved(pcb, octets->tot_len);
  (void)pbuf_free(octets);
  return ERR_OK;
}

static void fill(struct tcp_pcb *pcb) {
  for (;;) {
    const u16_t room = (u16_t)LWIP_MIN(tcp_sndbuf(pcb), sizeof SOURCE);
    if (room == 0 || tcp_write(pcb, SOURCE, room, TCP_WRITE_FLAG_COPY) != ERR_OK) return;
  }
}

static err_t more(void *arg, struct tcp_pcb *pcb, u16_t octets) {
  (void)arg;
  (void)octets;
  fill(pcb);
  return ERR_OK;
}

static err_t accept_echo(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg;
  (void)error;
  tcp_recv(pcb, echo);
  return ERR_OK;
}

static err_t accept_discard(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg;
  (void)error;
  tcp_recv(pcb, discard);
  return ERR_OK;
}

static err_t accept_source(void *arg, struct tcp_pcb *pcb, err_t error) {
  (void)arg;
  (void)error;
  tcp_recv(pcb, discard);
  tcp_sent(pcb, more);
  fill(pcb);
  return ERR_OK;
}

static void serve(u16_t port, tcp_accept_fn accept) {
  struct tcp_pcb *pcb = tcp_new();
  (void)tcp_bind(pcb, IP4_ADDR_ANY, port);
  tcp_accept(tcp_listen(pcb), accept);
}

static err_t set_up(struct netif *netif) {
  netif->output = etharp_output;
  netif->linkoutput = send_frame;
  netif->mtu = 1500;
  netif->hwaddr_len = 6;
  netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET |
                 NETIF_FLAG_LINK_UP;
  return ERR_OK;
}

int main(void) {
  static const struct bench_stack STACK = { buffer, turn };
  static const uint8_t MAC[6] = { MOTETCP_MAC }, ADDRESS[4] = { MOTETCP_ADDRESS };
  ip4_addr_t address, mask, gateway = { 0 };
  board_init(MAC);
  now_us = BENCH_EPOCH_US;
  lwip_init();
  IP4_ADDR(&address, ADDRESS[0], ADDRESS[1], ADDRESS[2], ADDRESS[3]);
  IP4_ADDR(&mask, 255, 255, 255, 0);
  memcpy(ethernet.hwaddr, MAC, sizeof MAC);
  (void)netif_add(&ethernet, &address, &mask, &gateway, NULL, set_up, ethernet_input);
  netif_set_default(&ethernet);
  netif_set_up(&ethernet);
  serve(7, accept_echo);
  serve(9, accept_discard);
  serve(20, accept_source);
  console_text("motetcp: lwip ready, no applications\n");
  bench_loop(&STACK);
}

/* What lwIP wants of a C library, but for what host/board/runtime/memory.c has. */
int memcmp(const void *one, const void *other, size_t octets) {
  const uint8_t *left = one, *right = other;
  for (; octets != 0; octets--, left++, right++) {
    if (*left != *right) return *left - *right;
  }
  return 0;
}
