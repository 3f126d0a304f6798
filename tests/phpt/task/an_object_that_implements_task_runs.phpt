--TEST--
An object that implements Async\Task runs, in async() and in a pool
--FILE--
<?php
use Async\{Pool, Task};
use function Async\{async, await};

final class Sum implements Task
{
    public function __construct(private int $a, private int $b) {}
    public function run(): mixed { return $this->a + $this->b; }
}

var_dump(await(async(new Sum(1, 2))));

$pool = Pool::create();
$pool['direct'] = new Sum(3, 4);
$pool['added'] = async(new Sum(5, 6));
var_dump(await($pool));
?>
--EXPECT--
int(3)
array(2) {
  ["direct"]=>
  int(7)
  ["added"]=>
  int(11)
}
