--TEST--
What a task is bound to arrives as a copy: references among it are kept, and nothing comes back
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

final class Node
{
    private int $private = 1;
    public readonly array $fixed;
    public int $unset;
    protected ?Node $other = null;

    public function __construct()
    {
        $this->fixed = ['a' => 1];
    }

    public function same(Node $node)
    {
        return fn() => [$this === $node, $this->private, $this->fixed, isset($this->unset)];
    }

    public function tie(Node $node): self
    {
        [$this->other, $node->other] = [$node, $this];
        return $this;
    }

    public function round()
    {
        return fn() => $this->other !== $this && $this->other->other === $this;
    }
}

enum Letter
{
    case A;
}

$pool = warm();
$n = 1;
echo 'by reference: ', sent($pool, function () use (&$n) { return ++$n; }), " here $n\n";
$m = &$n;
echo 'two to one variable: ', sent($pool, function () use (&$n, &$m) { $n = 'changed'; return $m; }), " here $n\n";
$node = new Node();
echo 'an object twice: ', sent($pool, $node->same($node)), "\n";
echo 'two objects: ', sent($pool, $node->same(new Node())), "\n";
echo 'a cycle: ', sent($pool, $node->tie(new Node())->round()), "\n";
$array = [1];
$array[] = &$array;
echo 'an array in itself: ', sent($pool, fn() => $array[1][1][0]), "\n";
$a = Letter::A;
echo 'an enum: ', sent($pool, fn() => $a === Letter::A), "\n";
$bits = [-0.0, NAN, "\0\xff", PHP_INT_MIN, null, ['1' => 'int key', '01' => 'string key']];
echo 'scalars: ', sent($pool, fn() => serialize($bits) === 'a:6:{i:0;d:-0;i:1;d:NAN;i:2;s:2:"' . "\0\xff" . '";i:3;i:' . PHP_INT_MIN
    . ';i:4;N;i:5;a:2:{i:1;s:7:"int key";s:2:"01";s:10:"string key";}}'), "\n";
?>
--EXPECT--
by reference: 2 (Sent) here 1
two to one variable: "changed" (Sent) here 1
an object twice: [true,1,{"a":1},false] (Sent)
two objects: [false,1,{"a":1},false] (Sent)
a cycle: true (Sent)
an array in itself: 1 (Sent)
an enum: true (Sent)
scalars: true (Sent)
