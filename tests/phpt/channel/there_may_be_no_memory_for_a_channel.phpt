--TEST--
Where there is no memory for one more channel, or for what is shared, that is told, and those that are there work
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    use Async\{Channel, Mutex, Shared};

    $channels = [];
    try {
        while (count($channels) < 10_000) {
            $channels[] = Channel::create(2_000); // 8 MiB each
        }
        echo "there was memory for all\n";
    } catch (Async\AsyncException $e) {
        echo count($channels) > 2 ? 'after some, ' : 'at once, ', $e::class, ': ', $e->getMessage(), "\n";
    }
    try {
        new Shared(null, 1 << 30);
    } catch (Async\AsyncException $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
    $task = async(fn () => $channels[0]->send(str_repeat('x', 300_000)));
    echo strlen($channels[0]->receive()), "\n";
    await([$task]); // until its process is gone, which has all of them
    $channels = [];
    $channel = Channel::create(2_000); // in place of one of those
    $channel->send('again');
    echo $channel->receive(), "\n";
    PHP, '', '', 'prlimit --as=500000000');
?>
--EXPECTF--
after some, Async\%s: no channel could be made: mmap() failed: %s
Async\LockException: there is no shared memory of %d bytes: mmap() failed: %s
300000
again
exit 0
