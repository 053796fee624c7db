// Goes before libc by LD_PRELOAD, and makes its calls fail as disks, file systems and signals do.
//
// FAULT_CALL=read|write  which calls count; pread and pwrite are of them. Standard error is left alone.
// FAULT_AT=n             the n-th call is the fault: it fails with FAULT_ERRNO, or FAULT_RUN is run before it.
// FAULT_EVERY=1          each call after that fails, too.
// FAULT_ERRNO=number     what it fails with.
// FAULT_RUN=command      what a shell runs before it.
// FAULT_FLIP=1           the fault is that a bit of what is written changes.
// FAULT_MARK=path        a file that is made when the fault happens.
// FAULT_SHORT=bytes      no call moves more than so many bytes, and every third is interrupted.
// FAULT_NAMED=1          there are no files without a name.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static atomic_long calls;
static atomic_long turns;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? strtol(text, NULL, 10) : otherwise;
}

enum { FAILS = 1, FLIPS = 2 };

// Whether a call of this kind is to fail, with errno set; or, where it writes, to change a bit. Cuts *count to what may be moved.
static int fails(const char *kind, int descriptor, size_t *count) {
  if (descriptor == 2) return 0;
  const char *chosen = getenv("FAULT_CALL");
  long at = number("FAULT_AT", 0);
  if (chosen && at > 0 && strcmp(chosen, kind) == 0) {
    long call = atomic_fetch_add(&calls, 1) + 1;
    if (call == at || (call > at && number("FAULT_EVERY", 0))) {
      const char *mark = getenv("FAULT_MARK");
      if (mark) close(REAL(open)(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      const char *command = getenv("FAULT_RUN");
      if (command) {
        unsetenv("LD_PRELOAD");
        if (system(command) != 0) abort();
      } else if (number("FAULT_FLIP", 0)) {
        return FLIPS;
      } else {
        errno = (int)number("FAULT_ERRNO", EIO);
        return FAILS;
      }
    }
  }
  long most = number("FAULT_SHORT", 0);
  if (most > 0) {
    if (atomic_fetch_add(&turns, 1) % 3 == 2) {
      errno = EINTR;
      return FAILS;
    }
    if (*count > (size_t)most) *count = (size_t)most;
  }
  return 0;
}

ssize_t read(int descriptor, void *bytes, size_t count) {
  return fails("read", descriptor, &count) ? -1 : REAL(read)(descriptor, bytes, count);
}
ssize_t write(int descriptor, const void *bytes, size_t count) {
  int fault = fails("write", descriptor, &count);
  if (fault != FLIPS || count == 0) return fault ? -1 : REAL(write)(descriptor, bytes, count);
  char *changed = malloc(count);
  if (!changed) abort();
  memcpy(changed, bytes, count);
  changed[count / 2] ^= 0x10;
  ssize_t written = REAL(write)(descriptor, changed, count);
  free(changed);
  return written;
}
ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  return fails("read", descriptor, &count) ? -1 : REAL(pread)(descriptor, bytes, count, offset);
}
ssize_t pread64(int descriptor, void *bytes, size_t count, off64_t offset) {
  return fails("read", descriptor, &count) ? -1 : REAL(pread64)(descriptor, bytes, count, offset);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return fails("write", descriptor, &count) ? -1 : REAL(pwrite)(descriptor, bytes, count, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  return fails("write", descriptor, &count) ? -1 : REAL(pwrite64)(descriptor, bytes, count, offset);
}

static int isNameless(int flags) {
  return (flags & O_TMPFILE) == O_TMPFILE && number("FAULT_NAMED", 0);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!isNameless(flags)) return REAL(open)(path, flags, mode);
  errno = EOPNOTSUPP;
  return -1;
}
int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!isNameless(flags)) return REAL(open64)(path, flags, mode);
  errno = EOPNOTSUPP;
  return -1;
}
