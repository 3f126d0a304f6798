/*
 * What a C program needs to bring messages from a forked child to its parent: through a pipe, each with its length before
 * it, or through a ring buffer in shared memory with one writer and one reader, who look for each other without sleeping
 * and yield now and then. usage: messages pipe|ring BYTES MESSAGES; prints {"ns": for each message, "wrong": how many}
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

/* Bytes in flight, as many as a channel has for a large number of messages. */
enum { ROOM = 1 << 20, LOOKS = 1000 };
/* A longer message goes through in pieces, so that one is read while the next one is written. */
enum { PIECE = ROOM / 8 };

static struct ring {
    _Alignas(128) _Atomic uint64_t written;
    _Alignas(128) _Atomic uint64_t read;
    _Alignas(128) char room[ROOM];
} *ring;
static int ends[2];

static void until(_Atomic uint64_t *word, uint64_t other, uint64_t differs)
{
    for (int looks = 0; atomic_load_explicit(word, memory_order_acquire) - other == differs; looks++) {
        if (looks >= LOOKS) {
            sched_yield();
        } else {
            __builtin_ia32_pause();
        }
    }
}

/* Bytes of a stream, in parts when they are more than there is room for. */
static void put(const char *from, size_t bytes)
{
    static uint64_t written, read_until;
    while (bytes > 0) {
        if (written - read_until == ROOM) {
            until(&ring->read, written - ROOM, 0);
            read_until = atomic_load_explicit(&ring->read, memory_order_acquire);
        }
        size_t at = written % ROOM, now = ROOM - (written - read_until);
        now = now < bytes ? now : bytes;
        now = now < PIECE ? now : PIECE;
        now = now < ROOM - at ? now : ROOM - at;
        memcpy(ring->room + at, from, now);
        written += now;
        atomic_store_explicit(&ring->written, written, memory_order_release);
        from += now;
        bytes -= now;
    }
}

static void get(char *to, size_t bytes)
{
    static uint64_t read, written_until;
    while (bytes > 0) {
        if (read == written_until) {
            until(&ring->written, read, 0);
            written_until = atomic_load_explicit(&ring->written, memory_order_acquire);
        }
        size_t at = read % ROOM, now = written_until - read;
        now = now < bytes ? now : bytes;
        now = now < ROOM - at ? now : ROOM - at;
        memcpy(to, ring->room + at, now);
        read += now;
        atomic_store_explicit(&ring->read, read, memory_order_release);
        to += now;
        bytes -= now;
    }
}

static void send_by_pipe(const char *message, uint64_t bytes)
{
    struct iovec parts[2] = {{&bytes, sizeof bytes}, {(void *)message, bytes}};
    ssize_t n = writev(ends[1], parts, 2);
    for (size_t sent = n < 0 ? 0 : (size_t)n - sizeof bytes; n > 0 && sent < bytes; sent += (size_t)n) {
        n = write(ends[1], message + sent, bytes - sent);
    }
    if (n <= 0) {
        _exit(1);
    }
}

static int whole(void *to, size_t bytes)
{
    size_t got = 0;
    for (ssize_t n; got < bytes && (n = read(ends[0], (char *)to + got, bytes - got)) > 0;) {
        got += (size_t)n;
    }
    return got == bytes;
}

static void send_by_ring(const char *message, uint64_t bytes)
{
    put((const char *)&bytes, sizeof bytes);
    put(message, bytes);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s pipe|ring BYTES MESSAGES\n", argv[0]);
        return 2;
    }
    int by_pipe = strcmp(argv[1], "pipe") == 0, wrong = 0;
    size_t bytes = strtoul(argv[2], NULL, 10);
    long messages = atol(argv[3]), warm_up = messages / 10 + 1;
    char *message = malloc(bytes), *got = malloc(bytes);
    ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!message || !got || ring == MAP_FAILED || pipe(ends) || messages < 1) {
        return 1;
    }
    memset(message, '.', bytes);
    pid_t pid = fork();
    if (pid < 0) {
        return 1;
    }
    if (pid == 0) {
        for (long i = 0; i < warm_up + messages; i++) {
            (by_pipe ? send_by_pipe : send_by_ring)(message, bytes);
        }
        _exit(0);
    }
    double started = 0;
    for (long i = -warm_up; i < messages; i++) {
        uint64_t length = 0;
        if (i == 0) {
            started = now();
        }
        if (!by_pipe) {
            get((char *)&length, sizeof length);
            get(got, length <= bytes ? length : bytes);
        } else if (!whole(&length, sizeof length) || length != bytes || !whole(got, bytes)) {
            return 1;
        }
        wrong += length != bytes || got[bytes - 1] != '.';
    }
    double took = now() - started;
    waitpid(pid, NULL, 0);
    printf("{\"ns\": %.1f, \"wrong\": %d}\n", took * 1e3 / (double)messages, wrong);
    return 0;
}
