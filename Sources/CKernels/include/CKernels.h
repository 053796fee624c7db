#ifndef VAEC_CKERNELS_H
#define VAEC_CKERNELS_H
#endif
