// The kernels, written once. A variant's file defines, before it includes this one:
//   VARIANT      suffix of the variant's table
//   NAME         its name, a string
//   LANES        float lanes of its vectors
//   VECTORS      vectors in a tile's row: LANES * VECTORS divides VAEC_PANEL
//   TILE_ROWS    rows of a tile, so that TILE_ROWS * VECTORS accumulators stay in registers
// includes <string.h> and "CKernels.h", and sets the target of all functions by a pragma.

#pragma STDC FP_CONTRACT OFF

typedef float vector __attribute__((ext_vector_type(LANES)));
typedef int32_t integers __attribute__((ext_vector_type(LANES)));
/// A vector anywhere in an array of numbers.
typedef float unaligned_vector __attribute__((ext_vector_type(LANES), aligned(4)));

enum { PANEL = VAEC_PANEL, TILE_COLUMNS = LANES * VECTORS, INNER_BLOCK = 256 };

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *p) { return *(const unaligned_vector *)p; }
INLINE void store(float *p, vector v) { *(unaligned_vector *)p = v; }
INLINE vector vector_of(float x) { return (vector)x; }
INLINE vector fused(vector a, vector b, vector c) { return __builtin_elementwise_fma(a, b, c); }

/// A tile of `rows` x TILE_COLUMNS over `inner` terms. `rows` is a constant where this is inlined.
INLINE void tile(int rows, ptrdiff_t inner, const float *a, ptrdiff_t a_row, ptrdiff_t a_column, const float *b,
                 ptrdiff_t b_row, float *c, ptrdiff_t c_row, int start, const float *bias) {
  vector sum[TILE_ROWS][VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) {
      if (start == VAEC_FROM_ZERO) sum[i][v] = vector_of(0.0f);
      else if (start == VAEC_FROM_OUTPUT) sum[i][v] = load(c + i * c_row + v * LANES);
      else sum[i][v] = load(bias + v * LANES);
    }
  for (ptrdiff_t k = 0; k < inner; k++) {
    vector column[VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) column[v] = load(b + k * b_row + v * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      vector broadcast = vector_of(a[i * a_row + k * a_column]);
#pragma clang loop unroll(full)
      for (int v = 0; v < VECTORS; v++) sum[i][v] = fused(broadcast, column[v], sum[i][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) store(c + i * c_row + v * LANES, sum[i][v]);
}

static void product(const vaec_product *p) {
  for (ptrdiff_t panel = 0; panel < p->panels; panel++) {
    for (ptrdiff_t k = 0; k == 0 || k < p->inner; k += INNER_BLOCK) {
      ptrdiff_t inner = p->inner - k < INNER_BLOCK ? p->inner - k : INNER_BLOCK;
      int start = k > 0 ? VAEC_FROM_OUTPUT : p->start;
      for (int half = 0; half < PANEL; half += TILE_COLUMNS) {
        const float *b = p->b + panel * p->b_panel + k * p->b_row + half;
        const float *bias = p->bias ? p->bias + panel * PANEL + half : NULL;
        for (ptrdiff_t i = 0; i < p->rows; i += TILE_ROWS) {
          const float *a = p->a + i * p->a_row + k * p->a_column;
          float *c = p->c + panel * p->c_panel + i * p->c_row + half;
#define CASE(ROWS)                                                                                       \
  case ROWS:                                                                                             \
    if (ROWS <= TILE_ROWS)                                                                               \
      tile(ROWS <= TILE_ROWS ? ROWS : 1, inner, a, p->a_row, p->a_column, b, p->b_row, c, p->c_row,      \
           start, bias);                                                                                 \
    break;
          switch (p->rows - i < TILE_ROWS ? p->rows - i : TILE_ROWS) {
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
          }
#undef CASE
        }
      }
    }
  }
}

static void transpose(const float *from, ptrdiff_t inputs, ptrdiff_t outputs, ptrdiff_t first, ptrdiff_t last,
                      float *to) {
  for (ptrdiff_t panel = first; panel < last; panel++) {
    ptrdiff_t columns = outputs - panel * PANEL < PANEL ? outputs - panel * PANEL : PANEL;
    for (ptrdiff_t block = 0; block < inputs; block += PANEL) {
      ptrdiff_t rows = inputs - block < PANEL ? inputs - block : PANEL;
      const float *source = from + (panel * inputs + block) * PANEL;
      float *target = to + (block / PANEL * outputs + panel * PANEL) * PANEL;
      if (rows == PANEL) {
        for (ptrdiff_t j = 0; j < columns; j++)
#pragma clang loop unroll(full)
          for (int i = 0; i < PANEL; i++) target[j * PANEL + i] = source[i * PANEL + j];
      } else {
        for (ptrdiff_t j = 0; j < columns; j++)
          for (ptrdiff_t i = 0; i < rows; i++) target[j * PANEL + i] = source[i * PANEL + j];
      }
    }
  }
}

static void hard_swish(const float *x, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float gate = x[i] + 3.0f;
    gate = gate > 0.0f ? gate : 0.0f;
    gate = gate < 6.0f ? gate : 6.0f;
    y[i] = x[i] * gate * (1.0f / 6.0f);
  }
}

static void hard_swish_gradient(const float *x, const float *dy, float *dx, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float slope = __builtin_fmaf(x[i], 1.0f / 3.0f, 0.5f);
    slope = x[i] < 3.0f ? slope : 1.0f;
    slope = x[i] > -3.0f ? slope : 0.0f;
    dx[i] = dy[i] * slope;
  }
}

/// exp by reduction to |r| <= ln 2 / 2 and the Taylor polynomial of degree 7 (error below 2^-26).
INLINE vector exponential_of_vector(vector x) {
  x = __builtin_elementwise_min(__builtin_elementwise_max(x, vector_of(-87.0f)), vector_of(88.0f));
  // Adding and taking away 1.5 * 2^23 rounds to the nearest integer, ties to even.
  vector n = fused(x, vector_of(0x1.715476p+0f), vector_of(0x1.8p+23f)) - 0x1.8p+23f;
  vector r = fused(n, vector_of(-0x1.62e4p-1f), x);
  r = fused(n, vector_of(-0x1.7f7d1cp-20f), r);
  vector p = vector_of(1.0f / 5040);
  p = fused(p, r, vector_of(1.0f / 720));
  p = fused(p, r, vector_of(1.0f / 120));
  p = fused(p, r, vector_of(1.0f / 24));
  p = fused(p, r, vector_of(1.0f / 6));
  p = fused(p, r, vector_of(0.5f));
  p = fused(p, r, vector_of(1.0f));
  p = fused(p, r, vector_of(1.0f));
  integers bits = (__builtin_convertvector(n, integers) + 127) << 23;
  return p * (vector)bits;
}

static void exponential(const float *x, float *y, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) store(y + i, exponential_of_vector(load(x + i)));
  if (i == count) return;
  float rest[LANES] = {0};
  memcpy(rest, x + i, (size_t)(count - i) * sizeof(float));
  store(rest, exponential_of_vector(load(rest)));
  memcpy(y + i, rest, (size_t)(count - i) * sizeof(float));
}

