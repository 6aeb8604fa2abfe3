/* The console: what is written to it, character by character. */
#include "console.h"
#include "board.h"

void console_text(const char *text) {
  for (; *text != '\0'; text++) {
    if (*text == '\n') board_putc('\r');
    board_putc(*text);
  }
}

void console_number(uint32_t value) {
  char digits[11];
  char *at = digits + sizeof(digits) - 1;
  *at = '\0';
  do *--at = (char)('0' + value % 10); while ((value /= 10) != 0);
  console_text(at);
}

void console_hex(uint32_t value) {
  console_text("0x");
  for (int shift = 28; shift >= 0; shift -= 4) board_putc("0123456789abcdef"[value >> shift & 15]);
}
