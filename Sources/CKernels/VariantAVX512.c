// x86-64 with AVX-512: 32 registers of 16 floats hold a tile of 12 x 32.

#include <string.h>

#include "CKernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma,bmi2"))), apply_to = function)
#define VARIANT avx512
#define NAME "avx512"
#define LANES 16
#define VECTORS 2
#define TILE_ROWS 12
#include "KernelBodies.h"
#pragma clang attribute pop
#endif
