--TEST--
A thousand restarts leave no memory, no descriptor and no zombie in the supervisor
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
use Async\{Restart, Supervisor};

require __DIR__ . '/../../support/supervisor.php';

$seen = [];
$count = 0;
$code = Supervisor::create()
    ->restart(Restart::Always, backoff: 0)
    ->add('w', fn () => null, 4)
    ->onEvent(function (string $level, string $message, array $context) use (&$seen, &$count) {
        if ($context['event'] === 'returned' && ++$count % 500 === 0) {
            $seen[] = [memory_get_usage(), count(scandir('/proc/self/fd')), (int) preg_replace('/.*VmRSS:\s+(\d+).*/s', '$1', file_get_contents('/proc/self/status'))];
            if (count($seen) === 3) {
                order(SIGTERM);
            }
        }
    })
    ->run();
[$before, , $after] = $seen;
check('memory of PHP', $after[0] - $before[0] < 10_000, $seen);
check('descriptors', $after[1] - $before[1] < 10, $seen);
check('memory of the process', $after[2] - $before[2] < 1000, $seen);
var_dump($code);
?>
--EXPECT--
memory of PHP: yes
descriptors: yes
memory of the process: yes
int(0)