static void multiply(const float *a, const float *b, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

static void add_scaled(const float *x, float s, const float *b, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = __builtin_fmaf(s, b[i], x[i]);
}

static void scale(const float *x, float s, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = s * x[i];
}

static void negate(const float *x, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = -x[i];
}

static void clip(const float *x, const float *low, const float *high, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float v = x[i] < high[i] ? x[i] : high[i];
    y[i] = v > low[i] ? v : low[i];
  }
}

static void output_gradient(const float *output, const float *target, const float *low, const float *high, float factor,
                            float *dy, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float v = output[i] < high[i] ? output[i] : high[i];
    v = v > low[i] ? v : low[i];
    dy[i] = factor * (v - target[i]);
  }
}

static void add_scaled_magnitude(const float *x, float s, const float *b, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = __builtin_fmaf(s, __builtin_fabsf(b[i]), x[i]);
}

static void add_scaled_distance(const float *x, float s, const float *a, const float *b, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = __builtin_fmaf(s, __builtin_fabsf(a[i] - b[i]), x[i]);
}

static void scale_levels(const float *deviation, float inverse_step, uint8_t *levels, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float t = deviation[i] * inverse_step;
    t = t > VAEC_LEAST_SCALE ? t : VAEC_LEAST_SCALE;
    t = t < VAEC_MOST_SCALE ? t : VAEC_MOST_SCALE;
    uint32_t bits;
    memcpy(&bits, &t, sizeof bits);
    levels[i] = (uint8_t)((bits >> 22) - VAEC_FIRST_LEVEL_BITS);
  }
}

