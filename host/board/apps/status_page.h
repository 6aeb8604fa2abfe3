/* The status page of http.c, line by line. */
#ifndef MOTETCP_STATUS_PAGE_H
#define MOTETCP_STATUS_PAGE_H

#include <stdint.h>
#include "line.h"

#define STATUS_PAGE_END 0xffffffffu

/**
 * Writes line `number` of the page, the first of which is 0. Returns which one follows, or
 * `STATUS_PAGE_END`.
 */
uint32_t status_page_line(struct line *line, uint32_t number);

/** Counts the seconds since the start: an application's `on_turn`. */
uint32_t status_page_turn(uint32_t now);

#endif
