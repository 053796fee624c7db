/// Float32 kernels with the same bits on every machine.
///
/// Each operation is IEEE-754 binary32 add, multiply, fused multiply-add, divide, minimum, maximum, compare or
/// rounding to an integer, in an order that this header fixes; nothing is contracted, reassociated or taken
/// from a mathematics library. A result therefore depends neither on the vector width nor on the variant.
///
/// Layouts. An activation matrix is row major, its rows padded to whole panels of VAEC_PANEL columns. A weight
/// matrix (inputs x outputs) is cut into panels of VAEC_PANEL outputs; a panel holds its inputs one after
/// another, VAEC_PANEL numbers each: element (i, j) is at ((j / P) * inputs + i) * P + j % P. Padding is zero.
#ifndef VAEC_CKERNELS_H
#define VAEC_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Columns in a panel.
enum { VAEC_PANEL = 32 };

/// Components of the logistic mixture that is a latent's prior.
enum { VAEC_MIXTURE = 3 };

/// What an output element of a product starts from.
enum {
  VAEC_FROM_ZERO = 0,
  /// From the element's present value.
  VAEC_FROM_OUTPUT = 1,
  /// From the bias of its column.
  VAEC_FROM_BIAS = 2,
};

/// One term A B of a sum of products: `rows` x `inner` with `inner` x (`panels` * VAEC_PANEL).
typedef struct {
  ptrdiff_t inner;
  /// A(i, k) is at a[i * a_row + k * a_column].
  const float *a;
  ptrdiff_t a_row, a_column;
  /// B(k, j) is at b[(j / P) * b_panel + k * b_row + j % P].
  const float *b;
  ptrdiff_t b_panel, b_row;
} vaec_term;

/// What a product is passed on through.
enum {
  /// x * min(max(x + 3, 0), 6) / 6
  VAEC_HARD_SWISH = 0,
  /// max(x, 0)
  VAEC_RELU = 1,
};

/// Terms that a product has at the most.
enum { VAEC_TERMS = 3 };

/// A sum of products C = start + A1 B1 + A2 B2 + A3 B3, `rows` x (`panels` * VAEC_PANEL).
typedef struct {
  ptrdiff_t rows, panels;
  /// The first `term_count` count.
  vaec_term terms[VAEC_TERMS];
  int term_count;
  /// VAEC_FROM_ZERO, VAEC_FROM_OUTPUT or VAEC_FROM_BIAS.
  int start;
  /// `panels` * VAEC_PANEL numbers, where `start` is VAEC_FROM_BIAS.
  const float *bias;
  /// C(i, j) is at c[(j / P) * c_panel + i * c_row + j % P].
  float *c;
  ptrdiff_t c_panel, c_row;
  /// VAEC_HARD_SWISH or VAEC_RELU.
  int activation;
  /// Where it is not NULL, activation(C) is written to it as well, laid out as C.
  float *activated;
  /// Where it is not NULL, C is multiplied by the derivative of the activation at these numbers, laid out as C.
  const float *before;
} vaec_product;

/// One step of Adam for `count` parameters.
typedef struct {
  float *weight, *first_moment, *second_moment;
  const float *gradient;
  ptrdiff_t count;
  float beta1, beta2;
  /// Learning rate / (1 - beta1^t), and 1 / (1 - beta2^t).
  float rate, second_correction;
  float epsilon;
  /// The share by which weights shrink, beside the step: learning rate * weight decay.
  float decay;
} vaec_adam_step;

/// The prior of a row of latents: arrays of `count` numbers, whole panels; parameter p of mixture component m is at
/// [m * stride].
typedef struct {
  ptrdiff_t count, stride;
  const float *mean, *log_scale, *logit;
} vaec_mixture_row;

/// What values the data can hold: within bounds, and integers where `is_integer` is set.
typedef struct {
  float lowest, highest;
  bool is_integer;
} vaec_output_rule;

/// Levels of scale: two an octave, from VAEC_LEAST_SCALE on (those of larger scales share the last).
#define VAEC_LEAST_SCALE 0x1p-7f
/// The largest number below 2^13.
#define VAEC_MOST_SCALE 0x1.fffffep+12f
enum {
  VAEC_LEVELS = 40,
  /// The bits of VAEC_LEAST_SCALE, shifted right by 22.
  VAEC_FIRST_LEVEL_BITS = (127 - 7) * 2,
};

