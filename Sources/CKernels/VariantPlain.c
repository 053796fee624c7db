// Any processor. Without a fused multiply-add instruction each term is a call: slow, and the same bits.

#include <string.h>

#include "CKernels.h"

#define VARIANT plain
#define NAME "plain"
#define LANES 4
#define VECTORS 2
#define TILE_ROWS 4
#include "KernelBodies.h"
