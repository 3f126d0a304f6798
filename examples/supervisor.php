<?php

// Workers that stay up. Three workers take numbers from a channel, one after the other, and write their squares down. Some
// of them crash in the middle of a number, one hangs: the supervisor starts another one in its place, and the number, which
// nobody has acknowledged, is handled again. When all is done, the workers are told to stop, as by SIGTERM.
//
// usage: php -d extension=/path/to/libasync.so examples/supervisor.php

declare(strict_types=1);

use Async\{Channel, Counter, Restart, Supervisor, Worker};

const NUMBERS = 60;

/** A queue in the manner of a broker: what is taken and not acknowledged by a worker that dies is delivered again. */
final class Queue
{
    private readonly Channel $ready;
    private readonly Channel $done;
    private readonly Counter $crashes;

    public function __construct(private readonly string $folder)
    {
        $this->ready = Channel::create(NUMBERS + 10);
        $this->done = Channel::create(NUMBERS + 10);
        $this->crashes = new Counter();
        array_map($this->ready->send(...), range(1, NUMBERS));
    }

    public function take(Worker $worker): ?int
    {
        try {
            $number = $this->ready->receive(0.2);
        } catch (Async\TimeoutException) {
            return null;
        }
        file_put_contents($this->held($worker->id()), (string) $number);
        return $number;
    }

    public function ack(Worker $worker, int $square): void
    {
        $this->done->send($square);
        unlink($this->held($worker->id()));
    }

    /** The worker with this id is gone: what it held is for somebody else. */
    public function deliverAgain(int $id): void
    {
        if (is_file($this->held($id))) {
            $this->ready->send((int) file_get_contents($this->held($id)));
            unlink($this->held($id));
        }
    }

    /** A crash now and then, for the first few. */
    public function crashes(int $number): bool
    {
        return $number % 10 === 7 && $this->crashes->add() <= 5;
    }

    /** @return list<int> all squares, when there are as many as numbers; none before */
    public function all(): array
    {
        $all = [];
        if (count($this->done) >= NUMBERS) {
            while (count($this->done) > 0) {
                $all[] = $this->done->receive();
            }
        }
        return $all;
    }

    private function held(int $id): string
    {
        return "$this->folder/$id";
    }
}

$folder = sys_get_temp_dir() . '/async-supervisor-' . getmypid();
mkdir($folder);
$queue = new Queue($folder);
$squares = [];
$failures = 0;

$supervisor = Supervisor::create()
    ->restart(Restart::OnFailure, backoff: 0.01, maxBackoff: 0.1)
    ->recycle(jobs: 15)
    ->heartbeat(10)
    ->grace(5)
    ->health("$folder/health.json")
    ->add('square', function (Worker $worker) use ($queue): void {
        while (!$worker->stopping()) {
            if (($number = $queue->take($worker)) === null) {
                continue;
            }
            if ($queue->crashes($number)) {
                posix_kill(getmypid(), SIGSEGV);
            }
            $queue->ack($worker, $number ** 2);
            $worker->job();
        }
    }, 3)
    ->add('watch', function (Worker $worker) use ($queue, &$squares): void {
        // Stands for the outside world: when all is done, it tells the supervisor, its parent, to stop.
        while ($worker->sleep(0.01)) {
            if (($squares = $queue->all()) !== []) {
                file_put_contents($GLOBALS['folder'] . '/squares', json_encode($squares));
                posix_kill(posix_getppid(), SIGTERM);
            }
        }
    });
$supervisor->onEvent(function (string $level, string $message, array $context) use ($queue, &$failures): void {
    if (in_array($context['event'], ['failed', 'stopped', 'returned'], true) && $context['name'] === 'square') {
        $queue->deliverAgain($context['id']);
        $failures += (int) ($context['event'] === 'failed');
    }
    if ($level !== 'info') {
        echo "$level: $message\n";
    }
});
$code = $supervisor->run();

// --- and this is how it shows that it has worked -------------------------------------------------------------------------
$squares = json_decode(file_get_contents("$folder/squares"), true);
$health = json_decode(file_get_contents("$folder/health.json"), true);
sort($squares);
$missing = array_diff(array_map(fn (int $number) => $number ** 2, range(1, NUMBERS)), $squares);
printf("%d numbers, %d crashes, %d missing, %d restarts, exit code %d\n", NUMBERS, $failures, count($missing), $health['restarts'], $code);
array_map(unlink(...), glob("$folder/*"));
rmdir($folder);
exit($missing === [] && $failures === 5 && $code === 0 ? 0 : 1);