/// Slots hold a probability of 22 bits and a count of uses of 10 bits, relative to this.
#define VAEC_FIRST_SLOT 0x80000000u
enum {
  VAEC_CONTEXTS = 12,
  /// The use count at which a slot's adaptation rate stops decreasing.
  VAEC_MOST_USES = 400,
  /// The most inputs of least squares.
  VAEC_MOST_INPUTS = 48,
};

/// What mixes the predictions of a bit. Arrays are aligned to 64 bytes.
typedef struct {
  /// 2^slot_bits for each context.
  uint32_t *slots;
  uint32_t slot_bits;
  /// The hashes of contexts: 16, of which the last 4 are not used. And the slots of the last bit, as many.
  const uint32_t *hashes;
  uint32_t *places;
  /// ln(p / (1 - p)) by the 12 leading bits of a probability; and the weight and the adaptation rate (of 16 bits) by uses.
  const float *stretched, *trust;
  const uint32_t *shares;
  /// The 24 inputs: those of 8 distributions, of the contexts, and of 4 others.
  float *inputs;
  /// The first weights, which others are relative to; the chosen weights; their sums; and their learning rates.
  const float *start;
  float *weights[3];
  float sums[3], steps[3];
} vaec_mixer;

/// Recursive least squares with `inputs` inputs, in `vectors` vectors of 4. Arrays are aligned to 32 bytes.
typedef struct {
  ptrdiff_t inputs, vectors;
  /// The forgetting factor.
  double memory;
  /// 4 * vectors, and as many for each input: the inverse correlation matrix.
  double *weights, *spread;
} vaec_least_squares;

