--TEST--
A child that dies costs the item that it was at: the others are run, and none of them twice
--FILE--
<?php
use Async\{Pool, ProcessDiedException};

require __DIR__ . '/../../support/sync.php';

$file = tempnam(sys_get_temp_dir(), 'map');
$run = function (int $i) use ($file): int {
    file_put_contents($file, "$i\n", FILE_APPEND | LOCK_EX);
    match ($i % 100) {
        17 => posix_kill(getmypid(), SIGKILL),
        42 => exit(3),
        63 => throw new DomainException((string) $i),
        default => null,
    };
    return $i;
};
foreach (['array' => range(0, 999), 'generator' => (fn() => yield from range(0, 999))()] as $kind => $items) {
    file_put_contents($file, '');
    $right = $failed = [];
    $results = Pool::create()->concurrency(2)->map($items, $run);
    while ($results->valid()) {
        try {
            $right[] = $results->current() === $results->key();
        } catch (ProcessDiedException | DomainException $e) {
            $failed[$e::class][] = $results->key();
        }
        $results->next();
    }
    $lines = file($file, FILE_IGNORE_NEW_LINES);
    echo $kind, ': ', count($right), ' right, ', count($lines), ' runs of ', count(array_unique($lines)), " items\n";
    var_dump(!in_array(false, $right, true));
    sort($failed[ProcessDiedException::class]);
    echo implode(' ', $failed[ProcessDiedException::class]), "\n", implode(' ', $failed[DomainException::class]), "\n";
}
unlink($file);
?>
--EXPECT--
array: 970 right, 1000 runs of 1000 items
bool(true)
17 42 117 142 217 242 317 342 417 442 517 542 617 642 717 742 817 842 917 942
63 163 263 363 463 563 663 763 863 963
generator: 970 right, 1000 runs of 1000 items
bool(true)
17 42 117 142 217 242 317 342 417 442 517 542 617 642 717 742 817 842 917 942
63 163 263 363 463 563 663 763 863 963
