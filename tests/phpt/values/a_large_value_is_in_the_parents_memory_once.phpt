--TEST--
A large value is in the parent's memory once while it comes back (pains 9 and 10)
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); }
if (!is_writable('/proc/self/clear_refs') || !@file_put_contents('/proc/self/clear_refs', '5')) {
    die('skip the kernel does not measure peaks');
}
?>
--INI--
memory_limit=-1
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/memory.php';

// What a process has besides: page tables, the buffer of the chunked reader, rounding to large pages.
const BESIDES = 4 << 20;

$row = fn(int $i): array => ['id' => $i, 'name' => "name $i", 'mail' => "user$i@example.com", 'active' => $i % 2 === 0, 'score' => $i / 7];
$made = fn(int $count, Closure $one): Closure => function () use ($count, $one): array {
    for ($all = [], $i = 0; $i < $count; $i++) {
        $all[] = $one($i);
    }
    return $all;
};
$values = [
    'a string of 64 MiB' => [1.1, fn(): string => str_repeat('0123456789abcdef', 1 << 22)],
    '1,000,000 integers' => [1.2, fn(): array => range(1, 1_000_000)],
    '1,000,000 floats' => [1.2, $made(1_000_000, fn(int $i): float => $i / 7)],
    '1,000,000 strings' => [1.2, $made(1_000_000, fn(int $i): string => "string $i")],
    '200,000 rows' => [1.2, $made(200_000, $row)],
];
await(async(fn() => 0));
foreach ($values as $what => [$limit, $make]) {
    [$peak, $value] = peak(fn() => await(async($make)));
    unset($value);
    $size = own_size($make);
    if (getenv('SHOW_PEAKS')) {
        printf("%s: %.2f\n", $what, $peak / $size);
    }
    echo $what, ': ', $peak <= $limit * $size + BESIDES ? 'once' : sprintf('%d bytes for %d', $peak, $size), "\n";
}
?>
--EXPECT--
a string of 64 MiB: once
1,000,000 integers: once
1,000,000 floats: once
1,000,000 strings: once
200,000 rows: once
