/*
 * A plugin for QEMU that counts instructions: those that a Cortex-M executes between two marks, by
 * function. It is exact, and the same each time the same is executed.
 *
 *   -plugin count.so,symbols=FILE,out=FILE
 *
 * `symbols`: lines "ADDRESS NAME" in the order of the addresses, in hexadecimal; a function ends
 * where the next begins. The functions bench_begin and bench_end are the marks. At each bench_end
 * `out` gets a line: instructions in all, then INDEX:INSTRUCTIONS for each function that took part,
 * the index being that of its line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "qemu_plugin.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum { FUNCTIONS_MAX = 4096 };

static uint64_t starts[FUNCTIONS_MAX];
static uint64_t counts[FUNCTIONS_MAX];
static size_t functions;
static uint64_t begin_at, end_at;
static FILE *out;

static void begin(unsigned int vcpu, void *data) {
  (void)vcpu;
  (void)data;
  memset(counts, 0, sizeof counts);
}

static void end(unsigned int vcpu, void *data) {
  (void)vcpu;
  (void)data;
  uint64_t total = 0;
  for (size_t index = 0; index < functions; index++) total += counts[index];
  fprintf(out, "%" PRIu64, total);
  for (size_t index = 0; index < functions; index++) {
    if (counts[index] != 0) fprintf(out, " %zu:%" PRIu64, index, counts[index]);
  }
  fputc('\n', out);
  fflush(out);
}

/** The function that `address` belongs to: the last that begins at or before it. */
static size_t function_at(uint64_t address) {
  size_t low = 0, high = functions;
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    if (starts[middle] <= address) low = middle;
    else high = middle;
  }
  return low;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  const size_t length = qemu_plugin_tb_n_insns(tb);
  for (size_t index = 0; index < length; index++) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, index);
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    if (address == begin_at || address == end_at) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, address == end_at ? end : begin,
                                             QEMU_PLUGIN_CB_NO_REGS, NULL);
      continue;
    }
    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                               &counts[function_at(address)], 1);
  }
}

static int read_symbols(const char *path) {
  FILE *file = fopen(path, "r");
  char name[256];
  uint64_t address;
  if (file == NULL) return -1;
  while (functions < FUNCTIONS_MAX && fscanf(file, "%" SCNx64 " %255s", &address, name) == 2) {
    if (strcmp(name, "bench_begin") == 0) begin_at = address;
    if (strcmp(name, "bench_end") == 0) end_at = address;
    starts[functions++] = address;
  }
  fclose(file);
  return begin_at != 0 && end_at != 0 && functions < FUNCTIONS_MAX ? 0 : -1;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv) {
  (void)info;
  int result = -1;
  for (int index = 0; index < argc; index++) {
    if (strncmp(argv[index], "symbols=", 8) == 0) result = read_symbols(argv[index] + 8);
    if (strncmp(argv[index], "out=", 4) == 0) out = fopen(argv[index] + 4, "w");
  }
  if (result != 0 || out == NULL) {
    fprintf(stderr, "count: needs symbols=FILE with bench_begin and bench_end, and out=FILE\n");
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  return 0;
}
