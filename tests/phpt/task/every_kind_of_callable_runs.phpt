--TEST--
Every kind of callable runs (pain 8)
--FILE--
<?php
use function Async\{async, await};

class Work
{
    public function __construct(private string $name = 'invoked') {}
    public static function fixed(): string { return 'static method'; }
    public function method(): string { return 'method of ' . $this->name; }
    public function __invoke(): string { return $this->name; }
    public function closure(): Closure { return fn() => 'closure of ' . $this->name; }
    public function __call(string $name, array $arguments): string { return "magic $name"; }
}
function plain(): string { return 'function'; }

$object = new Work('object');
$tasks = [
    'plain',
    'Work::fixed',
    ['Work', 'fixed'],
    [$object, 'method'],
    [$object, 'anything'],
    $object,
    $object->closure(),
    $object->method(...),
    Work::fixed(...),
    plain(...),
    static fn() => 'static closure',
    function () { return 'closure'; },
];
foreach (await(array_map(fn($task) => async($task), $tasks)) as $value) {
    echo $value, "\n";
}
var_dump(await(async('strtoupper', 'internal function')));
var_dump(await(async(strrev(...), 'abc')));
?>
--EXPECT--
function
static method
static method
method of object
magic anything
object
closure of object
method of object
static method
function
static closure
closure
string(17) "INTERNAL FUNCTION"
string(3) "cba"
