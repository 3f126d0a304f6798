<?php

// A queue worker. The parent takes jobs and answers for them, each job runs in a child of its own, at most four at once.
// A job that throws, crashes or takes too long is rejected, with the reason; the others do not notice. SIGTERM and SIGINT
// let it finish what runs.
//
// usage: php -d extension=/path/to/libasync.so examples/queue.php [folder]
//
// The queue is a folder of files, so that this needs no broker. Without a folder, one with twelve jobs is made.

declare(strict_types=1);

use Async\Pool;

const IN_FLIGHT = 4;

final class FolderQueue
{
    public function __construct(private readonly string $folder)
    {
        foreach (['taken', 'failed'] as $state) {
            is_dir("$folder/$state") || mkdir("$folder/$state");
        }
    }

    /** The name of a job that is this process's from now on, or null when there is none at the moment. */
    public function take(): ?string
    {
        foreach (glob("$this->folder/*.job") as $file) {
            // Of several workers one succeeds.
            if (@rename($file, "$this->folder/taken/" . basename($file))) {
                return basename($file);
            }
        }
        return null;
    }

    public function read(string $job): string
    {
        return trim(file_get_contents("$this->folder/taken/$job"));
    }

    public function ack(string $job): void
    {
        unlink("$this->folder/taken/$job");
    }

    public function reject(string $job, string $reason): void
    {
        rename("$this->folder/taken/$job", "$this->folder/failed/$job");
        file_put_contents("$this->folder/failed/$job.reason", "$reason\n");
    }
}

/** What a job is here: a line that says what to do. Runs in a child. */
function handle(string $line): int
{
    [$what, $argument] = explode(' ', "$line ");
    return match ($what) {
        'count' => strlen(str_repeat($argument, 1000)),
        'crash' => exit((int) $argument),
        'hang' => sleep(60),
        default => throw new DomainException("what is $what?"),
    };
}

$folder = $argv[1] ?? null;
if ($folder === null) {
    $folder = sys_get_temp_dir() . '/queue-' . getmypid();
    mkdir($folder);
    foreach ([...array_fill(0, 9, 'count words'), 'crash 3', 'hang', 'juggle'] as $i => $line) {
        file_put_contents(sprintf('%s/%02d.job', $folder, $i), "$line\n");
    }
}
$queue = new FolderQueue($folder);

$running = true;
pcntl_async_signals(true);
foreach ([SIGTERM, SIGINT] as $signal) {
    pcntl_signal($signal, function () use (&$running) { $running = false; });
}

$pool = Pool::create()->concurrency(IN_FLIGHT)->timeout(3);
$done = $rejected = 0;
while ($running && ($job = $queue->take()) !== null) {      // a worker that stays would wait for the next job instead
    $pool->add(fn () => handle($queue->read($job)))
        ->then(function () use ($queue, $job, &$done) {
            $queue->ack($job);
            $done++;
        })
        ->catch(function (Throwable $error) use ($queue, $job, &$rejected) {
            $queue->reject($job, $error::class . ': ' . strtok($error->getMessage(), "\n"));
            $rejected++;
        });
    // No job is taken for which there is no slot. Called every few hundredths of a second: the place for a heartbeat, too.
    $pool->wait(fn (Pool $pool) => $pool->status()->running + $pool->status()->queued < IN_FLIGHT);
    $pool->clearFinished();
    echo "\r$done done, $rejected rejected ";
}
$pool->wait();
echo "\r$done done, $rejected rejected\n";

foreach (glob("$folder/failed/*.reason") as $file) {
    echo basename($file, '.reason'), ': ', file_get_contents($file);
}
if (!isset($argv[1])) {
    $left = [...glob("$folder/*.job"), ...glob("$folder/taken/*")];
    array_map(unlink(...), [...glob("$folder/failed/*"), ...$left]);
    array_map(rmdir(...), ["$folder/failed", "$folder/taken", $folder]);
    exit($done === 9 && $rejected === 3 && $left === [] ? 0 : 1);
}
