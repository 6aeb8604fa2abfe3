/*
 * Thumb-2: four words at a time, from `from` or to `to`, which then point behind them. Of what is
 * not aligned a processor loads and stores single words only.
 */
#ifndef MOTETCP_THUMB2_H
#define MOTETCP_THUMB2_H

#define LOAD_ALIGNED "  ldmia %[from]!, {r3, r4, r5, r6}\n"
#define LOAD_ANYWHERE \
  "  ldr r3, [%[from]], #4\n  ldr r4, [%[from]], #4\n" \
  "  ldr r5, [%[from]], #4\n  ldr r6, [%[from]], #4\n"
#define STORE_ALIGNED "  stmia %[to]!, {r3, r4, r5, r6}\n"
#define STORE_ANYWHERE \
  "  str r3, [%[to]], #4\n  str r4, [%[to]], #4\n" \
  "  str r5, [%[to]], #4\n  str r6, [%[to]], #4\n"

#endif
