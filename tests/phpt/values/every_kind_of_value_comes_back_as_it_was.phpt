--TEST--
Every kind of value comes back as it was: type, bits, order, bytes
--FILE--
<?php
use function Async\{async, await};

enum Suit: string { case Hearts = 'H'; case Spades = 'S'; }
enum Plain { case A; }
final class Point
{
    private array $inner = ['x'];
    protected ?self $next = null;
    public function __construct(public readonly int $x = 1, public ?string $name = null) {}
    public function with(self $next): self { $this->next = $next; return $this; }
}
$values = [
    'null' => null, 'true' => true, 'false' => false,
    'ints' => [0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, 65536, 2 ** 31, -2 ** 31 - 1, 2 ** 32, PHP_INT_MAX, PHP_INT_MIN],
    'floats' => [0.0, -0.0, 1.5, 0.1, 1e308, -1e-308, 5e-324, INF, -INF, PHP_FLOAT_EPSILON, 3.0],
    'strings' => ['', 'a', '0', "\0", "\xff\xfe", 'é', str_repeat('x', 31), str_repeat('x', 32), str_repeat('x', 255), str_repeat('x', 256), str_repeat("\0", 65536)],
    'looks serialized' => ['i:5;', 'a:0:{}', 'O:8:"stdClass":0:{}', "\x93\x01\x02\x03", "\xc0"],
    'keys' => ['a' => 1, '' => 2, 5 => 3, -5 => 4, '05' => 5, '1.5' => 6, PHP_INT_MAX => 7, PHP_INT_MIN => 8, "\0x" => 9, '9223372036854775808' => 10],
    'packed' => range(1, 300), 'empty' => [], 'nested' => [[[[]]], ['a' => ['b' => [1]]]],
    'objects' => [new stdClass(), (object) ['a' => 1, '5' => 2], new Point(3, 'p'), (new Point(1))->with(new Point(2))],
    'enums' => [Suit::Hearts, Plain::A, ['k' => Suit::Spades]],
    'internal' => [new DateTimeImmutable('2020-02-03 04:05:06.789', new DateTimeZone('Europe/Paris')), new DateInterval('P1DT2H'), new ArrayObject([1, 'a' => 2]), new SplFixedArray(3)],
    'exception' => new DomainException('as a value', 4),
];
$holes = [1, 2, 3, 4];
unset($holes[1], $holes[3]);
$values['holes'] = $holes;
foreach ($values as $name => $value) {
    $back = await(async(fn() => $value));
    if (serialize($back) !== serialize($value)) {
        echo "$name: ", var_export($back, true), "\n";
    }
}
echo count($values), " kinds\n";
var_dump(await(async(fn() => Suit::Hearts)) === Suit::Hearts);
var_dump(is_nan(await(async(fn() => NAN))), 1 / 0.5 === 2.0, fdiv(1, await(async(fn() => -0.0))) === -INF);
$appended = await(async(fn() => $holes));
$appended[] = 'next'; // as after unserialize(serialize()): one above the highest
echo json_encode($appended), "\n";
?>
--EXPECT--
16 kinds
bool(true)
bool(true)
bool(true)
bool(true)
{"0":1,"2":3,"3":"next"}
