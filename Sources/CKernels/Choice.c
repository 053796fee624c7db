// Which variants this processor can run.

#include <string.h>

#include "CKernels.h"

extern const vaec_kernels vaec_kernels_plain;
#if defined(__x86_64__)
extern const vaec_kernels vaec_kernels_avx2, vaec_kernels_avx512;
#elif defined(__aarch64__)
extern const vaec_kernels vaec_kernels_neon;
#endif

/// Fastest first; `plain` is always last.
static int runnable(const vaec_kernels *found[3]) {
  int count = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    found[count++] = &vaec_kernels_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found[count++] = &vaec_kernels_avx2;
#elif defined(__aarch64__)
  found[count++] = &vaec_kernels_neon;
#endif
  found[count++] = &vaec_kernels_plain;
  return count;
}

const vaec_kernels *vaec_kernels_named(const char *name) {
  const vaec_kernels *found[3];
  for (int count = runnable(found), i = 0; i < count; i++)
    if (strcmp(found[i]->name, name) == 0) return found[i];
  return NULL;
}

const vaec_kernels *vaec_kernels_best(void) {
  const vaec_kernels *found[3];
  runnable(found);
  return found[0];
}
