<?php

declare(strict_types=1);

/** A process, whoever gets its number later: the time of its start is the 20th field after the name. */
function identity(int $pid): string
{
    $stat = (string) @file_get_contents("/proc/$pid/stat");
    return $pid . '@' . (explode(' ', substr($stat, (int) strrpos($stat, ')') + 2))[19] ?? '');
}

/** Waits for something to be seen. */
function until(string $what, callable $seen, float $seconds = 60): mixed
{
    $deadline = hrtime(true) + (int) ($seconds * 1e9);
    while (!($value = $seen())) {
        hrtime(true) < $deadline || throw new LogicException("in vain: $what");
        usleep(5000);
    }
    return $value;
}

/** How many seconds so many messages may take, on a machine with other work. */
function patience(int $messages): float
{
    return 60 + intdiv($messages, 20);
}

/** One of the examples in a process of its own, and what its jobs have written down. */
final class Program
{
    public int $pid;
    public readonly string $ledger;
    /** @var array<string, true> whom the test has killed */
    public array $killed = [];
    /** @var array<string, true> who was there when the connections were cut */
    public array $cut = [];
    /** @var resource|null */
    private $process = null;
    /** @var list<self> */
    private static array $all = [];

    /**
     * @param list<string>|null $arguments another program instead: its file and what it is given
     */
    public function __construct(private readonly string $example, private readonly string $queue, private array $environment, private readonly ?array $arguments = null)
    {
        static $number = 0;
        $this->ledger = getenv('BROKER_WORK') . '/' . ++$number;
        mkdir($this->ledger);
        self::$all[] = $this;
        touch("$this->ledger/ledger");
        $this->start();
    }

    public function start(array $environment = []): void
    {
        $this->environment = $environment + $this->environment;
        @unlink("$this->ledger/health.json");
        $command = [getenv('TEST_PHP_EXECUTABLE'), ...array_slice($_SERVER['argv'], 1), '-d', 'auto_prepend_file=' . __FILE__];
        $arguments = str_replace('LEDGER', $this->ledger, $this->arguments ?? [dirname(__DIR__, 2) . "/examples/$this->example", $this->queue, __DIR__ . '/job.php']);
        $this->process = proc_open([...$command, ...$arguments],
            [['file', '/dev/null', 'r'], $log = ['file', "$this->ledger/log", 'a'], $log], $pipes, null,
            $this->environment + ['BROKER_LEDGER' => $this->ledger, 'HEALTH' => "$this->ledger/health.json", 'BACKOFF' => '0.02', 'MAX_BACKOFF' => '0.1'] + getenv());
        $this->pid = proc_get_status($this->process)['pid'];
    }

    /** @return list<int> */
    public function children(): array
    {
        $children = [];
        foreach (glob("/proc/$this->pid/task/*/children") as $file) {
            array_push($children, ...array_map(intval(...), preg_split('/ /', (string) @file_get_contents($file), 0, PREG_SPLIT_NO_EMPTY)));
        }
        return $children;
    }

    public function kill(int $pid): void
    {
        $identity = identity($pid);
        if (posix_kill($pid, SIGKILL)) {
            $this->killed[$identity] = true;
        }
    }

    /** All connections of the workers are cut by the broker. */
    public function cutConnections(callable $cut): void
    {
        $cutting = Async\async($cut);
        do { // who comes and goes meanwhile, too
            foreach ($this->children() as $child) {
                $this->cut[identity($child)] = true;
            }
            usleep(1000);
        } while ($cutting->status() === Async\Status::Running);
        Async\await($cutting);
        foreach ($this->children() as $child) {
            $this->cut[identity($child)] = true;
        }
    }

    /** The supervisor is killed, and whoever is its child. It is stopped before, so that there are no others. */
    public function killAll(): void
    {
        posix_kill($this->pid, SIGSTOP);
        in_state($this->pid, 'T');
        $children = $this->children();
        foreach ($children as $child) {
            $this->killed[identity($child)] = true;
        }
        posix_kill($this->pid, SIGKILL);
        ended($this->pid, ...$children);
        $this->close();
    }

    /** What a part that has failed left running goes, with its workers. */
    public static function killAllThatRun(): void
    {
        foreach (self::$all as $program) {
            if ($program->process !== null && proc_get_status($program->process)['running']) {
                echo "     what was left running has said last:\n", substr($program->log(), -1500), "\n";
                $program->killAll();
            } elseif ($program->process !== null) {
                echo "     what had ended has said last:\n", substr($program->log(), -1500), "\n";
                $program->close();
            }
        }
    }

