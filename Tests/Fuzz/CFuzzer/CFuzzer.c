#include "CFuzzer.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*one)(const uint8_t *data, size_t size));

extern int vaec_fuzz_one(const uint8_t *data, size_t size);

int vaec_fuzz(int count, char *const arguments[]) {
  char **start = (char **)arguments;
  return LLVMFuzzerRunDriver(&count, &start, vaec_fuzz_one);
}
