<?php

// What runs in the soak: two kinds of workers that do as workers do, in all ways. code.php beside it in the folder of the run is what a
// new release changes.

declare(strict_types=1);

use Async\{Restart, Supervisor, Worker};

$folder = $argv[1];
require "$folder/code.php";
$work = function (Worker $worker) use ($folder): void {
    $kept = [];
    mt_srand(getmypid());
    $file = fopen("$folder/code.php", 'r');                 // a descriptor of its own, which goes with it
    while ($worker->sleep(mt_rand(1, 20) / 1000)) {
        $worker->job();
        $worker->heartbeat(RELEASE . ', job ' . mt_rand());
        if (mt_rand(1, 40) === 1) {
            $kept[] = str_repeat('x', 500_000);             // a leak
        }
        match (mt_rand(1, 8000)) {
            1 => throw new RuntimeException('the database is away'),
            2 => exit(3),
            3 => posix_kill(getmypid(), SIGSEGV),
            4 => sleep(1000),                               // hangs
            5 => Async\await(Async\async(fn () => str_repeat('y', 100_000))),
            default => null,
        };
    }
};
exit(Supervisor::create()
    ->bootstrap(fn () => usleep(2000))
    ->restart(Restart::OnFailure, backoff: 0.05, maxBackoff: 0.5)
    ->recycle(jobs: 2000, bytes: 24 << 20)
    ->heartbeat(1)
    ->grace(2)
    ->health("$folder/health.json")
    ->metrics($argv[2])
    ->onEvent(function (string $level, string $text) use ($folder): void {
        file_put_contents("$folder/log", "$level $text\n", FILE_APPEND);
    })
    ->add('mail', fn (Worker $worker) => $work($worker), 3)
    ->add('images', fn (Worker $worker) => $work($worker), 2)
    ->run());
