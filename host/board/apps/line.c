/* Text, numbers and addresses, one behind the other. */
#include "line.h"

static void put(struct line *line, char c) {
  if (line->length < sizeof(line->text)) line->text[line->length++] = c;
}

void line_text(struct line *line, const char *text) {
  while (*text != '\0') put(line, *text++);
}

void line_number(struct line *line, uint32_t value) {
  uint32_t unit = 1;
  while (value / unit >= 10) unit *= 10;
  for (; unit != 0; unit /= 10) put(line, (char)('0' + value / unit % 10));
}

void line_end_point(struct line *line, struct motetcp_address address, uint32_t port) {
  uint32_t any = 0;
  for (uint32_t index = 0; index < 4; index++) any |= address.octets[index];
  for (uint32_t index = 0; any != 0 && index < 4; index++) {
    if (index != 0) put(line, '.');
    line_number(line, address.octets[index]);
  }
  line_text(line, any == 0 ? "*:" : ":");
  if (port == 0) put(line, '*');
  else line_number(line, port);
}

void line_column(struct line *line, uint32_t column) {
  do put(line, ' '); while (line->length < column);
}
