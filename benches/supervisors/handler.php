<?php

// Loaded by each worker when it has a connection: so a line says that it is there. A job takes half a millisecond, or BENCH_JOB microseconds.

file_put_contents(getenv('BENCH_STARTED'), getmypid() . "\n", FILE_APPEND);

return function (string $body): void {
    usleep((int) (getenv('BENCH_JOB') ?: 500));
    file_put_contents(getenv('BENCH_DONE'), 'x', FILE_APPEND);
};
