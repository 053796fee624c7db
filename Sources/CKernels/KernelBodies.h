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

enum { PANEL = VAEC_PANEL, TILE_COLUMNS = LANES * VECTORS };
/// Numbers in a line of the cache.
enum { LINE = 16, PACKED_ROWS = 256 };
/// Products that are summed before the sums go to memory (a stretch of B is then 64 KB); numbers of A that are worked on
/// before the next; rows below which that is not worth reading B again.
enum { INNER_BLOCK = 512, ROWS_BLOCK = 1 << 17, LEAST_ROWS = 8 * TILE_ROWS };

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *p) { return *(const unaligned_vector *)p; }
INLINE void store(float *p, vector v) { *(unaligned_vector *)p = v; }
INLINE vector vector_of(float x) { return (vector)x; }
INLINE vector fused(vector a, vector b, vector c) { return __builtin_elementwise_fma(a, b, c); }

/// x * min(max(x + 3, 0), 6) * (1/6), in this order.
INLINE vector hard_swish_of_vector(vector x) {
  vector gate = x + 3.0f;
  gate = gate > 0.0f ? gate : vector_of(0.0f);
  gate = gate < 6.0f ? gate : vector_of(6.0f);
  return x * gate * (1.0f / 6.0f);
}

/// The derivative of hard_swish: x / 3 + 1/2 between -3 and 3.
INLINE vector hard_swish_slope_of_vector(vector x) {
  vector slope = fused(x, vector_of(1.0f / 3.0f), vector_of(0.5f));
  slope = x < 3.0f ? slope : vector_of(1.0f);
  return x > -3.0f ? slope : vector_of(0.0f);
}

INLINE vector relu_of_vector(vector x) { return x > 0.0f ? x : vector_of(0.0f); }

/// The derivative of max(x, 0): 0 at 0.
INLINE vector relu_slope_of_vector(vector x) { return x > 0.0f ? vector_of(1.0f) : vector_of(0.0f); }

INLINE vector activation_of_vector(int activation, vector x) {
  return activation == VAEC_RELU ? relu_of_vector(x) : hard_swish_of_vector(x);
}

INLINE vector slope_of_vector(int activation, vector x) {
  return activation == VAEC_RELU ? relu_slope_of_vector(x) : hard_swish_slope_of_vector(x);
}

/// The sums of a tile, which stay in registers: `rows` is a constant where the functions below are inlined.
typedef vector tile_sums[TILE_ROWS][VECTORS];

/// Adds `inner` products to each sum of a tile. `b` is at the tile's first column.
INLINE void accumulate(int rows, tile_sums sum, ptrdiff_t inner, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                       const float *b, ptrdiff_t b_row) {
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
}

/// Stretches of a product's terms that are summed before the sums go to memory.
typedef struct {
  vaec_term pieces[VAEC_TERMS];
  int count, start;
  /// Nothing follows: the sums are the product's.
  bool is_last;
} stretch;

/// A tile of a product: rows first ..< first + rows, columns from `half` on in its panel.
INLINE void tile(int rows, const vaec_product *p, const stretch *s, ptrdiff_t first, ptrdiff_t panel, int half) {
  tile_sums sum;
  ptrdiff_t place = panel * p->c_panel + first * p->c_row + half, row = p->c_row;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) {
      if (s->start == VAEC_FROM_ZERO) sum[i][v] = vector_of(0.0f);
      else if (s->start == VAEC_FROM_OUTPUT) sum[i][v] = load(p->c + place + i * row + v * LANES);
      else sum[i][v] = load(p->bias + panel * PANEL + half + v * LANES);
    }
  for (int piece = 0; piece < s->count; piece++) {
    const vaec_term *t = &s->pieces[piece];
    accumulate(rows, sum, t->inner, t->a + first * t->a_row, t->a_row, t->a_column, t->b + half, t->b_row);
  }
  if (s->is_last && p->before) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int v = 0; v < VECTORS; v++)
        sum[i][v] *= slope_of_vector(p->activation, load(p->before + place + i * row + v * LANES));
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) store(p->c + place + i * row + v * LANES, sum[i][v]);
  if (s->is_last && p->activated) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int v = 0; v < VECTORS; v++)
        store(p->activated + place + i * row + v * LANES, activation_of_vector(p->activation, sum[i][v]));
  }
}

// Calls CASE(rows) with the constant that equals `count`, 1 ... TILE_ROWS; other constants are not compiled.
#define FOR_TILE_ROWS(count)                                                                             \
  switch (count) {                                                                                       \
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)   \
  }

/// Rows first ..< last of one panel, for some stretch of the terms.
static void product_stretch(const vaec_product *p, const stretch *s, ptrdiff_t first, ptrdiff_t last, ptrdiff_t panel) {
  for (int half = 0; half < PANEL; half += TILE_COLUMNS)
    for (ptrdiff_t i = first; i < last; i += TILE_ROWS) {
#define CASE(ROWS)                                                                                       \
  case ROWS:                                                                                             \
    if (ROWS <= TILE_ROWS) tile(ROWS <= TILE_ROWS ? ROWS : 1, p, s, i, panel, half);                     \
    break;
      FOR_TILE_ROWS(last - i < TILE_ROWS ? last - i : TILE_ROWS)
#undef CASE
    }
}

