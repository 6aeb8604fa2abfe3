/*
 * The calls of the module, made one by one from the list of them: for a back-end that has `find`
 * and `call`.
 */
#ifndef MOTETCP_INTERPRETERS_EXPORTS_H
#define MOTETCP_INTERPRETERS_EXPORTS_H

#include "motetcp_module.h"

#define EXPORT_NUMBER(name, count) EXPORT_##name,
enum export { MODULE_EXPORTS(EXPORT_NUMBER, EXPORT_NUMBER) EXPORTS };

#define EXPORT_NAME(name, count) #name,
static const char *const export_names[EXPORTS] = { MODULE_EXPORTS(EXPORT_NAME, EXPORT_NAME) };

/** Calls an export with `count` words. Its result, if it gives one, is the first of them then. */
static void call(enum export which, uint32_t count, uint32_t words[MODULE_PARAMETERS],
                 uint32_t results);

#define EXPORT_GIVES(name, count) \
  uint32_t module_##name(MODULE_PARAMETERS_##count) { \
    uint32_t words[MODULE_PARAMETERS] = { MODULE_ARGUMENTS_##count }; \
    call(EXPORT_##name, count, words, 1); \
    return words[0]; \
  }
#define EXPORT_DOES(name, count) \
  void module_##name(MODULE_PARAMETERS_##count) { \
    uint32_t words[MODULE_PARAMETERS] = { MODULE_ARGUMENTS_##count }; \
    call(EXPORT_##name, count, words, 0); \
  }
MODULE_EXPORTS(EXPORT_GIVES, EXPORT_DOES)

#endif
