/* What lwIP takes of the C library, for a target that has none. */
#ifndef BENCH_STDLIB_H
#define BENCH_STDLIB_H
int atoi(const char *text);
#endif
