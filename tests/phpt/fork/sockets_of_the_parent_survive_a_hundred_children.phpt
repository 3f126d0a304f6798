--TEST--
A connection of the parent survives a hundred children, ending in every way (pain 17)
--FILE--
<?php
use function Async\{async, settle};

[$client, $server] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
final class Connection
{
    public function __construct(private $socket) {}
    public function ask(string $what): void { fwrite($this->socket, "$what\n"); }
    public function __destruct() { fwrite($this->socket, "QUIT\n"); }
}
$connection = new Connection($client);
$tasks = [fn() => 1, fn() => exit(0), fn() => throw new DomainException('x'), fn() => posix_kill(getmypid(), SIGKILL)];
$futures = [];
for ($i = 0; $i < 100; $i++) {
    $futures[] = async($tasks[$i % 4]);
}
settle($futures);
$connection->ask('alive');
stream_set_blocking($server, false);
echo stream_get_contents($server);
unset($connection);
echo stream_get_contents($server);
?>
--EXPECT--
alive
QUIT
