// Speed of the matrix product on one thread, against what the processor's multiply-adds could give:
//
//   clang -O2 -ISources/CKernels/include Benchmarks/speed/kernels.c Sources/CKernels/*.c -lm -o /tmp/kernels && /tmp/kernels
//
// prints a line for each shape: rows, inner, outer (of C = A B, rows x inner with inner x outer), GFLOP/s, and the share
// of the peak, which is measured by multiply-adds that touch registers alone. "forward" has A row by row, as activations
// are; "gradient" has A column by column, as in the gradient of weights (inner is the batch there); "descend" is that with
// Adam's step. Each figure is the median of 9 runs of at least 10 ms, peak and product in turn. Another variant's name
// (avx2, plain) can be given.

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"

enum { RUNS = 9, PANEL = VAEC_PANEL };

// Seconds that this thread has run: others may share the processor.
static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Chains of multiply-adds, enough to hide their latency; each chain is a vector in a register.
#define PEAK(NAME, LANES, TARGET)                                                                        \
  TARGET static double NAME(void) {                                                                      \
    typedef float vector __attribute__((ext_vector_type(LANES)));                                        \
    enum { CHAINS = 12, STEPS = 400000 };                                                                \
    vector sum[CHAINS], factor = (vector)0.999f, term = (vector)0.5f;                                    \
    for (int i = 0; i < CHAINS; i++) sum[i] = (vector)(float)i;                                          \
    double start = seconds();                                                                            \
    for (int k = 0; k < STEPS; k++)                                                                      \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) sum[i] =                       \
          __builtin_elementwise_fma(sum[i], factor, term);                                               \
    double elapsed = seconds() - start;                                                                  \
    volatile float kept = 0;                                                                             \
    for (int i = 0; i < CHAINS; i++) kept += sum[i][0];                                                   \
    return 2.0 * LANES * CHAINS * STEPS / elapsed * 1e-9;                                                \
  }

#if defined(__x86_64__)
PEAK(peak16, 16, __attribute__((target("avx512f"))))
PEAK(peak8, 8, __attribute__((target("avx2,fma"))))
#elif defined(__aarch64__)
PEAK(peak4, 4, )
#endif

static double peak(const char *variant) {
#if defined(__x86_64__)
  return strcmp(variant, "avx512") == 0 ? peak16() : peak8();
#elif defined(__aarch64__)
  return peak4();
#else
  return 0;
#endif
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values) {
  qsort(values, RUNS, sizeof *values, ascending);
  return values[RUNS / 2];
}

static float *numbers(size_t count) {
  float *x = aligned_alloc(64, (count * sizeof *x + 63) / 64 * 64);
  if (!x) exit(1);
  for (size_t i = 0; i < count; i++) x[i] = (float)(int)(i * 2654435761u % 2001) * 0.001f - 1.0f;
  return x;
}

static ptrdiff_t padded(ptrdiff_t count) { return (count + PANEL - 1) / PANEL * PANEL; }

typedef enum { FORWARD, GRADIENT, DESCEND } kind;
static const char *const names[] = {"forward", "gradient", "descend"};

static void run(const vaec_kernels *kernels, kind kind, const vaec_product *p, const vaec_adam_step *step) {
  if (kind != DESCEND) {
    kernels->product(p);
    return;
  }
  for (ptrdiff_t panel = 0; panel < p->panels; panel++) {
    vaec_product part = *p;
    part.panels = 1;
    part.terms[0].b += panel * p->terms[0].b_panel;
    vaec_adam_step panel_step = *step;
    panel_step.weight += panel * p->c_panel;
    panel_step.first_moment += panel * p->c_panel;
    panel_step.second_moment += panel * p->c_panel;
    kernels->descend(&part, &panel_step);
  }
}

