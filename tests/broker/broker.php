<?php

declare(strict_types=1);

require_once __DIR__ . '/support.php';
require __DIR__ . '/../support/services.php';

$messages = (int) (getenv('BROKER_MESSAGES') ?: 1000);
$workers = (int) (getenv('BROKER_WORKERS') ?: 4);
$period = (int) (getenv('BROKER_PERIOD') ?: 200);
mt_srand($seed = (int) (getenv('BROKER_SEED') ?: random_int(1, 1 << 30)));
echo "BROKER_SEED=$seed\n";
// How much of it the slower ones get: all in the long form.
$share = getenv('BROKER_LONG') ? 1 : 1 / 8;
$passed = $failed = 0;
$parts = [];
// A crash of the worker itself now and then, between the work and the acknowledgement. The second half waits for the second supervisor.
$bodies = array_map(fn (int $n) => ($n % 100 === 50 ? 'crash ' : 'count ') . "n$n" . ($n > $messages / 2 ? ' late' : ''), range(1, $messages));

foreach (['rabbitmq' => ['/usr/lib/rabbitmq/bin/rabbitmq-server', 'erl', '/usr/share/php/PhpAmqpLib/autoload.php'], 'redis' => ['/usr/bin/redis-server']] as $name => $what) {
    ob_start();
    needs(...$what);
    $lacks = ob_get_clean() ?: ($name === 'redis' && !extension_loaded('redis') ? 'skip needs php-redis (make services)' : '');
    if ($lacks !== '') {
        echo "skip $name: ", substr($lacks, 5), "\n";
    } elseif (in_array(getenv('BROKER_ONLY'), [false, $name], true)) {
        require __DIR__ . "/$name.php";
        require_once __DIR__ . '/remote_pool.php';
        remote_pool($name);
        require_once __DIR__ . '/restarts.php';
        restarts($name);
        if ($name === 'redis') {
            require_once __DIR__ . '/messenger.php';
            messenger(redis());
            require_once __DIR__ . '/laravel.php';
            laravel(redis());
        }
    }
}
pcntl_async_signals(true);
pcntl_signal(SIGTERM, fn () => exit(143));
register_shutdown_function(Program::killAllThatRun(...));
foreach (array_filter($parts, fn (string $part) => str_contains($part, (string) getenv('BROKER_PART')), ARRAY_FILTER_USE_KEY) as $part => $run) {
    $started = hrtime(true);
    try {
        $run();
    } catch (Throwable $error) {
        expect('runs', false, $error::class . ': ' . $error->getMessage());
    }
    Program::killAllThatRun();
    printf("     %s took %.1f s\n", $part, (hrtime(true) - $started) / 1e9);
}
echo "$passed passed, $failed failed\n";
exit($failed === 0 ? 0 : 1);