/// One variant of all kernels.
typedef struct {
  /// "avx512", "avx2", "neon" or "plain".
  const char *name;

  /// Computes a sum of products. Each element is summed term after term, each in ascending k, by fused multiply-add.
  void (*product)(const vaec_product *p);

  /// One step of Adam for a panel of weights, along the gradient that a product from zero gives: `p` has one panel and
  /// no `c`, `step` no `gradient`, and its arrays are laid out as that panel, p->rows x VAEC_PANEL.
  void (*descend)(const vaec_product *p, const vaec_adam_step *step);

  /// Writes the transpose of a weight matrix (inputs x outputs, panels) restricted to panels
  /// first..<last, to `to` (outputs x inputs, panels; the padding of inputs is left as it is: zero).
  void (*transpose)(const float *from, ptrdiff_t inputs, ptrdiff_t outputs, ptrdiff_t first, ptrdiff_t last,
                    float *to);

  /// y = x * min(max(x + 3, 0), 6) * (1/6), in this order.
  void (*hard_swish)(const float *x, float *y, ptrdiff_t count);

  /// dx = dy * d hard_swish(x) / dx.
  void (*hard_swish_gradient)(const float *x, const float *dy, float *dx, ptrdiff_t count);

  /// y = exp(x), within 2 units in the last place; x is clamped to -87 ... 88.
  void (*exponential)(const float *x, float *y, ptrdiff_t count);

  /// y = 1 / (1 + exp(0 - x)), each operation rounded; exp as above.
  void (*logistic)(const float *x, float *y, ptrdiff_t count);

  /// y = a * b, element by element.
  void (*multiply)(const float *a, const float *b, float *y, ptrdiff_t count);

  /// y = x + s * b: one fused multiply-add for each element.
  void (*add_scaled)(const float *x, float s, const float *b, float *y, ptrdiff_t count);

  /// y = s * x.
  void (*scale)(const float *x, float s, float *y, ptrdiff_t count);

  /// y = -x.
  void (*negate)(const float *x, float *y, ptrdiff_t count);

  /// y = max(low, min(high, x)), element by element.
  void (*clip)(const float *x, const float *low, const float *high, float *y, ptrdiff_t count);

  /// dy = factor * (max(low, min(high, output)) - target): the gradient of half the squared error, carried straight
  /// through the clipping.
  void (*output_gradient)(const float *output, const float *target, const float *low, const float *high,
                          float factor, float *dy, ptrdiff_t count);

  /// y = x + s * |b|: one fused multiply-add for each element.
  void (*add_scaled_magnitude)(const float *x, float s, const float *b, float *y, ptrdiff_t count);

  /// y = x + s * |a - b|: a difference and one fused multiply-add for each element.
  void (*add_scaled_distance)(const float *x, float s, const float *a, const float *b, float *y, ptrdiff_t count);

  /// The level, 0 ..< VAEC_LEVELS, of each deviation * inverse_step: exponent and highest bit of the significand.
  void (*scale_levels)(const float *deviation, float inverse_step, uint8_t *levels, ptrdiff_t count);

  /// y = x within the rule's bounds, rounded (ties to even) where it says integers.
  void (*apply_rule)(const float *x, const vaec_output_rule *rule, float *y, ptrdiff_t count);

  /// symbol = round((x - rule(prediction)) / step), ties to even, within +-2^30; the quotient is a product with the
  /// rounded reciprocal.
  void (*quantize)(const float *x, const float *prediction, float step, const vaec_output_rule *rule,
                   int32_t *symbols, ptrdiff_t count);

  /// y = rule(rule(prediction) + step * symbol): one fused multiply-add between the rules.
  void (*dequantize)(const float *prediction, const int32_t *symbols, float step, const vaec_output_rule *rule,
                     float *y, ptrdiff_t count);

  /// Rounds to the nearest integer, ties to even.
  void (*round)(const float *x, float *y, ptrdiff_t count);

  /// y = uniform noise in -0.5 ... 0.5, a pure function of (key, index).
  void (*noise)(uint32_t key, float *y, ptrdiff_t count);

  /// Bits of each latent z[i] under its prior (the mass of z - 0.5 ... z + 0.5), and the gradients of
  /// `weight` * bits: dz, and those of the prior's parameters, laid out as the parameters are.
  void (*mixture_gradient)(const vaec_mixture_row *prior, const float *z, float weight, float *bits, float *dz,
                           float *dmean, float *dlog_scale, float *dlogit);

  /// One step of Adam (Kingma and Ba, arXiv 1412.6980), with decoupled weight decay (Loshchilov and Hutter, arXiv
  /// 1711.05101).
  void (*adam)(const vaec_adam_step *step);

  /// Moves an average of weights towards the weights: average += rate * (weight - average).
  void (*average)(float *average, const float *weight, float rate, ptrdiff_t count);

  /// Sum of (a - b)^2 in 16 interleaved binary32 sums, added up in ascending order.
  float (*squared_error)(const float *a, const float *b, ptrdiff_t count);

  /// Sum of x in 16 interleaved binary32 sums, added up in ascending order.
  float (*sum)(const float *x, ptrdiff_t count);

  /// y += a * x, in binary64, by fused multiply-add.
  void (*add_scaled_double)(double *y, double a, const double *x, ptrdiff_t count);

  /// The plane rotation (a, b) = (c * a - s * b, s * a + c * b), element by element, in binary64.
  void (*rotate_double)(double *a, double *b, double c, double s, ptrdiff_t count);

  /// The probabilities that a number is above a boundary, or, where `sign` is -1, below it: of 8 Student distributions with 4
  /// degrees of freedom, by their centers and one over their scales.
  void (*tails)(const double *centers, const double *inverse_scales, double boundary, double sign, double *result);

  /// The stretched probabilities of 8 distributions.
  void (*mix_answers)(const double *probabilities, const float *stretched, float *inputs);

  /// Looks up the slots of the contexts for a node, and sums the inputs by each set of weights.
  void (*mix)(vaec_mixer *m, uint32_t slot);

  /// Adapts the weights, and the slots that were looked up last, to a bit.
  void (*mix_learn)(const vaec_mixer *m, uint32_t bit);

  /// The prediction from x, which is padded with zeros to whole vectors; 0 if it is not finite.
  double (*least_squares_predict)(const vaec_least_squares *s, const double *x);

  /// Adapts to the error of the prediction from x. False if the matrix is degenerate then.
  bool (*least_squares_learn)(const vaec_least_squares *s, const double *x, double error);
} vaec_kernels;

/// The variant of this name, or NULL where it is unknown or this processor cannot run it.
const vaec_kernels *vaec_kernels_named(const char *name);

/// The fastest variant that this processor can run.
const vaec_kernels *vaec_kernels_best(void);

#endif
