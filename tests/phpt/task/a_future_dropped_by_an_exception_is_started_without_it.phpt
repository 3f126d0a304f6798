--TEST--
A future that goes before it started while an exception passes by is started all the same: neither its task nor a hook sees the exception, which arrives as it was
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, onFork};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$hooked = 0;
onFork(child: function () use ($notes) { $notes->write('hook of the child'); }, parent: function () use (&$hooked) { $hooked++; });

function thrown_past_a_future(Notes $notes): void
{
    $pool = Pool::create();
    $future = async(fn() => $notes->write('task'));
    throw new DomainException('of the parent');
}

function thrown_past_one_in_an_argument(Notes $notes): void
{
    $pool = Pool::create();
    $pool['key'] = fn() => 1;
    $pool['key'] = async(fn() => $notes->write('task'));
}

function thrown_in_a_generator(Notes $notes): iterable
{
    $pool = Pool::create();
    $future = async(fn() => $notes->write('task'));
    yield 1;
    throw new DomainException('of a generator');
}

echo told(fn() => thrown_past_a_future($notes)), "\n";
echo $notes->next(), ', ', $notes->next(), "\n";
echo told(fn() => thrown_past_one_in_an_argument($notes)), "\n";
// Two children, which write in any order.
$written = [$notes->next(), $notes->next(), $notes->next()];
sort($written);
echo implode(', ', $written), "\n";
echo told(fn() => iterator_to_array(thrown_in_a_generator($notes))), "\n";
echo $notes->next(), ', ', $notes->next(), "\n";
echo $hooked, "\n";
// An exit passes by in the same way.
echo php(<<<'CODE'
    function leaves(): void
    {
        $pool = Pool::create();
        $future = async(fn() => print("task\n"));
        exit(3);
    }
    try {
        leaves();
    } finally {
        echo 'not here';
    }
    CODE);
// What a hook throws does not replace what passes by.
echo php(<<<'CODE'
    onFork(parent: fn() => throw new LogicException('of the hook'));
    function fails(): void
    {
        $pool = Pool::create();
        $future = async(fn() => 1);
        throw new DomainException('of the parent');
    }
    echo told(fn() => fails()), "\n", told(fn() => await([]));
    CODE);
?>
--EXPECT--
DomainException: of the parent
hook of the child, task
ValueError: Async\Pool::offsetSet(): Argument #1 ($offset) must not be in use, "key" is
hook of the child, hook of the child, task
DomainException: of a generator
hook of the child, task
4
task
exit 3
DomainException: of the parent
LogicException: of the hook
exit 0
