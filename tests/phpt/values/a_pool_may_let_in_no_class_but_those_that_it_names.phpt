--TEST--
Pool::allowedClasses() names the classes whose objects a result may have
--FILE--
<?php
use Async\{Pool, ProtocolException};
use function Async\async;

class Plain { public int $n = 1; }
class Other { public int $n = 2; }
class Waking {
    public static int $made = 0;
    public function __serialize(): array { return ['n' => 3]; }
    public function __unserialize(array $data): void { self::$made++; }
}
class Own extends RuntimeException {}
enum Suit { case Hearts; }

$tasks = [
    'plain' => fn () => new Plain(),
    'deep' => fn () => ['a' => [new Plain(), new Other()]],
    'waking' => fn () => [new Waking()],
    'bag' => fn () => (object) ['a' => 1],
    'date' => fn () => new DateTimeImmutable('2020-01-01'),
    'large' => fn () => array_fill(0, 20000, new Other()),
    'array' => fn () => ['no' => ['object', 1, 2.5]],
    'thrown' => fn () => throw new Own('own'),
    'known' => fn () => throw new DomainException('of PHP'),
];
function told(Async\Future $future): string {
    try {
        $value = $future->await();
        return get_debug_type($value);
    } catch (Throwable $e) {
        return get_class($e) . ': ' . preg_replace('/\(pid \d+\)/', '(pid)', $e->getMessage());
    }
}
function run(array $tasks, Pool $pool): void {
    foreach ($tasks as $key => $task) { $pool[$key] = async($task); }
    foreach ($pool->keys() as $key) { echo "$key: ", told($pool[$key]), "\n"; }
}
echo "-- some\n";
run($tasks, Pool::create()->allowedClasses(['plain', '\\Waking']));
echo Waking::$made, " made\n";
echo "-- none\n";
run(['plain' => $tasks['plain'], 'array' => $tasks['array'], 'suit' => fn () => Suit::Hearts, 'graph' => fn () => [new Waking(), Suit::Hearts]], Pool::create()->allowedClasses(false));
echo "-- warm\n";
run(['deep' => $tasks['deep'], 'waking' => $tasks['waking']], Pool::create()->tasksPerChild(0)->allowedClasses([]));
echo Waking::$made, " made\n";
echo "-- all again\n";
run(['own' => $tasks['thrown'], 'plain' => $tasks['plain']], Pool::create()->allowedClasses([])->allowedClasses(true));
echo "-- map\n";
try {
    foreach (Pool::create()->allowedClasses(['Plain'])->map([1, 2], fn (int $n) => $n === 1 ? new Plain() : new Other()) as $n => $value) {
        echo $n, ' ', get_debug_type($value), "\n";
    }
} catch (ProtocolException $e) { echo preg_replace('/\(pid \d+\)/', '(pid)', $e->getMessage()), "\n"; }
echo "-- messages\n";
$pool = Pool::create()->allowedClasses(['Plain']);
$pool['talks'] = async(function (): void {
    Async\channel()->send(new Plain());
    Async\channel()->send(new Other());
    Async\channel()->receive();
    Async\channel()->send(new Other()); // is received when the task has ended
});
$channel = $pool['talks']->channel();
echo get_debug_type($channel->receive()), "\n";
for ($i = 0; $i < 2; $i++) {
    try { $channel->receive(); } catch (ProtocolException $e) { echo $e->getMessage(), "\n"; }
    $i === 0 && $channel->send('go on');
    $pool->wait();
}
echo "-- wrong\n";
foreach ([[[1]], ['Plain'], []] as $arguments) {
    try { Pool::create()->allowedClasses(...$arguments); } catch (Error $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
--EXPECT--
-- some
plain: Plain
deep: Async\ProtocolException: task "deep" (pid) sent a result that cannot be read: class Other is not one that the pool's allowedClasses() lets in
waking: array
bag: Async\ProtocolException: task "bag" (pid) sent a result that cannot be read: class stdClass is not one that the pool's allowedClasses() lets in
date: Async\ProtocolException: task "date" (pid) sent a result that cannot be read: class DateTimeImmutable is not one that the pool's allowedClasses() lets in
large: Async\ProtocolException: task "large" (pid) sent a result that cannot be read: class Other is not one that the pool's allowedClasses() lets in
array: array
thrown: Async\RemoteException: own
known: DomainException: of PHP
1 made
-- none
plain: Async\ProtocolException: task "plain" (pid) sent a result that cannot be read: class Plain is not one that the pool's allowedClasses() lets in
array: array
suit: Suit
graph: Async\ProtocolException: task "graph" (pid) sent a result that cannot be read: class Waking is not one that the pool's allowedClasses() lets in
-- warm
deep: Async\ProtocolException: task "deep" (pid) sent a result that cannot be read: class Plain is not one that the pool's allowedClasses() lets in
waking: Async\ProtocolException: task "waking" (pid) sent a result that cannot be read: class Waking is not one that the pool's allowedClasses() lets in
1 made
-- all again
own: Own: own
plain: Plain
-- map
0 Plain
task [1] (pid) sent a result that cannot be read: class Other is not one that the pool's allowedClasses() lets in
-- messages
Plain
a message was received that cannot be read: class Other is not one that the pool's allowedClasses() lets in
a message was received that cannot be read: class Other is not one that the pool's allowedClasses() lets in
-- wrong
TypeError: Async\Pool::allowedClasses(): Argument #1 ($classes) must be an array of class names, all of them strings
TypeError: Async\Pool::allowedClasses(): Argument #1 ($classes) must be of type array|bool, string given
ArgumentCountError: Async\Pool::allowedClasses() expects exactly 1 argument, 0 given