static void measure(const vaec_kernels *kernels, ptrdiff_t rows, ptrdiff_t inner, ptrdiff_t outer, kind kind) {
  ptrdiff_t panels = padded(outer) / PANEL, a_width = padded(kind == FORWARD ? inner : rows);
  size_t count = (size_t)(rows * panels * PANEL);
  float *a = numbers((size_t)((kind == FORWARD ? rows : inner) * a_width));
  float *b = numbers((size_t)(inner * panels * PANEL));
  float *c = numbers(count), *first = numbers(count), *second = numbers(count);
  for (size_t i = 0; i < count; i++) second[i] = 1;
  vaec_product p = {.rows = rows, .panels = panels, .term_count = 1, .c = c};
  p.terms[0] = (vaec_term){.inner = inner, .a = a, .b = b};
  vaec_term *term = &p.terms[0];
  if (kind == FORWARD) {
    term->a_row = a_width, term->a_column = 1;
    term->b_panel = inner * PANEL, term->b_row = PANEL;
    p.c_panel = PANEL, p.c_row = panels * PANEL;
  } else {
    term->a_row = 1, term->a_column = a_width;
    term->b_panel = PANEL, term->b_row = panels * PANEL;
    p.c_panel = rows * PANEL, p.c_row = PANEL;
  }
  vaec_adam_step step = {
      .weight = c, .first_moment = first, .second_moment = second, .count = rows * PANEL, .beta1 = 0.9f,
      .beta2 = 0.999f, .rate = 1e-3f, .second_correction = 1, .epsilon = 1e-8f,
  };
  double operations = 2.0 * (double)rows * (double)inner * (double)(panels * PANEL);
  int times = 1 + (int)(1e9 / operations);
  double speeds[RUNS], peaks[RUNS];
  for (int i = 0; i < RUNS; i++) {
    peaks[i] = peak(kernels->name);
    run(kernels, kind, &p, &step);
    double start = seconds();
    for (int time = 0; time < times; time++) run(kernels, kind, &p, &step);
    speeds[i] = operations * times / (seconds() - start) * 1e-9;
  }
  double speed = median(speeds), most = median(peaks);
  printf("%-8s %5td %5td %5td %8.1f %6.0f %%\n", names[kind], rows, inner, outer, speed, 100 * speed / most);
  free(a), free(b), free(c), free(first), free(second);
}

int main(int count, char **arguments) {
  const vaec_kernels *kernels = count > 1 ? vaec_kernels_named(arguments[1]) : vaec_kernels_best();
  if (!kernels) return fprintf(stderr, "kernels: this processor cannot run that variant\n"), 1;
  double peaks[RUNS];
  for (int run = 0; run < RUNS; run++) peaks[run] = peak(kernels->name);
  printf("%s: the peak is %.1f GFLOP/s\n%-8s %5s %5s %5s %8s %8s\n", kernels->name, median(peaks), "", "rows", "inner",
         "outer", "GFLOP/s", "of peak");
  // Rows, inner, outer: activations of a batch times weights, and back.
  static const short forward[][3] = {
      {128, 784, 512}, {128, 512, 512}, {128, 512, 784}, {128, 512, 64}, {128, 64, 512}, {64, 784, 512},
      {128, 128, 256}, {128, 256, 256}, {128, 784, 256}, {128, 256, 784}, {128, 256, 2}, {128, 2, 256},
      {128, 5, 512},   {1024, 1024, 1024}, {1024, 256, 128},
  };
  // Inputs, batch, outputs.
  static const short gradient[][3] = {
      {784, 128, 512}, {512, 128, 512}, {512, 128, 784}, {512, 128, 64}, {64, 128, 512}, {128, 128, 256},
      {256, 128, 256}, {2, 128, 256},   {5, 128, 512},   {256, 1024, 256},
  };
  for (size_t i = 0; i < sizeof forward / sizeof *forward; i++)
    measure(kernels, forward[i][0], forward[i][1], forward[i][2], FORWARD);
  for (size_t i = 0; i < sizeof gradient / sizeof *gradient; i++)
    for (kind kind = GRADIENT; kind <= DESCEND; kind++)
      measure(kernels, gradient[i][0], gradient[i][1], gradient[i][2], kind);
}
