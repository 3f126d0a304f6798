/*
 * What a C program needs to bring the same bytes from a forked child through a pipe: the child has them in memory when it
 * is forked, the parent reads them into fresh memory. usage: floor BYTES TASKS; prints what the PHP contenders print.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s BYTES TASKS\n", argv[0]);
        return 2;
    }
    size_t bytes = strtoul(argv[1], NULL, 10);
    int tasks = atoi(argv[2]), wrong = 0;
    char *blob = malloc(bytes);
    double *times = malloc(sizeof(double) * (size_t)tasks);
    if (!blob || !times || tasks < 1) {
        return 1;
    }
    for (size_t i = 0; i < bytes; i++) {
        blob[i] = "0123456789abcdef"[i & 15];
    }
    /* Three to warm up. */
    for (int task = -3; task < tasks; task++) {
        double started = now();
        int ends[2];
        if (pipe(ends)) {
            return 1;
        }
        pid_t pid = fork();
        if (pid < 0) {
            return 1;
        }
        if (pid == 0) {
            for (size_t sent = 0; sent < bytes;) {
                ssize_t n = write(ends[1], blob + sent, bytes - sent);
                if (n <= 0) {
                    _exit(1);
                }
                sent += (size_t)n;
            }
            _exit(0);
        }
        close(ends[1]);
        char *answer = malloc(bytes);
        size_t got = 0;
        for (ssize_t n; got < bytes && (n = read(ends[0], answer + got, bytes - got)) > 0;) {
            got += (size_t)n;
        }
        close(ends[0]);
        waitpid(pid, NULL, 0);
        if (task >= 0) {
            times[task] = now() - started;
            wrong += got != bytes || memcmp(blob, answer, bytes) != 0;
        }
        free(answer);
    }
    qsort(times, (size_t)tasks, sizeof(double), ascending);
    printf("{\"us\": %.2f, \"tasks\": %d, \"wrong\": %d}\n",
           (times[(tasks - 1) / 2] + times[tasks / 2]) / 2, tasks, wrong);
    return 0;
}
