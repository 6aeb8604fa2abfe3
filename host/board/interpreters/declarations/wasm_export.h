/*
 * What wamr.c uses of WAMR 2, declared anew from its documentation: so that it can be compiled
 * where WAMR is not there. A firmware is built with WAMR's own header in place of this one.
 */
#ifndef MOTETCP_DECLARATIONS_WASM_EXPORT_H
#define MOTETCP_DECLARATIONS_WASM_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct WASMModuleCommon *wasm_module_t;
typedef struct WASMModuleInstanceCommon *wasm_module_inst_t;
typedef struct WASMExecEnv *wasm_exec_env_t;
typedef void *wasm_function_inst_t;

enum { Alloc_With_Pool = 0 };

/** Of its fields those that are set; the others are 0. */
typedef struct RuntimeInitArgs {
  int mem_alloc_type;
  union {
    struct {
      void *heap_buf;
      uint32_t heap_size;
    } pool;
  } mem_alloc_option;
} RuntimeInitArgs;

bool wasm_runtime_full_init(RuntimeInitArgs *arguments);
void wasm_runtime_destroy(void);
void *wasm_runtime_malloc(unsigned int octets);
wasm_module_t wasm_runtime_load(uint8_t *octets, uint32_t length, char *fault,
                                uint32_t fault_octets);
wasm_module_inst_t wasm_runtime_instantiate(const wasm_module_t module, uint32_t stack_octets,
                                            uint32_t heap_octets, char *fault,
                                            uint32_t fault_octets);
wasm_exec_env_t wasm_runtime_create_exec_env(wasm_module_inst_t instance, uint32_t stack_octets);
wasm_function_inst_t wasm_runtime_lookup_function(const wasm_module_inst_t instance,
                                                  const char *name);
/** `words`: the arguments; the first of them is the result then. */
bool wasm_runtime_call_wasm(wasm_exec_env_t environment, wasm_function_inst_t function,
                            uint32_t count, uint32_t words[]);
const char *wasm_runtime_get_exception(wasm_module_inst_t instance);
void *wasm_runtime_addr_app_to_native(wasm_module_inst_t instance, uint64_t pointer);

#endif
