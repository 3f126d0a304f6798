--TEST--
After an error, and with async.at_exit=kill, a shutdown function that was registered before the first task finds what was started ended; what it starts itself runs
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$ends = [
    'throw new LogicException("uncaught");',
    'trigger_error("fatal", E_USER_ERROR);',
    'ini_set("async.at_exit", "kill"); exit(1);',
];
$waits = ['Async\await($f)', '$f->await()', 'Async\await($pool)', 'Async\settle($pool)["f"]->status()->name', '[Async\await(Async\async(fn () => "started there")), tell(fn () => $f->await())]'];
foreach ($ends as $end) {
    echo "$end\n";
    foreach ($waits as $wait) {
        echo php(<<<CODE
            function tell(callable \$what): string
            {
                try {
                    return json_encode(\$what());
                } catch (Throwable \$e) {
                    return get_class(\$e);
                }
            }
            register_shutdown_function(function () use (&\$f, &\$pool) {
                echo "  ", tell(fn () => $wait), "\\n";
            });
            \$pool = new Async\Pool();
            \$pool['f'] = \$f = Async\async(fn () => sleep(1000));
            \$f->start();
            $end
            CODE, ini: '-d display_errors=0 -d log_errors=0'), "\n";
    }
}
echo "what is started there first:\n";
foreach ($ends as $end) {
    foreach (['a task' => '[Async\await($f = Async\async(fn () => "one")), Async\await([$f, Async\async(fn () => "two")])]', 'a map' => 'iterator_to_array(Async\map([1, 2], fn ($n) => $n * 2))'] as $name => $start) {
        echo "  $name: ", php(<<<CODE
            register_shutdown_function(function () {
                try {
                    echo json_encode($start), "\\n";
                } catch (Throwable \$e) {
                    echo get_class(\$e), "\\n";
                }
            });
            $end
            CODE, ini: '-d display_errors=0 -d log_errors=0');
    }
}
?>
--EXPECT--
throw new LogicException("uncaught");
Async\CancelledException
exit 255

Async\CancelledException
exit 255

Async\CancelledException
exit 255

"Cancelled"
exit 255

["started there","Async\\CancelledException"]
exit 255

trigger_error("fatal", E_USER_ERROR);
Async\CancelledException
exit 255

Async\CancelledException
exit 255

Async\CancelledException
exit 255

"Cancelled"
exit 255

["started there","Async\\CancelledException"]
exit 255

ini_set("async.at_exit", "kill"); exit(1);
Async\CancelledException
exit 1

Async\CancelledException
exit 1

Async\CancelledException
exit 1

"Cancelled"
exit 1

["started there","Async\\CancelledException"]
exit 1

what is started there first:
  a task: ["one",["one","two"]]
exit 255
  a map: [2,4]
exit 255
  a task: ["one",["one","two"]]
exit 255
  a map: [2,4]
exit 255
  a task: ["one",["one","two"]]
exit 1
  a map: [2,4]
exit 1
