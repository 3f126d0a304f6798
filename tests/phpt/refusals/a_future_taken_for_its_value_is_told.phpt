--TEST--
A future that is taken for its value, as JSON, text, serialized or exported, is an AsyncError that says to await it
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

final class Answer implements JsonSerializable
{
    public function __construct(private mixed $user) {}
    public function jsonSerialize(): mixed { return ['user' => $this->user]; }
}

$future = async(fn() => ['id' => 1]);
$ways = [
    'json_encode' => fn() => json_encode(['user' => $future]),
    'json_encode of an object' => fn() => json_encode(new Answer($future)),
    'json_encode, partial' => fn() => json_encode([$future], JSON_PARTIAL_OUTPUT_ON_ERROR),
    'serialize' => fn() => serialize(['user' => $future]),
    'string' => fn() => (string) $future,
    'in a string' => fn() => "user: $future",
    'argument' => fn() => strlen($future),
    'implode' => fn() => implode(', ', [$future]),
    'var_export' => fn() => var_export([$future], true),
];
foreach (['before it was awaited', 'and after'] as $when) {
    echo $when, "\n";
    foreach ($ways as $way => $how) {
        echo $way, ': ', preg_replace('/\d+/', 'N', told($how)), "\n";
    }
    await($future);
}

$pool = new Pool();
$pool['user'] = async(fn() => 1);
echo preg_replace('/pid \d+/', 'pid N', told(fn() => json_encode($pool['user']))), "\n";
$e = failure(fn() => await(async(fn() => ['list' => [$future]])));
echo $e::class, ' ', $e->type, ' ', $e->path, "\n";

final class Failure extends Exception { public array $of = []; }
$e = failure(fn() => await(async(function () use ($future) {
    $failure = new Failure('in an exception it is what is left out');
    $failure->of = ['future' => $future, 'rest' => 1];
    throw $failure;
})));
echo $e->getMessage(), ' ', json_encode($e->of), "\n";

echo "what looks at it, or compares it, does not mind\n";
var_dump($future == 'x', 'x' == $future, in_array('x', [$future]), $future == $future, (bool) $future, (array) $future, get_object_vars($future));
var_dump($future);
print_r($future);
?>
--EXPECTF--
before it was awaited
json_encode: Async\AsyncError: the future of task #N (pid N) cannot be made JSON, only its value can: await() it first
json_encode of an object: Async\AsyncError: the future of task #N (pid N) cannot be made JSON, only its value can: await() it first
json_encode, partial: Async\AsyncError: the future of task #N (pid N) cannot be made JSON, only its value can: await() it first
serialize: Async\AsyncError: the future of task #N (pid N) cannot be serialized, only its value can: await() it first
string: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
in a string: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
argument: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
implode: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
var_export: Async\AsyncError: the future of task #N (pid N) cannot be exported, only its value can: await() it first
and after
json_encode: Async\AsyncError: the future of task #N (pid N) cannot be made JSON, only its value can: await() it first
json_encode of an object: Async\AsyncError: the future of task #N (pid N) cannot be made JSON, only its value can: await() it first
json_encode, partial: Async\AsyncError: the future of task #N (pid N) cannot be made JSON, only its value can: await() it first
serialize: Async\AsyncError: the future of task #N (pid N) cannot be serialized, only its value can: await() it first
string: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
in a string: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
argument: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
implode: Async\AsyncError: the future of task #N (pid N) cannot be made a string, only its value can: await() it first
var_export: Async\AsyncError: the future of task #N (pid N) cannot be exported, only its value can: await() it first
Async\AsyncError: the future of task "user" (pid N) cannot be made JSON, only its value can: await() it first
Async\NotSerializableException Async\Future ["list"][0]
in an exception it is what is left out {"future":null,"rest":1}
what looks at it, or compares it, does not mind
bool(false)
bool(false)
bool(false)
bool(true)
bool(true)
array(0) {
}
array(0) {
}
object(Async\Future)#%d (0) {
}
Async\Future Object
(
)
