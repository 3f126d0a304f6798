--TEST--
A closure that captured 200 MiB starts in a child that has nothing of it for itself, until it writes (pain 11)
--INI--
memory_limit=-1
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$large = [];
for ($i = 0; $i < 200; $i++) {
    $large[] = str_repeat(chr($i), 1 << 20);
}
/** What of this process's memory is not shared with any other, in KiB. */
$private = function (): int {
    preg_match_all('/^Private_(?:Clean|Dirty): +(\d+) kB$/m', file_get_contents('/proc/self/smaps_rollup'), $found);
    return array_sum($found[1]);
};
[$before, $after, $written] = await(async(function () use ($large, $private) {
    $before = $private();
    $sum = 0;
    foreach ($large as $text) {
        $sum += ord($text[1000]); // reading copies nothing
    }
    $after = $private();
    for ($i = 0; $i < 50; $i++) {
        $own[] = strrev($large[$i]);
    }
    return [$before, $after, $private()];
}));
check('less than 5 MiB at the start', $before < 5 * 1024, $before);
check('less than 5 MiB when it was read', $after < 5 * 1024, $after);
check('50 MiB more when 50 MiB were written', $written - $after >= 50 * 1024, $written - $after);
?>
--EXPECT--
less than 5 MiB at the start: yes
less than 5 MiB when it was read: yes
50 MiB more when 50 MiB were written: yes
