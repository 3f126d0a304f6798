--TEST--
A task that a session handler starts, when everything else is over, runs to its end, whether or not it is awaited
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

// Without a shutdown function the session is written by the session module's own end, which comes after this one's.
const CODE = <<<'CODE'
    final class Handler implements SessionHandlerInterface, SessionIdInterface, SessionUpdateTimestampHandlerInterface
    {
        public function create_sid(): string { return 'id'; }
        public function validateId(string $id): bool { return true; }
        public function updateTimestamp(string $id, string $data): bool { return $this->write($id, $data); }
        public function open(string $path, string $name): bool { return true; }
        public function close(): bool { return true; }
        public function read(string $id): string { return ''; }
        public function destroy(string $id): bool { return true; }
        public function gc(int $lifetime): int { return 0; }
        public function write(string $id, string $data): bool
        {
            async(fn() => usleep(50_000) ?? file_put_contents('php://stderr', "ran\n"));
            file_put_contents('php://stderr', await(async(fn() => 'awaited')) . "\n");
            return true;
        }
    }
    ini_set('session.use_cookies', '0');
    session_cache_limiter('');
    session_set_save_handler(new Handler(), false);
    session_start();
    $_SESSION['key'] = 'value';
    await(async(fn() => 1));
    CODE;
echo php(CODE);
?>
--EXPECT--
ran
awaited
exit 0
