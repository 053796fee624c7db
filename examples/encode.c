/* Fits a model to waves, bounds the error of others, and reads ten of them back.
 *
 *     cc encode.c -lvaec -lm -o encode && ./encode
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <vaec.h>

enum { ROWS = 600, VALUES = 32, FIRST = 100, LAST = 110 };

/* Stops with the library's message. */
static void check(vaec_status status) {
  if (status == VAEC_OK) return;
  fprintf(stderr, "%s\n", vaec_message());
  exit(1);
}

static int32_t progress(void *context, double fraction) {
  if (fraction == fraction) fprintf(stderr, "\r%s %3.0f %%", (const char *)context, 100 * fraction);
  return 0; /* nonzero would stop */
}

int main(void) {
  static float waves[ROWS][VALUES];
  for (int row = 0; row < ROWS; row++)
    for (int i = 0; i < VALUES; i++) waves[row][i] = sinf(0.01f * row * row + 0.3f * i);

  vaec_handle samples, model, bytes, stream, rows;
  const int64_t shape[] = {ROWS, VALUES};
  check(vaec_array(waves, "f4", 2, shape, NULL, &samples));

  const char *fitting[] = {"epochs=20", "seed=1", NULL};
  const vaec_run run = {.progress = progress, .context = "fitting"};
  check(vaec_fit(&samples, 1, fitting, &run, &model));

  const char *bounded[] = {"max_error=0.01", NULL};
  check(vaec_encode(samples, model, bounded, NULL, &bytes));
  const void *data;
  uint64_t size;
  check(vaec_bytes(bytes, &data, &size));
  printf("%zu bytes became %llu\n", sizeof waves, (unsigned long long)size);

  check(vaec_read_stream(data, size, NULL, &stream));
  check(vaec_decode(stream, model, FIRST, LAST, NULL, &rows));
  check(vaec_bytes(rows, &data, &size));
  const float *decoded = data;
  float largest = 0;
  for (int i = 0; i < (LAST - FIRST) * VALUES; i++)
    largest = fmaxf(largest, fabsf(decoded[i] - waves[FIRST + i / VALUES][i % VALUES]));
  printf("rows %d to %d: the largest error is %.4f\n", FIRST, LAST, largest);

  /* A handle that was freed is an error, not a crash. */
  check(vaec_free(model));
  if (vaec_decode(stream, model, 0, -1, NULL, &rows) == VAEC_HANDLE) printf("%s\n", vaec_message());
  const vaec_handle all[] = {samples, bytes, stream, rows};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) check(vaec_free(all[i]));
  return vaec_handles() != 0;
}