static void product(const vaec_product *p) {
  ptrdiff_t inner = 0;
  for (int t = 0; t < p->term_count; t++) inner += p->terms[t].inner;
  // So many rows that A stays in the second cache while all panels pass.
  ptrdiff_t rows = ROWS_BLOCK / (inner + 1) / TILE_ROWS * TILE_ROWS;
  if (rows < LEAST_ROWS) rows = LEAST_ROWS;
  for (ptrdiff_t first = 0; first < p->rows; first += rows) {
    ptrdiff_t last = p->rows - first < rows ? p->rows : first + rows;
    for (ptrdiff_t panel = 0; panel < p->panels; panel++) {
      stretch s = {.start = p->start};
      ptrdiff_t room = INNER_BLOCK;
      for (int t = 0; t < p->term_count; t++) {
        const vaec_term *term = &p->terms[t];
        for (ptrdiff_t k = 0; k < term->inner;) {
          if (room == 0) {
            product_stretch(p, &s, first, last, panel);
            s = (stretch){.start = VAEC_FROM_OUTPUT};
            room = INNER_BLOCK;
          }
          vaec_term *piece = &s.pieces[s.count++];
          *piece = *term;
          piece->inner = term->inner - k < room ? term->inner - k : room;
          piece->a += k * term->a_column;
          piece->b += panel * term->b_panel + k * term->b_row;
          k += piece->inner;
          room -= piece->inner;
        }
      }
      s.is_last = true;
      product_stretch(p, &s, first, last, panel);
    }
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
    // Not the library's root: that one sets errno, for which loops stay scalar.
    weight[i] = w - rate * m / (__builtin_elementwise_sqrt(v * correction) + epsilon);
  }
}

