/*
 * The module run by WAMR 2: https://github.com/bytecodealliance/wasm-micro-runtime, Apache-2.0 with
 * LLVM exception.
 *
 * MOTETCP_POOL_OCTETS    that WAMR may use: linear memory, its tables, a copy of the module and,
 *                        with the fast interpreter, the code it makes; 192 KiB by default
 * MOTETCP_STACK_OCTETS   of the stack for Wasm, out of the pool; 8,192 by default
 */
#include <stddef.h>
#include <string.h>
#include "exports.h"
#include "wasm_export.h"

#ifndef MOTETCP_POOL_OCTETS
#define MOTETCP_POOL_OCTETS (192 * 1024)
#endif
#ifndef MOTETCP_STACK_OCTETS
#define MOTETCP_STACK_OCTETS 8192
#endif

enum { FAULT_OCTETS = 128 };

static uint64_t pool[MOTETCP_POOL_OCTETS / sizeof(uint64_t)];
static wasm_module_inst_t instance;
static wasm_exec_env_t environment;
static wasm_function_inst_t functions[EXPORTS];
static uint8_t *memory;
static char fault[FAULT_OCTETS];

/** WAMR anew, with an empty pool. */
static void start(void) {
  static bool is_started;
  if (is_started) wasm_runtime_destroy();
  RuntimeInitArgs arguments;
  memset(&arguments, 0, sizeof(arguments));
  arguments.mem_alloc_type = Alloc_With_Pool;
  arguments.mem_alloc_option.pool.heap_buf = pool;
  arguments.mem_alloc_option.pool.heap_size = sizeof(pool);
  is_started = wasm_runtime_full_init(&arguments);
  if (!is_started) module_failed("WAMR does not start");
}

/** WAMR writes into the module's octets when it loads them: what it gets is a copy of its own. */
static uint8_t *copy_of_module(void) {
  uint8_t *copy = wasm_runtime_malloc(motetcp_wasm_length);
  if (copy == NULL) module_failed("the pool is too small for the module");
  memcpy(copy, motetcp_wasm, motetcp_wasm_length);
  return copy;
}

void module_instantiate(void) {
  start();
  wasm_module_t module =
      wasm_runtime_load(copy_of_module(), motetcp_wasm_length, fault, sizeof(fault));
  if (module == NULL) module_failed(fault);
  // No heap of WAMR's inside linear memory: 0.
  instance = wasm_runtime_instantiate(module, MOTETCP_STACK_OCTETS, 0, fault, sizeof(fault));
  if (instance == NULL) module_failed(fault);
  environment = wasm_runtime_create_exec_env(instance, MOTETCP_STACK_OCTETS);
  if (environment == NULL) module_failed("the pool is too small for the stack");
  for (uint32_t which = 0; which < EXPORTS; which++) {
    functions[which] = wasm_runtime_lookup_function(instance, export_names[which]);
    if (functions[which] == NULL) module_failed(export_names[which]);
  }
  // It does not move: the module never grows it. Address 0 is valid, and nothing lies there.
  memory = wasm_runtime_addr_app_to_native(instance, 0);
  if (memory == NULL) module_failed("no linear memory");
}

uint8_t *module_at(uint32_t pointer) {
  return memory + pointer;
}

static void call(enum export which, uint32_t count, uint32_t words[MODULE_PARAMETERS],
                 uint32_t results) {
  // The result takes the place of the first argument.
  (void)results;
  if (wasm_runtime_call_wasm(environment, functions[which], count, words)) return;
  module_failed(wasm_runtime_get_exception(instance));
}