INLINE float within(float x, const vaec_output_rule *rule) {
  float v = x < rule->highest ? x : rule->highest;
  v = v > rule->lowest ? v : rule->lowest;
  return rule->is_integer ? __builtin_roundevenf(v) : v;
}

static void apply_rule(const float *x, const vaec_output_rule *rule, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = within(x[i], rule);
}

static void quantize(const float *x, const float *prediction, float step, const vaec_output_rule *rule,
                     int32_t *symbols, ptrdiff_t count) {
  float inverse = 1.0f / step;
  for (ptrdiff_t i = 0; i < count; i++) {
    float t = __builtin_roundevenf((x[i] - within(prediction[i], rule)) * inverse);
    t = t > -0x1p30f ? t : -0x1p30f;
    t = t < 0x1p30f ? t : 0x1p30f;
    symbols[i] = (int32_t)t;
  }
}

static void dequantize(const float *prediction, const int32_t *symbols, float step, const vaec_output_rule *rule,
                       float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++)
    y[i] = within(__builtin_fmaf((float)symbols[i], step, within(prediction[i], rule)), rule);
}

static void round_to_integer(const float *x, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = __builtin_roundevenf(x[i]);
}

static void noise(uint32_t key, float *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    // Two rounds of a 32-bit mixing function with full avalanche; the index enters by a Weyl sequence.
    uint32_t h = key + (uint32_t)i * 0x9e3779b9u;
    h = (h ^ (h >> 16)) * 0x7feb352du;
    h = (h ^ (h >> 15)) * 0x846ca68bu;
    h ^= h >> 16;
    y[i] = (float)(int32_t)(h >> 8) * 0x1p-24f - 0.5f + 0x1p-25f;
  }
}

/// 1 / (1 + exp(-x)).
INLINE vector sigmoid_of_vector(vector x) { return 1.0f / (1.0f + exponential_of_vector(-x)); }

/// log2 of positive normal numbers: the exponent, and for a mantissa m in sqrt(1/2) ... sqrt(2) the series of
/// 2 atanh((m - 1) / (m + 1)) (error below 2^-24).
INLINE vector binary_logarithm_of_vector(vector x) {
  // 0x3f3504f3 is sqrt(1/2); the shift is arithmetic, so that smaller numbers get a negative exponent.
  integers exponent = ((integers)x - 0x3f3504f3) >> 23;
  vector mantissa = (vector)((integers)x - (exponent << 23));
  vector t = (mantissa - 1.0f) / (mantissa + 1.0f), s = t * t;
  vector p = vector_of(1.0f / 9);
  p = fused(p, s, vector_of(1.0f / 7));
  p = fused(p, s, vector_of(1.0f / 5));
  p = fused(p, s, vector_of(1.0f / 3));
  p = fused(p, s, vector_of(1.0f));
  return fused(t * p, vector_of(0x1.715476p+1f), __builtin_convertvector(exponent, vector));
}

