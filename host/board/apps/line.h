/* A line of text made piece by piece: what a status page needs of printf. */
#ifndef MOTETCP_LINE_H
#define MOTETCP_LINE_H

#include <stdint.h>
#include "motetcp.h"

/** What does not fit is cut off. */
struct line {
  uint32_t length;
  char text[104];
};

void line_text(struct line *line, const char *text);
void line_number(struct line *line, uint32_t value);
/** a.b.c.d:port, or * for any of either. */
void line_end_point(struct line *line, struct motetcp_address address, uint32_t port);
/** Spaces up to `column`, and one at least. */
void line_column(struct line *line, uint32_t column);

#endif
