// The kernels that mix predictions of bits, and adapt; included by KernelBodies.h. All numbers are IEEE-754, each operation
// is rounded by itself and sums have one order, so that all variants give the same bits.

/// Lanes of binary64, and of binary32, in an order of sums; a processor with shorter vectors takes several.
typedef double doubles __attribute__((ext_vector_type(8)));
/// Such numbers anywhere.
typedef double unaligned_doubles __attribute__((ext_vector_type(8), aligned(8)));
typedef double quad __attribute__((ext_vector_type(4)));
typedef float eight __attribute__((ext_vector_type(8)));
typedef uint32_t hashes16 __attribute__((ext_vector_type(16)));

static void tails(const double *centers, const double *inverse_scales, double boundary, double sign, double *result) {
  doubles d = (boundary - *(const unaligned_doubles *)centers) * *(const unaligned_doubles *)inverse_scales * sign;
  // Also replaces NaN.
  d = d < 0x1p200 ? d : (doubles)0x1p200;
  d = d < -0x1p200 ? (doubles)-0x1p200 : d;
  doubles a = d < 0 ? -d : d;
  doubles q = a * a + 4;
  doubles u = a / __builtin_elementwise_sqrt(q);
  doubles rest = (4 / q) / (u + 1);
  doubles tail = rest * rest * (u + 2) * 0.25;
  *(unaligned_doubles *)result = d <= 0 ? 1 - tail : tail;
}

static void mix_answers(const double *probabilities, const float *stretched, float *inputs) {
  doubles p = *(const unaligned_doubles *)probabilities;
  p = p > 0 ? p : (doubles)0;
  p = p > 1 ? (doubles)1 : p;
  // The lowest bits of the sum are the number, rounded.
  doubles whole = p * 4095 + 0x1p52;
  union { doubles numbers; uint64_t bits[8]; } places = {whole};
  for (int k = 0; k < 8; k++) inputs[k] = stretched[places.bits[k] & 0xFFF];
}

/// The weighted sum of the inputs.
INLINE float mix_sum(const float *weights, const float *start, const float *inputs) {
  eight all = (((const eight *)weights)[0] + ((const eight *)start)[0]) * ((const eight *)inputs)[0];
  all += (((const eight *)weights)[1] + ((const eight *)start)[1]) * ((const eight *)inputs)[1];
  all += (((const eight *)weights)[2] + ((const eight *)start)[2]) * ((const eight *)inputs)[2];
  float p0 = all[0] + all[4], p1 = all[1] + all[5], p2 = all[2] + all[6], p3 = all[3] + all[7];
  float sum = (p0 + p1) + (p2 + p3);
  // Weights of a hostile stream may grow without limit.
  sum = sum < 1e6f ? sum : 1e6f;
  return sum > -1e6f ? sum : -1e6f;
}

static void mix(vaec_mixer *m, uint32_t slot) {
  uint32_t high = ((slot >> 4) ^ 0x01234567u * 0x9E3779B1u) * 0x85EBCA6Bu;
  high ^= high >> 15;
  high = (high * 0xC2B2AE35u) & ~15u;
  hashes16 h = (*(const hashes16 *)m->hashes + high) * 0x2C1B3C6Du;
  h ^= h >> 15;
  h = (h << 4 | (slot & 15)) & ((1u << m->slot_bits) - 1);
  *(hashes16 *)m->places = h;
#pragma clang loop unroll(full)
  for (int i = 0; i < VAEC_CONTEXTS; i++) {
    uint32_t own = (m->slots + ((ptrdiff_t)i << m->slot_bits))[h[i]] ^ VAEC_FIRST_SLOT;
    m->inputs[8 + i] = m->stretched[own >> 20] * m->trust[own & 1023];
  }
  for (int s = 0; s < 3; s++) m->sums[s] = mix_sum(m->weights[s], m->start, m->inputs);
}

static void mix_learn(const vaec_mixer *m, uint32_t bit) {
  for (int s = 0; s < 3; s++)
    for (int v = 0; v < 3; v++) ((eight *)m->weights[s])[v] += ((const eight *)m->inputs)[v] * m->steps[s];
  int64_t target = bit ? (1 << 22) - 1 : 0;
#pragma clang loop unroll(full)
  for (int i = 0; i < VAEC_CONTEXTS; i++) {
    uint32_t *place = m->slots + ((ptrdiff_t)i << m->slot_bits) + m->places[i];
    uint32_t own = *place ^ VAEC_FIRST_SLOT, uses = own & 1023;
    int64_t p = own >> 10;
    int64_t moved = p + ((target - p) * m->shares[uses] >> 16);
    *place = ((uint32_t)moved << 10 | (uses < VAEC_MOST_USES ? uses + 1 : uses)) ^ VAEC_FIRST_SLOT;
  }
}

static double least_squares_predict(const vaec_least_squares *s, const double *x) {
  quad sums = 0;
  for (ptrdiff_t i = 0; i < s->vectors; i++) sums += ((const quad *)s->weights)[i] * ((const quad *)x)[i];
  double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return __builtin_fabs(sum) < 1e300 ? sum : 0;
}

static bool least_squares_learn(const vaec_least_squares *s, const double *x, double error) {
  ptrdiff_t n = s->vectors;
  quad gains[VAEC_MOST_INPUTS / 4];
  for (ptrdiff_t b = 0; b < n; b++) gains[b] = 0;
  for (ptrdiff_t a = 0; a < s->inputs; a++) {
    const quad *row = (const quad *)s->spread + a * n;
    double input = x[a];
    for (ptrdiff_t b = 0; b < n; b++) gains[b] += row[b] * input;
  }
  quad powers = 0;
  for (ptrdiff_t b = 0; b < n; b++) powers += gains[b] * ((const quad *)x)[b];
  double power = s->memory + ((powers[0] + powers[1]) + (powers[2] + powers[3]));
  if (!(power > 0) || !(power <= 1e200) || !(__builtin_fabs(error) < 1e300)) return false;
  double inverse = 1 / power, fading = 1 / s->memory, step = error * inverse, diagonal = 0;
  for (ptrdiff_t b = 0; b < n; b++) ((quad *)s->weights)[b] += gains[b] * step;
  for (ptrdiff_t a = 0; a < s->inputs; a++) {
    quad *row = (quad *)s->spread + a * n;
    double gain = ((const double *)gains)[a] * inverse;
    for (ptrdiff_t b = 0; b < n; b++) row[b] = (row[b] - gains[b] * gain) * fading;
    diagonal += ((const double *)row)[a];
  }
  // Beyond that the matrix is degenerate.
  return diagonal < 1e8 && diagonal > 0;
}
