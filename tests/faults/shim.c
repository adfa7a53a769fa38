/* Stands between a process and its disk (LD_PRELOAD): writes down what is done to files of a folder, or makes it fail;
   and between it and the wall's clock.

   FAULTS_FOLDER   the folder (an absolute path) whose files are meant; others are left alone
   FAULTS_LOG      a file that each change is appended to, as shim.py reads it
   FAULTS_CLOCK    a file of eight bytes: by how many seconds the wall's clock is ahead (little-endian, signed)

   faults_arm(n, kinds, error, for_good) makes the n-th call of these kinds from now on fail, or all from the n-th on (an
   error below zero: kills the process before it);
   faults_count() says how many such calls there were since; faults_arm(0, ...) only counts. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPEN = 1, READ = 2, WRITE = 4, SYNC = 8, TRUNCATE = 16, NAME = 32 };

static const char *folder;
static size_t folder_length;
static int log_fd = -1;
static long armed, count;
static int armed_kinds, armed_error, armed_for_good;
static const volatile int64_t *ahead;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    folder = getenv("FAULTS_FOLDER");
    folder_length = folder ? strlen(folder) : 0;
    const char *log = getenv("FAULTS_LOG");
    if (log && folder) log_fd = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char *clock = getenv("FAULTS_CLOCK");
    int fd = clock ? REAL(open)(clock, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *shared = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0);
        ahead = shared == MAP_FAILED ? NULL : shared;
        close(fd);
    }
}

int clock_gettime(clockid_t which, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = REAL(clock_gettime);
    int done = real(which, now);
    if (done == 0 && ahead && which == CLOCK_REALTIME) now->tv_sec += *ahead;
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    static int (*real)(struct timeval *restrict, void *restrict);
    if (!real) real = REAL(gettimeofday);
    int done = real(now, zone);
    if (done == 0 && ahead) now->tv_sec += *ahead;
    return done;
}

time_t time(time_t *told) {
    static time_t (*real)(time_t *);
    if (!real) real = REAL(time);
    time_t now = real(NULL) + (ahead ? *ahead : 0);
    if (told) *told = now;
    return now;
}

void faults_arm(long n, int kinds, int error, int for_good) {
    armed = n, armed_kinds = kinds, armed_error = error, armed_for_good = for_good, count = 0;
}

long faults_count(void) { return count; }

static int ours(const char *path) {
    return folder && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || !path[folder_length]);
}

static int path_of(int fd, char *path) {
    char link[64];
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return ours(path);
}

static int absolute(int at, const char *path, char *whole) {
    if (!folder) return 0;
    if (path[0] == '/') return snprintf(whole, PATH_MAX, "%s", path), ours(whole);
    char base[PATH_MAX];
    if (at == AT_FDCWD ? !getcwd(base, sizeof base) : (path_of(at, base), base[0] == 0)) return 0;
    return snprintf(whole, PATH_MAX, "%.2000s/%.2000s", base, path), ours(whole);
}

static int fails(int kind) {
    if (!(armed_kinds & kind)) return 0;
    long now = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
    if (armed <= 0 || (armed_for_good ? now < armed : now != armed)) return 0;
    if (armed_error < 0) kill(getpid(), SIGKILL);
    errno = armed_error;
    return 1;
}

struct __attribute__((packed)) head { char what; uint16_t path, other; int64_t offset; uint64_t length; };

static void note(char what, const char *path, const char *other, int64_t offset, const void *data, uint64_t length) {
    if (log_fd < 0) return;
    int before = errno;
    struct head head = {what, (uint16_t)strlen(path), (uint16_t)strlen(other), offset, length};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)other, head.other},
                            {(void *)data, data ? length : 0}};
    pthread_mutex_lock(&lock);
    if (writev(log_fd, parts, 4) < 0) abort();
    pthread_mutex_unlock(&lock);
    errno = before;
}

#define WRITES(name, type)                                                                                      \
    ssize_t name(int fd, const void *data, size_t length, type offset) {                                        \
        char path[PATH_MAX];                                                                                    \
        if (!path_of(fd, path)) return REAL(name)(fd, data, length, offset);                                    \
        if (fails(WRITE)) return -1;                                                                            \
        ssize_t done = REAL(name)(fd, data, length, offset);                                                    \
        if (done > 0) note('w', path, "", offset, data, (uint64_t)done);                                        \
        return done;                                                                                            \
    }
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t length) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return REAL(write)(fd, data, length);
    if (fails(WRITE)) return -1;
    off_t offset = fcntl(fd, F_GETFL) & O_APPEND ? -1 : lseek(fd, 0, SEEK_CUR);
    ssize_t done = REAL(write)(fd, data, length);
    if (done > 0) note('w', path, "", offset, data, (uint64_t)done);
    return done;
}

#define READS(name, type)                                                                                       \
    ssize_t name(int fd, void *data, size_t length, type offset) {                                              \
        char path[PATH_MAX];                                                                                    \
        if ((armed_kinds & READ) && path_of(fd, path) && fails(READ)) return -1;                                \
        return REAL(name)(fd, data, length, offset);                                                            \
    }
READS(pread, off_t)
READS(pread64, off64_t)

#define TRUNCATES(name, type)                                                                                   \
    int name(int fd, type size) {                                                                               \
        char path[PATH_MAX];                                                                                    \
        if (!path_of(fd, path)) return REAL(name)(fd, size);                                                    \
        if (fails(TRUNCATE)) return -1;                                                                         \
        int done = REAL(name)(fd, size);                                                                        \
        if (done == 0) note('t', path, "", size, NULL, 0);                                                      \
        return done;                                                                                            \
    }
TRUNCATES(ftruncate, off_t)
TRUNCATES(ftruncate64, off64_t)

#define SYNCS(name)                                                                                             \
    int name(int fd) {                                                                                          \
        char path[PATH_MAX];                                                                                    \
        if (!path_of(fd, path)) return REAL(name)(fd);                                                          \
        if (fails(SYNC)) return -1;                                                                             \
        int done = REAL(name)(fd);                                                                              \
        if (done == 0) note('s', path, "", 0, NULL, 0);                                                         \
        return done;                                                                                            \
    }
SYNCS(fsync)
SYNCS(fdatasync)

static int opened(int at, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    int (*real)(int, const char *, int, ...) = REAL(openat);
    if (!absolute(at, name, path)) return real(at, name, flags, mode);
    if (fails(OPEN)) return -1;
    int before = errno, is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
    errno = before;
    int fd = real(at, name, flags, mode);
    if (fd >= 0 && is_new) note('c', path, "", 0, NULL, 0);
    if (fd >= 0 && (flags & O_TRUNC)) note('t', path, "", 0, NULL, 0);
    return fd;
}

#define MODE(flags, mode)                                                                                       \
    mode_t mode = 0;                                                                                            \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                                    \
        va_list rest;                                                                                           \
        va_start(rest, flags);                                                                                  \
        mode = va_arg(rest, mode_t);                                                                            \
        va_end(rest);                                                                                           \
    }

int open(const char *name, int flags, ...) { MODE(flags, mode) return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags, mode) return opened(AT_FDCWD, name, flags, mode); }
int openat(int at, const char *name, int flags, ...) { MODE(flags, mode) return opened(at, name, flags, mode); }
int openat64(int at, const char *name, int flags, ...) { MODE(flags, mode) return opened(at, name, flags, mode); }

int unlink(const char *name) {
    char path[PATH_MAX];
    if (!absolute(AT_FDCWD, name, path)) return REAL(unlink)(name);
    if (fails(NAME)) return -1;
    int done = REAL(unlink)(name);
    if (done == 0) note('u', path, "", 0, NULL, 0);
    return done;
}

int rename(const char *from, const char *to) {
    char path[PATH_MAX], other[PATH_MAX];
    if (!absolute(AT_FDCWD, from, path) || !absolute(AT_FDCWD, to, other)) return REAL(rename)(from, to);
    if (fails(NAME)) return -1;
    int done = REAL(rename)(from, to);
    if (done == 0) note('r', path, other, 0, NULL, 0);
    return done;
}

int mkdir(const char *name, mode_t mode) {
    char path[PATH_MAX];
    if (!absolute(AT_FDCWD, name, path)) return REAL(mkdir)(name, mode);
    if (fails(NAME)) return -1;
    int done = REAL(mkdir)(name, mode);
    if (done == 0) note('d', path, "", 0, NULL, 0);
    return done;
}