/// Sums a tile of a gradient from zero, and has the step's numbers brought into the cache meanwhile: `count` lines, from
/// `place` on in each array.
INLINE void gradient_tile(int rows, const vaec_product *p, ptrdiff_t first, int half, const vaec_adam_step *step,
                          float *gradient) {
  enum { TERMS_AT_ONCE = 8 };
  tile_sums sum;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) sum[i][v] = vector_of(0.0f);
  ptrdiff_t next = first * PANEL, end = next + (half == 0 ? rows * PANEL : 0);
  for (int piece = 0; piece < p->term_count; piece++) {
    const vaec_term *t = &p->terms[piece];
    const float *a = t->a + first * t->a_row, *b = t->b + half;
    // Evenly over the sum, that no burst of them stands in the way of its own loads.
    ptrdiff_t numbers = (rows * PANEL / LINE * TERMS_AT_ONCE + t->inner - 1) / (t->inner + (t->inner == 0)) * LINE;
    for (ptrdiff_t k = 0; k < t->inner; k += TERMS_AT_ONCE) {
      accumulate(rows, sum, t->inner - k < TERMS_AT_ONCE ? t->inner - k : TERMS_AT_ONCE, a + k * t->a_column, t->a_row,
                 t->a_column, b + k * t->b_row, t->b_row);
      ptrdiff_t until = end - next < numbers ? end : next + numbers;
      for (; next < until; next += LINE) {
        __builtin_prefetch(step->weight + next, 1);
        __builtin_prefetch(step->first_moment + next, 1);
        __builtin_prefetch(step->second_moment + next, 1);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) store(gradient + i * PANEL + half + v * LANES, sum[i][v]);
}

static void descend(const vaec_product *along, const vaec_adam_step *step) {
  float gradient[TILE_ROWS * PANEL] __attribute__((aligned(64)));
  float packed[PACKED_ROWS * PANEL] __attribute__((aligned(64)));
  vaec_product copy = *along;
  const vaec_product *p = &copy;
  // Rows of B that are far apart share few sets of the cache: one after another they stay in it for all tiles, which pays
  // where narrow tiles go over them more often.
  if (TILE_COLUMNS < PANEL && p->rows >= 64 && p->term_count == 1 && p->terms[0].inner <= PACKED_ROWS) {
    vaec_term *t = &copy.terms[0];
    for (ptrdiff_t k = 0; k < t->inner; k++) memcpy(packed + k * PANEL, t->b + k * t->b_row, PANEL * sizeof(float));
    t->b = packed;
    t->b_row = PANEL;
  }
  for (ptrdiff_t first = 0; first < p->rows; first += TILE_ROWS) {
    ptrdiff_t rows = p->rows - first < TILE_ROWS ? p->rows - first : TILE_ROWS;
    for (int half = 0; half < PANEL; half += TILE_COLUMNS) {
#define CASE(ROWS)                                                                                       \
  case ROWS:                                                                                             \
    if (ROWS <= TILE_ROWS) gradient_tile(ROWS <= TILE_ROWS ? ROWS : 1, p, first, half, step, gradient);  \
    break;
      FOR_TILE_ROWS(rows)
#undef CASE
    }
    vaec_adam_step part = *step;
    part.weight += first * PANEL;
    part.first_moment += first * PANEL;
    part.second_moment += first * PANEL;
    part.gradient = gradient;
    part.count = rows * PANEL;
    adam(&part);
  }
}

enum { BLOCK = 4 };
typedef float four __attribute__((ext_vector_type(BLOCK)));
typedef float unaligned_four __attribute__((ext_vector_type(BLOCK), aligned(4)));

/// Writes the transpose of 4 x 4 numbers; rows are PANEL apart in both.
INLINE void transpose_block(const float *from, float *to) {
#define ROW(i) (*(const unaligned_four *)(from + (i) * PANEL))
  four a = ROW(0), b = ROW(1), c = ROW(2), d = ROW(3);
#undef ROW
  four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  four ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(unaligned_four *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(unaligned_four *)(to + PANEL) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(unaligned_four *)(to + 2 * PANEL) = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
  *(unaligned_four *)(to + 3 * PANEL) = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
}

static void transpose(const float *from, ptrdiff_t inputs, ptrdiff_t outputs, ptrdiff_t first, ptrdiff_t last,
                      float *to) {
  for (ptrdiff_t panel = first; panel < last; panel++) {
    ptrdiff_t columns = outputs - panel * PANEL < PANEL ? outputs - panel * PANEL : PANEL;
    for (ptrdiff_t block = 0; block < inputs; block += PANEL) {
      ptrdiff_t rows = inputs - block < PANEL ? inputs - block : PANEL;
      const float *source = from + (panel * inputs + block) * PANEL;
      float *target = to + (block / PANEL * outputs + panel * PANEL) * PANEL;
      ptrdiff_t whole_rows = rows / BLOCK * BLOCK, whole_columns = columns / BLOCK * BLOCK;
      bool is_last = block + PANEL >= inputs;
      for (ptrdiff_t j = 0; j < whole_columns; j += BLOCK) {
        // The next block's place is far away: fetched while this one is written.
        for (ptrdiff_t line = 0; line < BLOCK * PANEL && !is_last; line += LINE)
          __builtin_prefetch(target + (outputs + j) * PANEL + line, 1);
        for (ptrdiff_t i = 0; i < whole_rows; i += BLOCK)
          transpose_block(source + i * PANEL + j, target + j * PANEL + i);
      }
      for (ptrdiff_t j = 0; j < columns; j++)
        for (ptrdiff_t i = j < whole_columns ? whole_rows : 0; i < rows; i++)
          target[j * PANEL + i] = source[i * PANEL + j];
    }
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

static void logistic(const float *x, float *y, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    store(y + i, 1.0f / (1.0f + exponential_of_vector(0.0f - load(x + i))));
  if (i == count) return;
  float rest[LANES] = {0};
  memcpy(rest, x + i, (size_t)(count - i) * sizeof(float));
  store(rest, 1.0f / (1.0f + exponential_of_vector(0.0f - load(rest))));
  memcpy(y + i, rest, (size_t)(count - i) * sizeof(float));
}

static void hard_swish(const float *x, float *y, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) store(y + i, hard_swish_of_vector(load(x + i)));
  if (i == count) return;
  float rest[LANES] = {0};
  memcpy(rest, x + i, (size_t)(count - i) * sizeof(float));
  store(rest, hard_swish_of_vector(load(rest)));
  memcpy(y + i, rest, (size_t)(count - i) * sizeof(float));
}

static void hard_swish_gradient(const float *x, const float *dy, float *dx, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) store(dx + i, load(dy + i) * hard_swish_slope_of_vector(load(x + i)));
  if (i == count) return;
  float rest[LANES] = {0}, above[LANES] = {0};
  memcpy(rest, x + i, (size_t)(count - i) * sizeof(float));
  memcpy(above, dy + i, (size_t)(count - i) * sizeof(float));
  store(rest, load(above) * hard_swish_slope_of_vector(load(rest)));
  memcpy(dx + i, rest, (size_t)(count - i) * sizeof(float));
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

#include "MixingBodies.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

const vaec_kernels JOIN(vaec_kernels_, VARIANT) = {
    NAME, product, descend, transpose, hard_swish, hard_swish_gradient, exponential, logistic, multiply, add_scaled,
    scale, negate, clip, output_gradient, add_scaled_magnitude, add_scaled_distance,
    scale_levels, apply_rule, quantize, dequantize, round_to_integer, noise, mixture_gradient, adam, average, squared_error, sum,
    add_scaled_double, rotate_double,
    tails, mix_answers, mix, mix_learn, least_squares_predict, least_squares_learn,
};
