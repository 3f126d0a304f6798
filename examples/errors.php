<?php

// Seven tasks that end badly, and one that does not. Each failure arrives as what it is, and harms none of the others.

declare(strict_types=1);

use Async\{NotSerializableException, Pool, ProcessDiedException};

use function Async\{async, await, settle};

class OrderRejected extends DomainException
{
    public function __construct(string $message, public readonly int $order)
    {
        parent::__construct($message, 409, new RuntimeException('out of stock'));
    }
}

$pool = Pool::create();
$pool['fine'] = async(fn () => 'a value');

// The very class that the child threw, with message, code, previous exception and own properties.
$pool['thrown'] = async(fn () => throw new OrderRejected('order refused', 7));

// The first handler whose parameter type matches; what it returns becomes the value.
$pool['caught'] = async(fn () => throw new OrderRejected('order refused', 8))
    ->catch(fn (TypeError $error) => 'not this one')
    ->catch(fn (OrderRejected | LengthException $error) => "order {$error->order} put back");

// A value was promised, and none came: exit, a crash and a fatal error are one class, distinguished by their details.
$pool['exit'] = async(fn () => exit(3));
$pool['killed'] = async(fn () => exec('kill -KILL ' . getmypid()));
$pool['memory'] = async(function () {
    ini_set('memory_limit', (string) (memory_get_usage(true) + (8 << 20)));
    ini_set('display_errors', '0');
    return strlen(str_repeat('x', 64 << 20));
});

// What PHP cannot serialize cannot come back.
$pool['closure'] = async(fn () => ['rows' => [fn () => 'a closure']]);

$cleaned = 0;
$pool['finally'] = async(fn () => throw new OrderRejected('order refused', 9))
    ->finally(function () use (&$cleaned) { $cleaned++; });

// settle() waits for all and throws nothing.
foreach (settle($pool) as $name => $future) {
    $error = $future->error();
    printf("%-8s %-10s %s\n", $name, $future->status()->name, $error === null
        ? var_export($future->await(), true)
        : $error::class . ': ' . strtok($error->getMessage(), "\n"));
}

$futures = settle($pool);
$thrown = $futures['thrown']->error();
$checks = [
    'the value'                => $futures['fine']->await() === 'a value',
    'the class and its fields' => $thrown instanceof OrderRejected && $thrown->order === 7 && $thrown->getCode() === 409,
    'the previous exception'   => $thrown?->getPrevious()?->getMessage() === 'out of stock',
    'file and line'            => $thrown?->getFile() === __FILE__,
    'catch by type'            => $futures['caught']->await() === 'order 8 put back',
    'exit'                     => $futures['exit']->error() instanceof ProcessDiedException,
    'a killed child'           => $futures['killed']->error() instanceof ProcessDiedException,
    'the memory limit'         => $futures['memory']->error() instanceof ProcessDiedException,
    'not serializable'         => $futures['closure']->error() instanceof NotSerializableException,
    'finally'                  => $cleaned === 1 && $futures['finally']->error() instanceof OrderRejected,
];

// await() throws the first failure that nothing handled, in the order in which the tasks went in.
try {
    await($pool);
    $checks['await throws'] = false;
} catch (OrderRejected $rejected) {
    $checks['await throws'] = $rejected->order === 7;
}

foreach (array_keys($checks, false, true) as $wrong) {
    fwrite(STDERR, "wrong: $wrong\n");
}
exit(in_array(false, $checks, true) ? 1 : 0);
