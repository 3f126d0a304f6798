--TEST--
A task whose entry in shared memory becomes open once more, when its worker is gone and no other has been forked, is run or fails
--EXTENSIONS--
ffi
posix
--FILE--
<?php
use Async\{AsyncException, Pool, TimeoutException};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/scribble.php';

foreach (['its first task' => false, 'another' => true] as $name => $warm) {
    $marker = tempnam(sys_get_temp_dir(), 'async');
    $pool = Pool::create()->concurrency(1)->tasksPerChild(0);
    $warm and $pool->add(static fn () => 1)->await();
    $task = $pool->add(static function () use ($marker): string {
        if (filesize($marker) > 0) {
            return 'dealt with';
        }
        file_put_contents($marker, (string) getmypid());
        sleep(60);
        return 'not killed';
    });
    while (($pid = (int) file_get_contents($marker)) === 0) {
        usleep(100);
    }
    Async\async(static fn () => 1)->await(); // the parent looks now, and then not before a second is over
    $writes = Pool::create()->concurrency(1)->add(static function () use ($pid, $warm): bool {
        $scribbler = new Scribbler();
        // The state of an entry that the worker on slot 0 has begun, above it the entry's position, and the task. The
        // entry of the first task is at position 0.
        $begun = static fn (int $word, int $next) => ($word & 0x1FFF) === 0x200 && $word < 1 << 20
            && ($word > 0x1FFF) === $warm && $next > 0 && $next < 100;
        $found = $scribbler->find($begun);
        [$address, $word] = $found ?? throw new LogicException('there is no such entry');
        $scribbler->put($address, $word & ~0x1FFF | 7); // no state at all: nobody has the task, as far as can be told
        posix_kill($pid, SIGKILL);
        while (posix_kill($pid, 0)) {
            usleep(100); // until the parent has reaped it
        }
        usleep(50_000); // and has seen that no task is open
        $scribbler->put($address, $word & ~0x1FFF | 1);
        return true;
    });
    $writes->await();
    try {
        $end = Async\await($task, timeout: 15);
    } catch (TimeoutException $e) {
        $end = "hangs: {$e->getMessage()}";
    } catch (AsyncException) {
        $end = 'dealt with'; // the parent had noted down who has it, or has looked in between
    }
    echo "$name: $end\n";
    unlink($marker);
}
?>
--EXPECT--
its first task: dealt with
another: dealt with
