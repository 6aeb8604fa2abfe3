/* Text on the board's console: what a start, a trap and a test need, and no printf. */
#ifndef MOTETCP_CONSOLE_H
#define MOTETCP_CONSOLE_H

#include <stdint.h>

void console_text(const char *text);
void console_number(uint32_t value);
/** Eight digits with 0x in front. */
void console_hex(uint32_t value);

#endif
