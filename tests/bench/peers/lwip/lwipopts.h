/*
 * lwIP tuned for speed: no scan, copy or statistic that an option can avoid. Windows and the number
 * of connections come from the command line (WINDOW, CONNECTIONS).
 */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

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

/* Software checksums, made and verified; what is copied is summed while it is copied. */
#define CHECKSUM_GEN_IP 1
#define CHECKSUM_GEN_TCP 1
#define CHECKSUM_CHECK_IP 1
#define CHECKSUM_CHECK_TCP 1
#define LWIP_CHECKSUM_ON_COPY 1

/* Memory: pools of one size each, so that no allocation walks a free list. */
#define MEM_ALIGNMENT 8
#define MEM_USE_POOLS 1
#define MEMP_USE_CUSTOM_POOLS 1
#define MEM_USE_POOLS_TRY_BIGGER_POOL 1
#define PBUF_POOL_SIZE 256
#define PBUF_POOL_BUFSIZE 1536
#define MEMP_NUM_PBUF 1024
/* A response stays until the next request on its connection acknowledges it. */
#define MEMP_NUM_TCP_SEG (1024 + CONNECTIONS)
#define MEMP_NUM_TCP_PCB (CONNECTIONS)
#define MEMP_NUM_TCP_PCB_LISTEN 2

/* The Ethernet address of a connection's peer is remembered, not looked up. */
#define LWIP_NETIF_HWADDRHINT 1
#define ETHARP_SUPPORT_STATIC_ENTRIES 1

#define TCP_MSS 1460
#define TCP_WND (WINDOW)
#define TCP_SND_BUF (WINDOW)
#define TCP_SND_QUEUELEN 256
#define TCP_SNDLOWAT (TCP_MSS)
#define TCP_OVERSIZE TCP_MSS
#define TCP_LISTEN_BACKLOG 0
#define LWIP_TCP_SACK_OUT 0
#define LWIP_TCP_TIMESTAMPS 0

#endif
