// A disk that can be looked at and can fail: preloaded into a program under test, for one folder.
//
//   LD_PRELOAD=disk.so CROWSNEST_DISK=FOLDER/ CROWSNEST_DISK_JOURNAL=FILE CROWSNEST_DISK_FAULT=FILE program
//
// JOURNAL: all that the program does to the files of the folder is written down in order, so that a test can make the folder as a power cut would have left it.
// A record: operation (1 byte), length of the name (1), name, offset (8), length (8), bytes. Operations: w write, t truncate to the offset, s sync, d delete,
// r rename (the bytes are the new name). The folder itself has the empty name. Each record is one append, so records of several threads do not mix.
// What is written through a mapping is not seen; SQLite maps only its -shm file, which is made anew after a crash.
//
// FAULT: while this file is there, the folder's disk is as its text says: "full" (nothing grows), "read-only", or "broken" (reads and writes fail).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 65536
static char *names[FDS];
static int journal = -1;
static const char *folder, *fault;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define REAL(type, name, ...) static type (*real_##name)(__VA_ARGS__); if (!real_##name) real_##name = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static void start(void)
{
    const char *path = getenv("CROWSNEST_DISK_JOURNAL");
    folder = getenv("CROWSNEST_DISK");
    fault = getenv("CROWSNEST_DISK_FAULT");
    REAL(int, open, const char *, int, ...);
    if (path) journal = real_open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static void record(char op, const char *name, int64_t offset, const void *bytes, int64_t length)
{
    if (journal < 0) return;
    REAL(ssize_t, writev, int, const struct iovec *, int);
    uint8_t head[2 + 255 + 16];
    size_t size = strlen(name);
    head[0] = (uint8_t)op;
    head[1] = (uint8_t)size;
    memcpy(head + 2, name, size);
    memcpy(head + 2 + size, &offset, 8);
    memcpy(head + 10 + size, &length, 8);
    struct iovec parts[2] = {{head, 18 + size}, {(void *)bytes, bytes ? (size_t)length : 0}};
    ssize_t whole = (ssize_t)(18 + size + parts[1].iov_len);
    if (real_writev(journal, parts, 2) != whole) abort();
}

// The name of a path within the folder, empty for the folder itself, NULL for what is elsewhere.
static const char *inside(const char *path)
{
    pthread_once(&once, start);
    if (!folder) return NULL;
    size_t size = strlen(folder);
    if (strncmp(path, folder, size - 1) != 0) return NULL;
    if (path[size - 1] == 0) return "";
    const char *name = path + size;
    return path[size - 1] == '/' && strlen(name) < 255 ? name : NULL;
}

// What the disk suffers from now: f full, r read-only, b broken; 0 nothing.
static char suffers(void)
{
    if (!fault) return 0;
    REAL(int, open, const char *, int, ...);
    REAL(int, close, int);
    int fd = real_open(fault, O_RDONLY);
    if (fd < 0) return 0;
    char first = 0;
    if (read(fd, &first, 1) != 1) first = 0;
    real_close(fd);
    return first;
}

static int fails(int code) { errno = code; return -1; }

// The error of an open that may write; 0 when it may go on.
static int refused(const char *path, int flags)
{
    if (!inside(path) || suffers() != 'r') return 0;
    return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) ? EROFS : 0;
}

// The error of changing a file so that it ends at this place; 0 when it may go on.
static int no_room(int fd, int64_t end)
{
    char state = suffers();
    struct stat now;
    if (state == 'b') return EIO;
    if (state == 'r') return EROFS;
    return state == 'f' && fstat(fd, &now) == 0 && end > now.st_size ? ENOSPC : 0;
}

static int opened(int fd, const char *path, int flags)
{
    if (fd < 0 || fd >= FDS) return fd;
    const char *name = inside(path);
    free(names[fd]);
    names[fd] = name ? strdup(name) : NULL;
    if (name && (flags & O_TRUNC)) record('t', name, 0, NULL, 0);
    return fd;
}

static const char *of(int fd) { return fd >= 0 && fd < FDS ? names[fd] : NULL; }

// The mode is there only when a file may be made.
#define OPEN(name) int name(const char *path, int flags, ...) \
{ \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    int error = refused(path, flags); \
    if (error) return fails(error); \
    REAL(int, name, const char *, int, ...); \
    return opened(real_##name(path, flags, mode), path, flags); \
}
OPEN(open)
OPEN(open64)

#define OPENAT(name) int name(int at, const char *path, int flags, ...) \
{ \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    int error = refused(path, flags); \
    if (error) return fails(error); \
    REAL(int, name, int, const char *, int, ...); \
    return opened(real_##name(at, path, flags, mode), path, flags); \
}
OPENAT(openat)
OPENAT(openat64)

int close(int fd)
{
    REAL(int, close, int);
    if (fd >= 0 && fd < FDS && names[fd]) { free(names[fd]); names[fd] = NULL; }
    return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    REAL(ssize_t, write, int, const void *, size_t);
    const char *name = of(fd);
    off_t at = name ? lseek(fd, 0, SEEK_CUR) : 0;
    int error = name ? no_room(fd, at + (int64_t)length) : 0;
    if (error) return fails(error);
    ssize_t done = real_write(fd, bytes, length);
    if (name && done > 0) record('w', name, at, bytes, done);
    return done;
}

#define PWRITE(name, offset_t) ssize_t name(int fd, const void *bytes, size_t length, offset_t at) \
{ \
    int error = of(fd) ? no_room(fd, at + (int64_t)length) : 0; \
    if (error) return fails(error); \
    REAL(ssize_t, name, int, const void *, size_t, offset_t); \
    ssize_t done = real_##name(fd, bytes, length, at); \
    if (of(fd) && done > 0) record('w', of(fd), at, bytes, done); \
    return done; \
}
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SYNC(name) int name(int fd) \
{ \
    if (of(fd) && suffers() == 'b') return fails(EIO); \
    REAL(int, name, int); \
    int code = real_##name(fd); \
    if (of(fd) && code == 0) record('s', of(fd), 0, NULL, 0); \
    return code; \
}
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset_t) int name(int fd, offset_t length) \
{ \
    int error = of(fd) ? no_room(fd, length) : 0; \
    if (error) return fails(error); \
    REAL(int, name, int, offset_t); \
    int code = real_##name(fd, length); \
    if (of(fd) && code == 0) record('t', of(fd), length, NULL, 0); \
    return code; \
}
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define READ(name, offset_t) ssize_t name(int fd, void *bytes, size_t length, offset_t at) \
{ \
    if (of(fd) && suffers() == 'b') return fails(EIO); \
    REAL(ssize_t, name, int, void *, size_t, offset_t); \
    return real_##name(fd, bytes, length, at); \
}
READ(pread, off_t)
READ(pread64, off64_t)

int mkdir(const char *path, mode_t mode)
{
    REAL(int, mkdir, const char *, mode_t);
    return inside(path) && suffers() == 'r' ? fails(EROFS) : real_mkdir(path, mode);
}

int unlink(const char *path)
{
    if (inside(path) && suffers() == 'r') return fails(EROFS);
    REAL(int, unlink, const char *);
    int code = real_unlink(path);
    const char *name = inside(path);
    if (code == 0 && name) record('d', name, 0, NULL, 0);
    return code;
}

int rename(const char *from, const char *to)
{
    REAL(int, rename, const char *, const char *);
    const char *old = inside(from), *new = inside(to);
    if ((old || new) && suffers() == 'r') return fails(EROFS);
    if (!old != !new) abort(); // A file that comes from elsewhere: its bytes are not in the journal.
    int code = real_rename(from, to);
    if (code == 0 && old) record('r', old, 0, new, (int64_t)strlen(new));
    return code;
}
