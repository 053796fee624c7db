// AArch64: 32 registers of 4 floats hold a tile of 6 x 16.

#include <string.h>

#include "CKernels.h"

#if defined(__aarch64__)
#define VARIANT neon
#define NAME "neon"
#define LANES 4
#define VECTORS 4
#define TILE_ROWS 6
#include "KernelBodies.h"
#endif
