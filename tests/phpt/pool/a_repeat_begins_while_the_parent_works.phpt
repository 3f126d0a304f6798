--TEST--
A repeat begins when it is due also when the parent does something else, and at the end of the script
--FILE--
<?php
use Async\{Pool, Status};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $runs = new Runs();
    $pool = Pool::create()->tasksPerChild($tasks)->retry(3, 0.02);
    $pool[] = fn() => ($n = $runs->count('task')) === 4 ? $n : throw new DomainException();
    $value = null;
    $pool[0]->then(function (int $n) use (&$value) { $value = $n; });
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    while ($value === null && hrtime(true) < $deadline) {
        // nothing of ours is called
    }
    echo "$kind: $value\n";
}
echo php(<<<'PHP'
    $pool = Pool::create()->retry(1, 0.05);
    $pool[] = function () {
        static $file = null;
        echo "an attempt\n";
        throw new DomainException('no');
    };
    PHP);
?>
--EXPECTF--
isolated: 4
warm: 4
an attempt
an attempt

Warning: Unhandled failure of task [0] (pid %d): DomainException: no in %s on line %d
exit 0
