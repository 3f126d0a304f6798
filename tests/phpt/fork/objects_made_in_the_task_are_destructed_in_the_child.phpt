--TEST--
Objects that the task made and let go of are destructed in the child, as in any function (pain 19)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
final class Told
{
    public function __construct(private Notes $notes, private string $name) {}
    public function __destruct() { $this->notes->write($this->name . ' in ' . getmypid()); }
}
$future = async(function () use ($notes) { $local = new Told($notes, 'local'); return 1; });
await($future);
var_dump($notes->all() === ['local in ' . $future->pid()]);
?>
--EXPECT--
bool(true)