    private function close(): void
    {
        proc_close($this->process);
        $this->process = null;
    }

    public function isRunning(): bool
    {
        return proc_get_status($this->process)['running'];
    }

    /** Has it begun to look for messages, and a handler of SIGTERM before that? */
    public function isReady(): bool
    {
        return file_exists("$this->ledger/ready-$this->pid");
    }

    /** Tells it to stop, and waits: its exit code. */
    public function stop(): int
    {
        posix_kill($this->pid, SIGTERM);
        return $this->end();
    }

    public function end(): int
    {
        $status = until('the end of the program', fn () => ($status = proc_get_status($this->process))['running'] ? null : $status);
        $this->close();
        return $status['exitcode'];
    }

    /** @return array<string, list<string>> who has written this down, by what the message was, in the order of time */
    public function notes(string $what): array
    {
        $notes = [];
        foreach (file("$this->ledger/ledger", FILE_IGNORE_NEW_LINES) as $line) {
            if (preg_match("/^$what (.*) (\S+)$/", $line, $match)) {
                $notes[$match[1]][] = $match[2];
            }
        }
        return $notes;
    }

    public function log(): string
    {
        return (string) file_get_contents("$this->ledger/log");
    }

    /** @return list<string> the states of all workers, once there is a health file */
    public function states(): array
    {
        $health = json_decode((string) @file_get_contents("$this->ledger/health.json"), true);
        return array_column($health['workers'] ?? [], 'state');
    }
}

/**
 * Kills a worker now and then, and once all at once, until each of the messages was handled. Twice all connections are cut. Then
 * everything is drained.
 *
 * @param list<string> $bodies all messages
 * @param ?callable(): void $cut has the broker cut the connections of the workers
 * @param ?callable(): bool $allAcknowledged what the broker says
 */
function storm(Program $program, array $bodies, int $period, array $anotherSupervisor, ?callable $cut = null, ?callable $allAcknowledged = null): void
{
    $early = preg_grep('/ late$/', $bodies, PREG_GREP_INVERT);
    $handled = $kills = $cuts = 0;
    $half = false;
    $begun = hrtime(true);
    $deadline = hrtime(true) + (int) (patience(count($bodies)) * 1e9);
    while (($handled = count($program->notes('done'))) < count($bodies)) {
        hrtime(true) < $deadline || throw new LogicException("$handled of " . count($bodies) . " messages are handled; its log ends with\n" . substr($program->log(), -1500));
        usleep($period * 1000); // from one kill to the next: nobody is waited for
        if ($cut && $cuts === 0 && $handled >= count($early) / 2) {
            $program->cutConnections($cut);
            $cuts++;
        } elseif (!$half && $kills > 0 && $handled >= count($early)) {
            $half = true;
            $program->killAll();
            $before = count(file("$program->ledger/ledger"));
            $program->start($anotherSupervisor);
            if ($cut) { // in the middle of the work
                until('somebody works again', fn () => count(file("$program->ledger/ledger")) > $before);
                $program->cutConnections($cut);
                $cuts++;
            }
            touch("$program->ledger/open");
        } elseif ($children = $program->children()) {
            $program->kill($children[mt_rand(0, count($children) - 1)]);
            $kills++;
        }
    }
    $seconds = (hrtime(true) - $begun) / 1e9;
    $acknowledged = $allAcknowledged === null || until('all are acknowledged, while the workers still run', $allAcknowledged);
    $code = $program->stop();

    $done = $program->notes('done');
    $last = [];
    foreach (file("$program->ledger/ledger", FILE_IGNORE_NEW_LINES) as $line) {
        if (preg_match('/^done .* (\S+)$/', $line, $match)) {
            $last[$match[1]] = $line;
        }
    }
    $crashes = count(glob("$program->ledger/crash-*"));
    $duplicates = $byCut = 0;
    $unexplained = [];
    foreach ($done as $body => $by) {
        foreach (array_slice($by, 0, -1) as $who) {
            $duplicates++;
            // It was the last thing that this worker has done, and it was killed, by the test or by itself, or its connection was cut.
            $died = isset($program->killed[$who]) || str_starts_with($body, 'crash ');
            if ($last[$who] !== "done $body $who" || !($died || isset($program->cut[$who]))) {
                $unexplained[] = [$body, $who, $last[$who], $died, isset($program->cut[$who])];
            }
            $byCut += (int) !$died;
        }
    }
    printf("     %d messages in %.0f s, %d workers killed by the test and %d by themselves, the supervisor once, the connections cut %d times; %d duplicates, %d of them by the cuts\n",
        count($bodies), $seconds, $kills, $crashes, $cuts, $duplicates, $byCut);
    expect('each message is handled at least once', array_diff($bodies, array_keys($done)) === [], array_slice(array_diff($bodies, array_keys($done)), 0, 5));
    expect('duplicates are only those whose worker died between work and acknowledgement', $unexplained === [] && $duplicates >= $crashes && $crashes === count(preg_grep('/^crash /', $bodies)), [$unexplained, $duplicates, $crashes]);
    expect('it ends as drained, and nothing is left unacknowledged before that', $code === 0 && $half && $acknowledged && $cuts === ($cut ? 2 : 0), [$code, $cuts]);
}

