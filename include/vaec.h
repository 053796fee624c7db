/* vaec.h: fit models to arrays and tables, and encode and decode them, from C.
 *
 * Objects (samples, models, streams, bytes) are handles: numbers, never reused. A handle that is 0, was freed, or is of
 * another kind is reported as VAEC_HANDLE; nothing crashes. Every function may be called by any thread at any time.
 *
 * A function that returns vaec_status returns VAEC_OK or the kind of the failure. vaec_message() has the text, in the
 * words of the program vaec. Results are written only on success.
 *
 * Bytes do not depend on the number of threads or on the machine.
 *
 * After fork() in a process that has used the library, the child works on one thread.
 */
#ifndef VAEC_H
#define VAEC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A change of this number breaks programs compiled for another one. */
#define VAEC_ABI 1

/* Samples, a model, a stream, or bytes; 0 is none. Free it with vaec_free. */
typedef uint64_t vaec_handle;

typedef int32_t vaec_status;
enum {
  VAEC_OK = 0,
  VAEC_VALUE = 1,     /* an argument or the data are not what the function takes */
  VAEC_TYPE = 2,      /* a type of values that is not supported */
  VAEC_SYSTEM = 3,    /* the operating system refused: vaec_errno() */
  VAEC_DAMAGED = 4,   /* a stream or a model is damaged, cut off, or something else */
  VAEC_MEMORY = 5,    /* more memory is needed than `memory` in vaec_run allows */
  VAEC_CANCELLED = 6, /* the progress callback returned nonzero */
  VAEC_HANDLE = 7     /* no such handle, or one of another kind */
};

/* How a call runs. NULL, or zeros, for the defaults. */
typedef struct vaec_run {
  /* Threads; 0 for one per processor. */
  int32_t threads;
  /* Zero. */
  int32_t reserved;
  /* Bytes of memory that reading streams, models and files may take; 0 for 1 GiB. */
  uint64_t memory;
  /* Called on the thread that called the function, about ten times a second. `fraction` is the share that is done,
   * 0 ... 1; NaN if unknown. Nonzero stops the work: the function returns VAEC_CANCELLED within moments. */
  int32_t (*progress)(void *context, double fraction);
  void *context;
} vaec_run;

/* The version of the library, such as "0.1.0". */
const char *vaec_version(void);
/* VAEC_ABI of the library. */
int32_t vaec_abi(void);
/* The message of the last failure on this thread, until the next one; "" if there was none. */
const char *vaec_message(void);
/* The errno of the last failure on this thread; 0 if it had none. */
int32_t vaec_errno(void);

/* Frees what a handle stands for. Work that uses it goes on. 0 is ignored. */
vaec_status vaec_free(vaec_handle handle);
/* The number of handles that have not been freed. */
uint64_t vaec_handles(void);

/* Options are strings "name=value" in an array that ends with NULL; NULL for none. Unknown names are VAEC_VALUE. Those
 * of the program apply, with underscores:
 *   reading  columns exact missing header format type shape array (files, content and tables)
 *   fit      latents hidden epochs seconds samples scale holdout seed objective likelihood beta memory layout
 *   encode   quality psnr bits size max_error lossless effort chunk_rows solid with_model
 *   pack     those of fit and encode
 * `layout` is "rows", "auto", "window 256", "window 256:64", "tile 16x16" or "axis 0,1". Sizes are bytes. */

/* --- Samples ------------------------------------------------------------------------------------------------------ */

/* An array. Its first axis counts the samples. The memory must stay as it is until the handle is freed.
 *
 *   type     u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8 b1 c8 c16 M8[unit] m8[unit]; the machine's byte order
 *   axes     1 to 33
 *   strides  in bytes, one per axis, any sign; NULL if values are contiguous in C order */
vaec_status vaec_array(const void *data, const char *type, int32_t axes, const int64_t *shape, const int64_t *strides,
                       vaec_handle *samples);
/* The content of a file of any format that the program reads. The bytes are copied. `name` is used in messages, and its
 * suffix where the content does not tell the format. */
vaec_status vaec_content(const void *bytes, uint64_t size, const char *name, const char *const *options,
                         vaec_handle *samples);
/* A file of samples. It is read by the functions that use the handle. */
vaec_status vaec_file(const char *path, const char *const *options, vaec_handle *samples);

