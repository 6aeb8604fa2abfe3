/*
 * lwIP on a board, tuned for speed as far as the memory of one allows: rings, pools and services
 * like ours.
 */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

#include "firmware/budget.h"

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_NETIF_API 0
#define LWIP_IPV6 0
#define LWIP_UDP 0
#define LWIP_RAW 0
#define LWIP_DHCP 0
#define LWIP_STATS 0
#define LWIP_NOASSERT 1
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1

/*
 * Software checksums, made and verified; what is copied is summed while it is copied. By the
 * fastest of its own three, or by what our boards have.
 */
#define LWIP_CHKSUM_ALGORITHM 3
#define LWIP_CHECKSUM_ON_COPY 1

/* Memory in pools of one size each, so that no allocation walks a list of what is free. */
#define MEM_ALIGNMENT 4
#define MEM_USE_POOLS 1
#define MEMP_USE_CUSTOM_POOLS 1
#define MEM_USE_POOLS_TRY_BIGGER_POOL 1
#define SEGMENTS (CONNECTIONS * ((WINDOW) + TCP_MSS - 1) / TCP_MSS)
#define PBUF_POOL_SIZE (SEGMENTS + 2)
#define PBUF_POOL_BUFSIZE 1520
#define MEMP_NUM_PBUF 16
#define MEMP_NUM_TCP_SEG (2 * SEGMENTS + 8)
#define MEMP_NUM_TCP_PCB CONNECTIONS
#define MEMP_NUM_TCP_PCB_LISTEN 4

#define TCP_MSS 1460
#define TCP_WND (WINDOW)
#define TCP_SND_BUF (WINDOW)
#define TCP_SND_QUEUELEN 16
#define TCP_SNDLOWAT (TCP_MSS)
#define TCP_LISTEN_BACKLOG 0
/* The Ethernet address of a connection's peer is remembered, not looked up. */
#define LWIP_NETIF_HWADDRHINT 1

#endif