/** Stops it while each worker is in the middle of a message. */
function drain(Program $program, int $workers, int $messages): void
{
    until('every worker has a message', fn () => count($program->notes('begun')) === $workers);
    posix_kill($program->pid, SIGTERM);
    if ($program->states() !== []) {
        until('every worker is told to stop', fn () => array_unique($program->states()) === ['stopping']);
    }
    touch("$program->ledger/open");
    $opened = hrtime(true); // the longest message ends
    $code = $program->end();
    $seconds = (hrtime(true) - $opened) / 1e9;
    printf("     drained %.2f s after the last message could end\n", $seconds);
    expect('it has ended within 1.5 s of that', $seconds < 1.5, $seconds);
    $done = $program->notes('done');
    expect('on SIGTERM what was begun is finished, and nothing else is begun', $code === 0 && count($done) === $workers
        && count($program->notes('begun')) === $workers && $messages > $workers, [$code, count($done)]);
}

/** Replaces all workers while they work, $times times: nobody is cut short, so that there is nothing to do twice. */
function roll(Program $program, array $bodies, int $times): void
{
    until('work has begun', fn () => count($program->notes('done')) > 0);
    for ($i = 1; $i <= $times; $i++) {
        $before = $program->children();
        posix_kill($program->pid, SIGHUP);
        until('all workers are other ones', fn () => array_intersect($before, $program->children()) === []);
    }
    $still = count($bodies) - count($program->notes('done'));
    $handled = until('all are handled', fn () => count($program->notes('done')) === count($bodies) ? $program->notes('done') : null);
    $code = $program->stop();
    printf("     %d messages, all workers replaced %d times, the last time with %d messages to go\n", count($bodies), $times, $still);
    expect('each message is handled once, while all workers are replaced', $code === 0 && $still > 0 && max(array_map(count(...), $handled)) === 1, [$code, $still]);
}

/** Each job leaves a megabyte behind: the workers are replaced when they have had enough. */
function leak(Program $program, array $bodies, int $megabytes): void
{
    $handled = until('all are handled', fn () => count($program->notes('done')) === count($bodies) ? $program->notes('done') : null);
    $code = $program->stop();
    $largest = (int) max(file("$program->ledger/memory", FILE_IGNORE_NEW_LINES));
    $workers = count(array_unique(array_merge(...array_values($handled))));
    printf("     %d messages by %d workers, the largest had %d MB of %d\n", count($bodies), $workers, $largest >> 20, $megabytes);
    expect('workers that leak are replaced, and each message is handled once', $code === 0 && max(array_map(count(...), $handled)) === 1
        && $workers >= count($bodies) / $megabytes && $largest <= $megabytes + 2 << 20, [$code, $workers, $largest]);
}

/** One check. */
function expect(string $what, bool $right, mixed $seen = null): void
{
    global $passed, $failed;
    $right ? $passed++ : $failed++;
    echo $right ? 'ok   ' : 'FAIL ', $GLOBALS['part'], ': ', $what, $right ? '' : ' ' . json_encode($seen), "\n";
}

/** The broker that REMOTE_BROKER names. */
function remote_broker(): Async\Bridge\Remote\Broker
{
    $words = explode(' ', getenv('REMOTE_BROKER'));
    [$kind, $port, $user, $password] = $words + [2 => 'guest', 3 => $words[0] === 'rabbitmq' ? 'guest' : null];
    return match ($kind) {
        'rabbitmq' => new Async\Bridge\Remote\RabbitMq(port: (int) $port, user: $user, password: $password),
        'redis' => new Async\Bridge\Remote\RedisStreams(host: $port, claimAfter: (float) (getenv('CLAIM_AFTER') ?: 15)),
        'redis-port' => new Async\Bridge\Remote\RedisStreams(port: (int) $port, password: $password, claimAfter: (float) (getenv('CLAIM_AFTER') ?: 15)),
    };
}
