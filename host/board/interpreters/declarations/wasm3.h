/*
 * What wasm3.c uses of wasm3 0.5, declared anew from its documentation: so that it can be compiled
 * where wasm3 is not there. A firmware is built with wasm3's own header in place of this one.
 */
#ifndef MOTETCP_DECLARATIONS_WASM3_H
#define MOTETCP_DECLARATIONS_WASM3_H

#include <stdint.h>

typedef struct M3Environment *IM3Environment;
typedef struct M3Runtime *IM3Runtime;
typedef struct M3Module *IM3Module;
typedef struct M3Function *IM3Function;
/** NULL, or what is wrong, in words. */
typedef const char *M3Result;

IM3Environment m3_NewEnvironment(void);
void m3_FreeEnvironment(IM3Environment environment);
IM3Runtime m3_NewRuntime(IM3Environment environment, uint32_t stack_octets, void *user_data);
void m3_FreeRuntime(IM3Runtime runtime);
uint8_t *m3_GetMemory(IM3Runtime runtime, uint32_t *octets, uint32_t index);
M3Result m3_ParseModule(IM3Environment environment, IM3Module *module, const uint8_t *octets,
                        uint32_t length);
M3Result m3_LoadModule(IM3Runtime runtime, IM3Module module);
M3Result m3_FindFunction(IM3Function *function, IM3Runtime runtime, const char *name);
M3Result m3_Call(IM3Function function, uint32_t count, const void *arguments[]);
M3Result m3_GetResults(IM3Function function, uint32_t count, const void *results[]);

#endif
