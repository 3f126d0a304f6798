/*
 * What a C program needs to ask a child that is there already, and to have its answer: 64 bytes through one pipe, 64 bytes
 * back through another, one at a time. usage: pingpong ROUND_TRIPS; prints what the PHP contenders print.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum { BYTES = 64 };

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s ROUND_TRIPS\n", argv[0]);
        return 2;
    }
    int trips = atoi(argv[1]), wrong = 0, there[2], back[2];
    if (trips < 1) {
        return 1;
    }
    double *times = malloc(sizeof(double) * (size_t)trips);
    if (!times || pipe(there) || pipe(back)) {
        return 1;
    }
    pid_t pid = fork();
    if (pid < 0) {
        return 1;
    }
    if (pid == 0) {
        char bytes[BYTES];
        close(there[1]);
        close(back[0]);
        /* Not more than PIPE_BUF: they come whole. */
        while (read(there[0], bytes, BYTES) == BYTES) {
            bytes[0]++;
            if (write(back[1], bytes, BYTES) != BYTES) {
                _exit(1);
            }
        }
        _exit(0);
    }
    close(there[0]);
    close(back[1]);
    /* Three to warm up. */
    for (int trip = -3; trip < trips; trip++) {
        char question[BYTES], answer[BYTES];
        memset(question, trip & 63, BYTES);
        double started = now();
        if (write(there[1], question, BYTES) != BYTES || read(back[0], answer, BYTES) != BYTES) {
            return 1;
        }
        if (trip >= 0) {
            times[trip] = now() - started;
            question[0]++;
            wrong += memcmp(question, answer, BYTES) != 0;
        }
    }
    close(there[1]);
    waitpid(pid, NULL, 0);
    qsort(times, (size_t)trips, sizeof(double), ascending);
    printf("{\"us\": %.2f, \"tasks\": %d, \"wrong\": %d}\n",
           (times[(trips - 1) / 2] + times[trips / 2]) / 2, trips, wrong);
    return 0;
}
