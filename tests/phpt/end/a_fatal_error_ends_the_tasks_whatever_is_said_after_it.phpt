--TEST--
A fatal error ends the tasks that were started before it, whatever warnings come after it and whoever clears the last error
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['trigger_error("late", E_USER_WARNING);', 'error_clear_last();', '@trigger_error("late", E_USER_NOTICE);'] as $late) {
    foreach (['throw new DomainException();', 'trigger_error("the end", E_USER_ERROR);', 'ini_set("memory_limit", "8M"); str_repeat("x", 1 << 25);'] as $end) {
        foreach ([1, 0] as $tasks) {
            echo trim(php(<<<CODE
                register_shutdown_function(function () { $late });
                \$gate = new Gate();
                \$pool = Pool::create()->tasksPerChild($tasks);
                await(\$pool->add(fn() => 1));
                \$pool->add(fn() => \$gate->never());
                $end
                CODE, '-d display_errors=0 -d log_errors=0')), "\n";
        }
    }
}
?>
--EXPECT--
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
exit 255
