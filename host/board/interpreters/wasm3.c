/*
 * The module run by wasm3 0.5: https://github.com/wasm3/wasm3, MIT.
 *
 * MOTETCP_STACK_OCTETS   of wasm3's stack, which it takes from the heap; 4,096 by default
 * MOTETCP_MEMORY_LIMIT   octets of linear memory that it takes from there, too: the module's
 *                        __heap_base rounded up; without it a page of 65,536
 */
#include <stddef.h>
#include "exports.h"
#include "wasm3.h"
#ifdef MOTETCP_MEMORY_LIMIT
// The limit has no call of its own: it is a field of the runtime.
#include "m3_env.h"
#endif

#ifndef MOTETCP_STACK_OCTETS
#define MOTETCP_STACK_OCTETS 4096
#endif

static IM3Environment environment;
static IM3Runtime runtime;
static IM3Function functions[EXPORTS];
static uint8_t *memory;

/** wasm3 answers with NULL, or with what is wrong. */
static void expect(M3Result fault) {
  if (fault != NULL) module_failed(fault);
}

void module_instantiate(void) {
  // Both take NULL.
  m3_FreeRuntime(runtime);
  m3_FreeEnvironment(environment);
  environment = m3_NewEnvironment();
  if (environment == NULL) module_failed("no memory for wasm3");
  runtime = m3_NewRuntime(environment, MOTETCP_STACK_OCTETS, NULL);
  if (runtime == NULL) module_failed("no memory for wasm3's stack");
#ifdef MOTETCP_MEMORY_LIMIT
  runtime->memoryLimit = MOTETCP_MEMORY_LIMIT;
#endif
  IM3Module module;
  expect(m3_ParseModule(environment, &module, motetcp_wasm, motetcp_wasm_length));
  // The runtime owns the module from now on.
  expect(m3_LoadModule(runtime, module));
  for (uint32_t which = 0; which < EXPORTS; which++) {
    expect(m3_FindFunction(&functions[which], runtime, export_names[which]));
  }
  // It does not move: the module never grows it.
  uint32_t octets = 0;
  memory = m3_GetMemory(runtime, &octets, 0);
  if (memory == NULL || octets == 0) module_failed("no linear memory");
}

uint8_t *module_at(uint32_t pointer) {
  return memory + pointer;
}

static void call(enum export which, uint32_t count, uint32_t words[MODULE_PARAMETERS],
                 uint32_t results) {
  const void *arguments[MODULE_PARAMETERS] = { &words[0], &words[1], &words[2], &words[3] };
  expect(m3_Call(functions[which], count, arguments));
  // Where the results go is what these point to.
  if (results != 0) expect(m3_GetResults(functions[which], results, arguments));
}
