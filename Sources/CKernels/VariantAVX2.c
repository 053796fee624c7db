// x86-64 with AVX2 and FMA: 16 registers of 8 floats hold a tile of 6 x 16.

#include <string.h>

#include "CKernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#define VARIANT avx2
#define NAME "avx2"
#define LANES 8
#define VECTORS 2
#define TILE_ROWS 6
#include "KernelBodies.h"
#pragma clang attribute pop
#endif