/* The type and shape of decoded or given arrays: `type` holds up to 15 characters and a zero, `shape` 33 numbers.
 * Tables and files have axes -1; vaec_bytes has their content. */
vaec_status vaec_shape(vaec_handle samples, char type[16], int32_t *axes, int64_t *shape);

/* The bytes of a result: the values of an array in C order, the content of a table (CSV) or of other records (npy, npz),
 * the file of a model, the stream that was encoded, or text. They live until the handle is freed. */
vaec_status vaec_bytes(vaec_handle handle, const void **bytes, uint64_t *size);

/* What a handle stands for, as a JSON object; vaec_bytes has its text. */
vaec_status vaec_describe(vaec_handle handle, const vaec_run *run, vaec_handle *text);

/* --- Tables by the Arrow C data interface ------------------------------------------------------------------------- */

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};
#endif

/* A table. The stream is read to its end and released, also on failure.
 *
 * Numbers are samples' values; bool, text, dates, times, decimals and dictionaries of text are exact. Nested types and
 * binary are VAEC_TYPE. The table becomes text (CSV), whose first line records the schema, so that the program decodes
 * its streams too. */
vaec_status vaec_table(struct ArrowArrayStream *stream, const char *const *options, vaec_handle *samples);
/* A decoded table as a stream of one batch; the caller releases it. Its schema is that of the table that was encoded, but
 * that views of text become large text. A table that was a text file is VAEC_VALUE: vaec_bytes has it. */
vaec_status vaec_export(vaec_handle samples, struct ArrowArrayStream *stream);

/* --- Models ------------------------------------------------------------------------------------------------------- */

/* Fits a model to samples, all of one shape, whatever they come from. */
vaec_status vaec_fit(const vaec_handle *samples, int32_t count, const char *const *options, const vaec_run *run,
                     vaec_handle *model);
/* The model in a file, or in its bytes, which are copied. */
vaec_status vaec_open_model(const char *path, const vaec_run *run, vaec_handle *model);
vaec_status vaec_read_model(const void *bytes, uint64_t size, const vaec_run *run, vaec_handle *model);

/* --- Streams ------------------------------------------------------------------------------------------------------ */

/* Encodes samples. Without a model (0), values are predicted from those before them: it takes lossless or max_error. */
vaec_status vaec_encode(vaec_handle samples, vaec_handle model, const char *const *options, const vaec_run *run,
                        vaec_handle *bytes);
/* Encodes samples into a stream that decodes alone, with a model of its own where that pays; lossless by default. */
vaec_status vaec_pack(vaec_handle samples, const char *const *options, const vaec_run *run, vaec_handle *bytes);

/* The stream in a file, which stays open, or in bytes, which are copied. */
vaec_status vaec_open_stream(const char *path, const vaec_run *run, vaec_handle *stream);
vaec_status vaec_read_stream(const void *bytes, uint64_t size, const vaec_run *run, vaec_handle *stream);
/* The number of samples of a stream: the length of the first axis. */
vaec_status vaec_rows(vaec_handle stream, const vaec_run *run, int64_t *rows);
/* Decodes rows first ..< last; all with 0 and -1. Only the chunks with these rows are read, and the last ones stay
 * decoded. `model` is 0 if the stream needs or carries none. */
vaec_status vaec_decode(vaec_handle stream, vaec_handle model, int64_t first, int64_t last, const vaec_run *run,
                        vaec_handle *samples);

/* --- Latents ------------------------------------------------------------------------------------------------------ */

/* Latents of samples, strongest first: f4, samples x latents. `latents` limits their number; 0 for all. */
vaec_status vaec_embed(vaec_handle samples, vaec_handle model, int32_t latents, const vaec_run *run,
                       vaec_handle *array);
/* Samples of latents. */
vaec_status vaec_invert(vaec_handle latents, vaec_handle model, const vaec_run *run, vaec_handle *samples);
/* New samples. Options: seed, quality, sampler ("prior" or "mixture"). */
vaec_status vaec_sample(vaec_handle model, int64_t count, const char *const *options, const vaec_run *run,
                        vaec_handle *samples);
/* The bits of each sample's code at a quality, 0 ... 100: f8. Strange samples take more. */
vaec_status vaec_score_rows(vaec_handle samples, vaec_handle model, double quality, const vaec_run *run,
                            vaec_handle *array);

#ifdef __cplusplus
}
#endif

#endif
