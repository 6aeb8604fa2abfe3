/* Of the C library's <string.h> what firmware uses; memory.c has it. So no C library is needed. */
#ifndef MOTETCP_STRING_H
#define MOTETCP_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t octets);
void *memmove(void *to, const void *from, size_t octets);
void *memset(void *to, int value, size_t octets);
size_t strlen(const char *text);

#endif
