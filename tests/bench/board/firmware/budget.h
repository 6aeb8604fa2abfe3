/* What each stack has: connections, and octets of each window and ring. */
#ifndef BENCH_BUDGET_H
#define BENCH_BUDGET_H

#define CONNECTIONS 4
#define WINDOW 4096

#endif
