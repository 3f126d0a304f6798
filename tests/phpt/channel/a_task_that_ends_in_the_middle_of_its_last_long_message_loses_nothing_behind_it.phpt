--TEST--
What a task has sent behind a long message is received although the task ends while its parent is in the middle of that
--INI--
async.handlers=await
--FILE--
<?php
use Async\{Future, Pool, Status};
use function Async\{async, await};

function state(Future $future): string
{
    return preg_replace('/.*\) (.).*/s', '$1', file_get_contents("/proc/{$future->pid()}/stat"));
}

/** A task that is stopped when it has begun to send a long message. */
function talker(Pool $pool): Future
{
    $talker = $pool->add(function () {
        for ($i = 0; $i < 3; $i++) {
            Async\channel()->send(str_repeat("$i", 30_000));
        }
        Async\channel()->send(str_repeat('long ', 12_000)); // in pieces, of which the last finds no room yet
        Async\channel()->send('first');
        Async\channel()->send('second');
        return 'done';
    });
    $talker->start();
    for ($looks = 0; $looks < 50; usleep(1000)) {
        $looks = $talker->channel()->count() >= 3 && state($talker) === 'S' ? $looks + 1 : 0;
    }
    posix_kill($talker->pid(), SIGSTOP);
    while (state($talker) !== 'T') {
        usleep(1000);
    }
    return $talker;
}

$talker = talker(Pool::create());
// The handler runs while the parent waits for the last piece, and not here: the task goes on then, and ends.
$future = async(fn () => 1)->then(function () use ($talker): void {
    posix_kill($talker->pid(), SIGCONT);
    while ($talker->status() === Status::Running) {
        await(async(fn () => 1));
    }
    echo 'the task: ', $talker->status()->name, "\n";
    try {
        $talker->channel()->receive();
    } catch (Error $error) {
        echo $error->getMessage(), "\n";
    }
});
$future->start();
while ($future->status() === Status::Running) {
    usleep(1000);
}
foreach ($talker->channel() as $message) {
    echo substr($message, 0, 6), ' ', strlen($message), "\n";
}
echo await($talker), "\n";
--EXPECT--
000000 30000
111111 30000
222222 30000
the task: Succeeded
the channel is in the middle of a message that this process sends or receives: a handler that runs meanwhile cannot use the same end
long l 60000
first 5
second 6
done
