--TEST--
A handler of messages gets what a task has sent behind a long one although the task ends, or is retried, in the middle of that
--INI--
async.handlers=await
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await};

function state(int $pid): string
{
    return preg_replace('/.*\) (.).*/s', '$1', file_get_contents("/proc/$pid/stat"));
}

/** Until it is so fifty times in a row. */
function until(Closure $is): void
{
    for ($looks = 0; $looks < 50; usleep(1000)) {
        $looks = $is() ? $looks + 1 : 0;
    }
}

function talks(string $attempts): Closure
{
    return function () use ($attempts) {
        file_put_contents($attempts, '.', FILE_APPEND);
        if (filesize($attempts) > 1) {
            Async\channel()->send('of the second attempt');
            return 'done';
        }
        for ($i = 0; $i < 3; $i++) {
            Async\channel()->send(str_repeat("$i", 30_000));
        }
        Async\channel()->send(str_repeat('long ', 12_000)); // in pieces, of which the last finds no room yet
        Async\channel()->send('first');
        Async\channel()->send('second');
        throw new Exception('once more');
    };
}

foreach ([0, 1] as $retries) {
    $attempts = tempnam(sys_get_temp_dir(), 'attempts');
    $received = 0;
    $pool = Pool::create()->retry($retries);
    $talker = $pool->add(talks($attempts));
    $talker->start();
    $pid = $talker->pid();
    until(fn () => $talker->channel()->count() >= 3 && state($pid) === 'S');
    posix_kill($pid, SIGSTOP);
    until(fn () => state($pid) === 'T');
    $pool->onMessage(function (string $message) use ($attempts, &$received): void {
        if (++$received === 3) {
            touch("$attempts.3"); // from now on the parent waits for the last piece of the long one
        }
        echo substr($message, 0, 22), ' ', strlen($message), "\n";
    });
    // Stops the parent there, lets the task go on to its end, and then the parent.
    $helper = async(function () use ($attempts, $pid): void {
        $parent = posix_getppid();
        until(fn () => file_exists("$attempts.3") && state($parent) === 'S');
        posix_kill($parent, SIGSTOP);
        until(fn () => state($parent) === 'T');
        posix_kill($pid, SIGCONT);
        until(fn () => state($pid) === 'Z');
        posix_kill($parent, SIGCONT);
    });
    $helper->start();
    try {
        echo await($talker), "\n";
    } catch (Exception $exception) {
        echo $exception->getMessage(), "\n";
    }
    await($helper);
    unlink($attempts);
    unlink("$attempts.3");
}
--EXPECT--
0000000000000000000000 30000
1111111111111111111111 30000
2222222222222222222222 30000
long long long long lo 60000
first 5
second 6
once more
0000000000000000000000 30000
1111111111111111111111 30000
2222222222222222222222 30000
long long long long lo 60000
first 5
second 6
of the second attempt 21
done
