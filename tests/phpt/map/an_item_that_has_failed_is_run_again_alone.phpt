--TEST--
With retry() an item that failed, or whose child died, is run again, and no other item is; keys and order are kept
--FILE--
<?php
use Async\{Pool, ProcessDiedException};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

$items = range(0, 999);
foreach ([0, 0.01] as $backoff) {
    foreach (['array', 'generator'] as $kind) {
        foreach ([true, false] as $ordered) {
            $runs = new Runs();
            $run = function (int $i) use ($runs): int {
                $runs->add($i);
                match (true) {
                    $i % 100 === 17 && $runs->of($i) < 3 => posix_kill(getmypid(), SIGKILL),
                    $i % 100 === 42 && $runs->of($i) < 2 => exit(3),
                    $i % 100 === 63 && $runs->of($i) < 3 => throw new DomainException("run of $i"),
                    $i % 500 === 70 && $runs->of($i) < 2 => throw new DomainException(str_repeat('.', 200_000)),
                    $i % 500 === 88 => throw new DomainException('run ' . $runs->of($i)),
                    default => null,
                };
                return $i;
            };
            $results = Pool::create()->concurrency(2)->retry(2, $backoff)
                ->map($kind === 'array' ? $items : (fn() => yield from $items)(), $run, $ordered);
            $keys = $failed = $wrong = [];
            while ($results->valid()) {
                $keys[] = $results->key();
                try {
                    if ($results->current() !== $results->key()) {
                        $wrong[] = $results->key();
                    }
                } catch (DomainException $e) {
                    $failed[$results->key()] = $e->getMessage();
                }
                $results->next();
            }
            if ($ordered !== ($keys === $items)) {
                echo "the order is wrong\n";
            }
            sort($keys);
            ksort($failed);
            $often = array_filter(array_count_values($runs->all()), fn(int $n) => $n > 1);
            ksort($often);
            echo "$kind: ", $keys === $items ? 'all' : 'not all', ', ', count($wrong), ' wrong, ', json_encode($failed), "\n";
            $lines[] = json_encode($often);
        }
    }
}
echo implode("\n", array_unique($lines)), "\n";
?>
--EXPECT--
array: all, 0 wrong, {"88":"run 3","588":"run 3"}
array: all, 0 wrong, {"88":"run 3","588":"run 3"}
generator: all, 0 wrong, {"88":"run 3","588":"run 3"}
generator: all, 0 wrong, {"88":"run 3","588":"run 3"}
array: all, 0 wrong, {"88":"run 3","588":"run 3"}
array: all, 0 wrong, {"88":"run 3","588":"run 3"}
generator: all, 0 wrong, {"88":"run 3","588":"run 3"}
generator: all, 0 wrong, {"88":"run 3","588":"run 3"}
{"17":3,"42":2,"63":3,"70":2,"88":3,"117":3,"142":2,"163":3,"217":3,"242":2,"263":3,"317":3,"342":2,"363":3,"417":3,"442":2,"463":3,"517":3,"542":2,"563":3,"570":2,"588":3,"617":3,"642":2,"663":3,"717":3,"742":2,"763":3,"817":3,"842":2,"863":3,"917":3,"942":2,"963":3}