static void mixture_gradient(const vaec_mixture_row *prior, const float *z, float weight, float *bits, float *dz,
                             float *dmean, float *dlog_scale, float *dlogit) {
  ptrdiff_t stride = prior->stride;
  for (ptrdiff_t i = 0; i < prior->count; i += LANES) {
    vector share[VAEC_MIXTURE], mass[VAEC_MIXTURE], slope[VAEC_MIXTURE], spread[VAEC_MIXTURE];
    vector symbol = load(z + i), top = load(prior->logit + i);
    for (int m = 1; m < VAEC_MIXTURE; m++)
      top = __builtin_elementwise_max(top, load(prior->logit + i + m * stride));
    vector total = vector_of(0.0f), p = vector_of(0.0f);
    for (int m = 0; m < VAEC_MIXTURE; m++) {
      share[m] = exponential_of_vector(load(prior->logit + i + m * stride) - top);
      total += share[m];
      vector inverse = exponential_of_vector(-load(prior->log_scale + i + m * stride));
      vector centre = symbol - load(prior->mean + i + m * stride);
      // Both ends on the lower side of the mean: there the difference of sigmoids does not cancel.
      vector distance = -__builtin_elementwise_abs(centre);
      vector upper = (distance + 0.5f) * inverse, lower = (distance - 0.5f) * inverse;
      vector at_upper = sigmoid_of_vector(upper), at_lower = sigmoid_of_vector(lower);
      vector density_upper = at_upper * (1.0f - at_upper), density_lower = at_lower * (1.0f - at_lower);
      mass[m] = at_upper - at_lower;
      vector towards = (density_upper - density_lower) * inverse;
      slope[m] = centre > 0.0f ? -towards : towards;
      spread[m] = lower * density_lower - upper * density_upper;
    }
    vector scale = 1.0f / total;
    for (int m = 0; m < VAEC_MIXTURE; m++) {
      share[m] *= scale;
      p = fused(share[m], mass[m], p);
    }
    // The floor keeps an outlier's cost finite (30 bits), as an escape does in the stream.
    vector floored = p + 0x1p-30f;
    store(bits + i, -binary_logarithm_of_vector(floored));
    vector factor = -0x1.715476p+0f * weight / floored, pull = vector_of(0.0f);
    for (int m = 0; m < VAEC_MIXTURE; m++) {
      vector f = factor * share[m];
      pull = fused(f, slope[m], pull);
      store(dmean + i + m * stride, -f * slope[m]);
      store(dlog_scale + i + m * stride, f * spread[m]);
      store(dlogit + i + m * stride, f * (mass[m] - p));
    }
    store(dz + i, pull);
  }
}

static void adam(const vaec_adam_step *s) {
  float *restrict weight = s->weight, *restrict first = s->first_moment, *restrict second = s->second_moment;
  const float *restrict gradient = s->gradient;
  float keep1 = s->beta1, take1 = 1.0f - s->beta1, keep2 = s->beta2, take2 = 1.0f - s->beta2;
  float rate = s->rate, correction = s->second_correction, epsilon = s->epsilon;
  for (ptrdiff_t i = 0; i < s->count; i++) {
    float g = gradient[i];
    float m = __builtin_fmaf(keep1, first[i], take1 * g), v = __builtin_fmaf(keep2, second[i], take2 * g * g);
    first[i] = m;
    second[i] = v;
    float w = __builtin_fmaf(-s->decay, weight[i], weight[i]);
    weight[i] = w - rate * m / (__builtin_sqrtf(v * correction) + epsilon);
  }
}

static void average(float *average, const float *weight, float rate, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) average[i] = __builtin_fmaf(rate, weight[i] - average[i], average[i]);
}

enum { SUMS = 16 };

INLINE float add_up(const float *sums) {
  float total = 0.0f;
  for (int i = 0; i < SUMS; i++) total += sums[i];
  return total;
}

static float squared_error(const float *a, const float *b, ptrdiff_t count) {
  float sums[SUMS] = {0};
  ptrdiff_t i = 0;
  for (; i + SUMS <= count; i += SUMS)
    for (int s = 0; s < SUMS; s++) {
      float d = a[i + s] - b[i + s];
      sums[s] = __builtin_fmaf(d, d, sums[s]);
    }
  for (int s = 0; i < count; i++, s++) {
    float d = a[i] - b[i];
    sums[s] = __builtin_fmaf(d, d, sums[s]);
  }
  return add_up(sums);
}

static float sum(const float *x, ptrdiff_t count) {
  float sums[SUMS] = {0};
  ptrdiff_t i = 0;
  for (; i + SUMS <= count; i += SUMS)
    for (int s = 0; s < SUMS; s++) sums[s] += x[i + s];
  for (int s = 0; i < count; i++, s++) sums[s] += x[i];
  return add_up(sums);
}

static void add_scaled_double(double *restrict y, double a, const double *restrict x, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] = __builtin_fma(a, x[i], y[i]);
}

static void rotate_double(double *restrict a, double *restrict b, double c, double s, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    double x = a[i], y = b[i];
    a[i] = c * x - s * y;
    b[i] = s * x + c * y;
  }
}

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

const vaec_kernels JOIN(vaec_kernels_, VARIANT) = {
    NAME, product, transpose, hard_swish, hard_swish_gradient, exponential, multiply, add_scaled,
    scale, negate, clip, output_gradient, add_scaled_magnitude, add_scaled_distance,
    scale_levels, apply_rule, quantize, dequantize, round_to_integer, noise, mixture_gradient, adam, average, squared_error, sum,
    add_scaled_double, rotate_double,
};
