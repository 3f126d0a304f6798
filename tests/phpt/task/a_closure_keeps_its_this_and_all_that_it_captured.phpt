--TEST--
A closure keeps $this and all that it captured: closures, resources, anonymous classes (pain 8)
--FILE--
<?php
use function Async\{async, await};

final class Service
{
    private Closure $double;
    private object $anonymous;
    /** @var resource */
    private $file;

    public function __construct()
    {
        $this->double = fn(int $n) => $n * 2;
        $this->anonymous = new class { public int $n = 21; };
        $this->file = fopen(__FILE__, 'r');
    }

    public function task(): Closure
    {
        $generator = (function () { yield 1; yield 2; })();
        return function () use ($generator) {
            return [($this->double)($this->anonymous->n), fgets($this->file), array_sum(iterator_to_array($generator))];
        };
    }
}

echo json_encode(await(async((new Service())->task()))), "\n";
?>
--EXPECT--
[42,"<?php\n",3]
