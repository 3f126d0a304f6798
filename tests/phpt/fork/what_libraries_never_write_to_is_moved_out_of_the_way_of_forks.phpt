--TEST--
After some forks the read-only data of libraries is in one file in memory, which a fork does not copy, in parent and children
--SKIPIF--
<?php
if (!is_readable('/proc/self/maps') || !version_compare(php_uname('r'), '5.1', '>=')) { die('skip needs Linux 5.1'); }
?>
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** How much is in that file, in pages; and how much of it may be written to. */
function moved(): array
{
    $pages = $writable = 0;
    foreach (file('/proc/self/maps') as $line) {
        if (preg_match('/^(\w+)-(\w+) (.)(.)(.)(.) .* \/memfd:async-relocated/', $line, $found)) {
            $pages += (hexdec($found[2]) - hexdec($found[1])) / 4096;
            $writable += (int) ($found[4] === 'w' || $found[6] !== 's');
        }
    }
    return [$pages, $writable];
}

echo 'before: ', moved()[0], "\n";
$forks = function (int $count): array {
    $pool = Pool::create()->concurrency(4);
    for ($i = 0; $i < $count; $i++) {
        $pool[] = fn () => array_sum(range(1, 10));
    }
    return await($pool);
};
$forks(4);
echo 'after a few forks: ', moved()[0], "\n";
$few = count(scandir('/proc/self/fd'));
echo array_sum($forks(40)), "\n";
check('moved', moved()[0] > 10, moved());
check('read-only', moved()[1] === 0, moved());
check('no descriptor is left', count(scandir('/proc/self/fd')) === $few);
// A child has the same, makes processes of its own, and finds classes, functions and constants of every extension there.
$child = await(Async\async(function () {
    $seen = [moved(), await(Async\async(fn () => moved()))];
    foreach (get_loaded_extensions() as $extension) {
        @(new ReflectionExtension($extension))->__toString(); // PHP 8.5 warns of the constant NAN
    }
    return $seen;
}));
check('the same in a child and in its child', $child === [moved(), moved()], $child);
?>
--EXPECT--
before: 0
after a few forks: 0
2200
moved: yes
read-only: yes
no descriptor is left: yes
the same in a child and in its child: yes
