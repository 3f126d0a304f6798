--TEST--
Every script ends, whoever waits at its end and for whatever: what was ended is told, and a new task runs
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

const CODE = <<<'CODE'
    final class AtTheEnd
    {
        public function __construct(private Closure $do) {}
        public function __destruct() { ($this->do)(); }
    }
    $gate = new Gate();
    $wait = function () use ($gate, &$pool, &$future) {
        OPENS
        try {
            echo WAIT;
        } catch (Throwable $e) {
            echo $e::class;
        }
    };
    WHO === 'shutdown function' && register_shutdown_function($wait); // before ours
    $pool = Pool::create()->concurrency(2)->tasksPerChild(TASKS);
    await($pool->add(fn() => 'first', 'a'));
    $future = $pool->add(fn() => $gate->pass() ?? 'value', 'b');
    WHO === 'shutdown function of one' && register_shutdown_function(fn() => register_shutdown_function($wait)); // after it
    $last = WHO === 'destructor' ? new AtTheEnd($wait) : null;
    END
    CODE;

const ENDS = [
    'exit' => ['$gate->open(); exit(1);', ''],
    'the last line' => ['$gate->open();', ''],
    'killing' => ['', '-d async.at_exit=kill'],
    'an exception' => ['throw new DomainException();', ''],
    'an error' => ['trigger_error("the end", E_USER_ERROR);', ''],
    'an error, and a warning after it' => ['register_shutdown_function(fn() => trigger_error("late", E_USER_WARNING)); trigger_error("the end", E_USER_ERROR);', ''],
];
const WAITS = [
    'await($future)' => 'await($future)',
    'await($pool)' => 'await($pool)["b"]',
    'settle()' => '($e = settle($pool)["b"]->error()) ? $e::class : "value"',
    'foreach' => '(function () use ($pool) { foreach ($pool as $future); return ($e = $future->error()) ? $e::class : $future->await(); })()',
    'a new task' => '(function () use ($pool) { return await($pool->add(fn() => "new")) . " " . await(async(fn() => "task")); })()',
];

foreach (['shutdown function', 'shutdown function of one', 'destructor'] as $who) {
    foreach (ENDS as $end => [$last, $ini]) {
        if ($who === 'destructor' && str_starts_with($end, 'an error')) {
            continue; // PHP calls none then
        }
        // What ends before somebody waits has its value.
        $killed = $end !== 'exit' && $end !== 'the last line';
        foreach (WAITS as $name => $wait) {
            foreach ([1, 0] as $tasks) {
                $opens = $killed && $who === 'shutdown function' ? '' : '$gate->open();';
                $script = strtr(CODE, ['OPENS' => $opens, 'WAIT' => $wait, 'WHO' => var_export($who, true), 'TASKS' => $tasks, 'END' => $last]);
                $said = trim(strtok(php($script, "-d display_errors=0 -d log_errors=0 -d auto_prepend_file= $ini"), "\n"));
                $expected = $name === 'a new task' ? 'new task' : ($killed ? 'Async\CancelledException' : 'value');
                if ($said !== $expected) {
                    echo "after $end, $name in a $who, tasksPerChild($tasks): ", json_encode($said), "\n";
                }
            }
        }
    }
}
echo "done\n";
?>
--EXPECT--
done
