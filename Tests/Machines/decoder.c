// What a decoder computes by the kernels, on numbers of all kinds, as one hash for each kernel and variant: the same on every
// machine. Tests/Machines/run compiles it for this processor and for others.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { COUNT = 4096, PANEL = VAEC_PANEL };

static uint64_t state = 1;

// SplitMix64.
static uint64_t next(void) {
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// Mostly moderate; some large, some subnormal, some zeros of either sign.
static float number(void) {
  uint64_t r = next();
  float x = (float)((int32_t)(r >> 32)) * 0x1p-28f;
  switch (r & 31) {
    case 0: return x * 0x1p90f;
    case 1: return x * 0x1p-130f;
    case 2: return x < 0 ? -0.0f : 0.0f;
    default: return x;
  }
}

static float *numbers(size_t count) {
  float *x = malloc(count * sizeof(float));
  if (x == NULL) abort();
  for (size_t i = 0; i < count; i++) x[i] = number();
  return x;
}

static uint64_t hash(uint64_t h, const void *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) h = (h ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
  return h;
}

static const uint64_t empty = 0xCBF29CE484222325u;

static void tell(const char *kernel, uint64_t h) { printf("%-20s %016llx\n", kernel, (unsigned long long)h); }

// NaN has no one pattern: what is none of a number counts as one.
static uint64_t hash_floats(uint64_t h, const float *x, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float y = x[i] == x[i] ? x[i] : __builtin_nanf("");
    uint32_t bits;
    memcpy(&bits, &y, sizeof bits);
    if (y != y) bits = 0x7FC00000;
    h = hash(h, &bits, sizeof bits);
  }
  return h;
}

static uint64_t products(const vaec_kernels *k) {
  static const int shapes[][3] = {{1, 1, 1}, {13, 2, 40}, {64, 128, 96}, {7, 600, 33}, {128, 784, 512}};
  uint64_t h = empty;
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    int rows = shapes[s][0], inner = shapes[s][1], outer = shapes[s][2];
    int panels = (outer + PANEL - 1) / PANEL, stride = (inner + PANEL - 1) / PANEL * PANEL;
    float *a = numbers((size_t)rows * stride), *b = numbers((size_t)panels * inner * PANEL);
    float *c = numbers((size_t)rows * panels * PANEL);
    for (int twice = 0; twice < 2; twice++) {
      vaec_term term = {.inner = inner, .a = a, .a_row = stride, .a_column = 1, .b = b,
                        .b_panel = (ptrdiff_t)inner * PANEL, .b_row = PANEL};
      vaec_product p = {.rows = rows, .panels = panels, .term_count = 1, .c = c, .c_panel = PANEL,
                        .c_row = (ptrdiff_t)panels * PANEL, .start = twice ? VAEC_FROM_OUTPUT : VAEC_FROM_ZERO};
      p.terms[0] = term;
      k->product(&p);
    }
    h = hash_floats(h, c, (size_t)rows * panels * PANEL);
    free(a);
    free(b);
    free(c);
  }
  return h;
}

// What mixes the predictions of bits, over some hundred bits.
static void mixes(const vaec_kernels *k) {
  static _Alignas(64) uint32_t slots[12 << 8], hashes[16], places[16], shares[1024];
  static _Alignas(64) float stretched[4096], trust[1024], start[24], inputs[24], weights[72];
  static _Alignas(64) double x[32], own[32], spread[32 * 32];
  float *some = numbers(4096);
  for (int i = 0; i < 4096; i++) stretched[i] = some[i];
  for (int i = 0; i < 1024; i++) trust[i] = some[i] * 0.1f, shares[i] = 65536 / (i + 2);
  for (int i = 0; i < 24; i++) start[i] = 0.1f;
  for (int i = 0; i < 32; i++) spread[i * 32 + i] = 30;
  vaec_mixer m = {slots, 8, hashes, places, stretched, trust, shares, inputs, start, {weights, weights + 24, weights + 48}};
  vaec_least_squares squares = {32, 8, 0.998, own, spread};
  m.steps[0] = 0.01f, m.steps[1] = -0.02f, m.steps[2] = 0.005f;
  uint64_t sums = empty, predictions = empty, answers = empty;
  for (int i = 0; i < 500; i++) {
    double centers[8], inverses[8], result[8];
    for (int j = 0; j < 16; j++) hashes[j] = (uint32_t)(i * 7 + j) % 5;
    for (int j = 0; j < 8; j++) centers[j] = some[i + j], inverses[j] = 0.125 + __builtin_fabs((double)some[i + j + 8]);
    for (int j = 0; j < 32; j++) x[j] = some[i * 3 + j] * 0.01;
    k->tails(centers, inverses, some[i + 20], i & 1 ? 1 : -1, result);
    k->mix_answers(result, stretched, inputs);
    k->mix(&m, (uint32_t)i);
    k->mix_learn(&m, i % 3 == 0);
    double own_prediction = k->least_squares_predict(&squares, x);
    k->least_squares_learn(&squares, x, x[3] - own_prediction);
    answers = hash(answers, result, sizeof result);
    sums = hash(sums, m.sums, sizeof m.sums);
    predictions = hash(predictions, &own_prediction, sizeof own_prediction);
  }
  tell("tails", answers);
  tell("mix", hash(hash(sums, weights, sizeof weights), slots, sizeof slots));
  tell("least_squares", predictions);
  free(some);
}

static void run(const vaec_kernels *k) {
  state = 1;
  tell("product", products(k));
  float *x = numbers(COUNT), *y = numbers(COUNT), *z = numbers(COUNT);
  int32_t *symbols = calloc(COUNT, sizeof *symbols);
  uint8_t *levels = calloc(COUNT, 1);
  if (symbols == NULL || levels == NULL) abort();
#define FLOATS(NAME, CALL)                      \
  CALL;                                         \
  tell(NAME, hash_floats(empty, z, COUNT))
  FLOATS("hard_swish", k->hard_swish(x, z, COUNT));
  FLOATS("logistic", k->logistic(x, z, COUNT));
  FLOATS("exponential", k->exponential(x, z, COUNT));
  FLOATS("multiply", k->multiply(x, y, z, COUNT));
  FLOATS("add_scaled", k->add_scaled(x, 0.7f, y, z, COUNT));
  FLOATS("add_scaled_magnitude", k->add_scaled_magnitude(x, 0.7f, y, z, COUNT));
  FLOATS("scale", k->scale(x, 0.3f, z, COUNT));
  FLOATS("round", k->round(x, z, COUNT));
  FLOATS("clip", k->clip(x, y, y, z, COUNT));
  k->scale_levels(x, 3, levels, COUNT);
  tell("scale_levels", hash(empty, levels, COUNT));
  for (int integers = 0; integers < 2; integers++) {
    vaec_output_rule rule = {.lowest = -3, .highest = integers ? 7 : __builtin_inff(), .is_integer = integers};
    FLOATS("apply_rule", k->apply_rule(x, &rule, z, COUNT));
    k->quantize(x, y, 0.05f, &rule, symbols, COUNT);
    tell("quantize", hash(empty, symbols, COUNT * sizeof *symbols));
    FLOATS("dequantize", k->dequantize(y, symbols, 0.05f, &rule, z, COUNT));
  }
  mixes(k);
  free(x);
  free(y);
  free(z);
  free(symbols);
  free(levels);
}

// One argument: a variant's name. 2 says that this processor has none of that name.
int main(int count, char **arguments) {
  const vaec_kernels *k = count > 1 ? vaec_kernels_named(arguments[1]) : vaec_kernels_best();
  if (k == NULL) return 2;
  run(k);
  return 0;
}
