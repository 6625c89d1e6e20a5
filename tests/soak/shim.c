/* Loaded before libc: writes that stop half-way, are short, or are interrupted, and threads that
 * don't start.
 *
 *   SOAK_HALF=n      half of the n-th write into a regular file is done, then the process is killed
 *   SOAK_SHORT=1     every read and write takes a part, and every third one is interrupted
 *   SOAK_NO_THREADS  no thread can be started
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_file(int fd) {
    struct stat found;
    return fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}

static int number(const char *name) {
    const char *text = getenv(name);
    return text ? atoi(text) : 0;
}

/* How much of a call's `len` bytes to do; -1 to be interrupted. Sets *dies if it is the last. */
static ssize_t part(int fd, size_t len, int writes, int *dies) {
    static int calls, halves;
    *dies = 0;
    if (!is_file(fd) || len == 0) return (ssize_t)len;
    if (writes && number("SOAK_HALF")) {
        if (__sync_add_and_fetch(&halves, 1) != number("SOAK_HALF")) return (ssize_t)len;
        *dies = 1;
        return (ssize_t)(len / 2);
    }
    if (!number("SOAK_SHORT")) return (ssize_t)len;
    int call = __sync_add_and_fetch(&calls, 1);
    if (call % 3 == 0) return -1;
    size_t most = 1 + (size_t)call * 7919 % 50000;
    return (ssize_t)(len < most ? len : most);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define INTERCEPT(name, writes, buffer, ...)                                                        \
    REAL(name);                                                                                     \
    int dies;                                                                                       \
    ssize_t some = part(fd, len, writes, &dies);                                                    \
    if (some < 0) {                                                                                 \
        errno = EINTR;                                                                              \
        return -1;                                                                                  \
    }                                                                                               \
    ssize_t done = real(fd, buffer, (size_t)some __VA_ARGS__);                                      \
    if (dies) kill(getpid(), SIGKILL);                                                              \
    return done

#define COMMA ,

ssize_t write(int fd, const void *buffer, size_t len) { INTERCEPT(write, 1, buffer, ); }
ssize_t read(int fd, void *buffer, size_t len) { INTERCEPT(read, 0, buffer, ); }
ssize_t pwrite(int fd, const void *buffer, size_t len, off_t at) { INTERCEPT(pwrite, 1, buffer, COMMA at); }
ssize_t pread(int fd, void *buffer, size_t len, off_t at) { INTERCEPT(pread, 0, buffer, COMMA at); }
ssize_t pwrite64(int fd, const void *buffer, size_t len, off64_t at) { INTERCEPT(pwrite64, 1, buffer, COMMA at); }
ssize_t pread64(int fd, void *buffer, size_t len, off64_t at) { INTERCEPT(pread64, 0, buffer, COMMA at); }

/* As one write of the first piece, which is a short one. */
ssize_t writev(int fd, const struct iovec *pieces, int count) {
    for (int i = 0; i < count; i++)
        if (pieces[i].iov_len) return write(fd, pieces[i].iov_base, pieces[i].iov_len);
    return 0;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*start)(void *), void *with) {
    if (number("SOAK_NO_THREADS")) return EAGAIN;
    REAL(pthread_create);
    return real(thread, how, start, with);
}
