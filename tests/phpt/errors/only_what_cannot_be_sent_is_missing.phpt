--TEST--
Of an exception only what cannot be sent is missing, however deep it is: null is in its place, and lost() tells paths and types
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, lost};

require __DIR__ . '/../../support/sync.php';

final class Refuses
{
    public function __serialize(): array { throw new LogicException('no'); }
}
final class Sleeps
{
    public int $n = 3;
    private Closure $left;
    public function __construct() { $this->left = fn() => 1; }
    public function __sleep(): array { return ['n']; }
}
/** As wrappers of closures do it. */
final class Wraps
{
    public function __construct(private ?Closure $closure) {}
    public function __serialize(): array { return ['code of ' . ($this->closure)()]; }
    public function __unserialize(array $data): void { $this->closure = fn() => $data[0]; }
    public function code(): string { return ($this->closure)(); }
}
final class Gives
{
    public function __construct(public mixed $inner) {}
    public function __serialize(): array { return [$this->inner, 'beside']; }
    public function __unserialize(array $data): void { $this->inner = $data; }
}
final class Response
{
    public array $headers = ['X' => 'y'];
    public Closure $typed;
    public ?Closure $nullable;
    public readonly array $written;
    public self $me;
    public function __construct(public int $status, private mixed $body)
    {
        $this->typed = fn() => 3;
        $this->nullable = fn() => 4;
        $this->written = [$body, 'kept'];
        $this->me = $this;
        $this->headers['deep'] = ['stream' => $body, 'list' => [fn() => 2, 5]];
    }
    public function body(): mixed { return $this->body; }
}
#[AllowDynamicProperties]
final class Oops extends Exception
{
    public ?Response $response = null;
    public array $references;
    public Closure $own;
    public mixed $others;
}
$throw = function () {
    $stream = fopen('php://temp', 'r+');
    $oops = new Oops('message', 5, new Oops('previous'));
    $oops->response = new Response(404, $stream);
    $shared = [$stream, 1];
    $oops->references = [&$shared, &$shared];
    $oops->own = fn() => 1;
    $oops->others = [new Refuses(), new Sleeps(), new Gives(fn() => 1), new ArrayObject([fn() => 1]), (function () { yield 1; })(), new class {}, async(fn() => 1), new ArrayObject(['fine']), new Wraps(fn() => 'a closure')];
    $oops->added = ['f' => $stream, 'g' => 1];
    $oops->getPrevious()->others = $stream;
    $GLOBALS['kept'] = $oops; // a warm worker goes on using what it threw
    throw $oops;
};
foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
    $pool['throws'] = $throw;
    $oops = failure(fn() => await($pool));
    echo $kind, ': ', get_debug_type($oops), ' ', $oops->getCode(), ' ', $oops->response->status, "\n";
    foreach ([$oops, $oops->getPrevious()] as $throwable) {
        foreach (lost($throwable) as $path => $type) {
            echo "  $path $type\n";
        }
    }
    $response = $oops->response;
    check('the object round it', $response->me === $response && $response->headers === ['X' => 'y', 'deep' => ['stream' => null, 'list' => [null, 5]]]);
    check('null', $response->body() === null && $response->nullable === null && $response->written === [null, 'kept']);
    check('not initialized', !(new ReflectionProperty($response, 'typed'))->isInitialized($response) && !(new ReflectionProperty($oops, 'own'))->isInitialized($oops));
    $oops->references[0][1] = 2;
    check('references', $oops->references[1] === [null, 2]);
    check('hooks', $oops->others[0] === null && $oops->others[1]->n === 3 && $oops->others[2]->inner === [null, 'beside'] && $oops->others[7]['0'] === 'fine' && $oops->others[8]->code() === 'code of a closure');
    check('added', $oops->added === ['f' => null, 'g' => 1]);
    if ($tasks === 0) {
        $pool['looks'] = function () {
            $kept = $GLOBALS['kept'];
            return [$kept->response->body() === $kept->added['f'], ($kept->own)(), ($kept->response->typed)(), ($kept->response->headers['deep']['list'][0])(), is_resource($kept->references[0][0]), $kept->response->written[1]];
        };
        echo json_encode($pool['looks']->await()), "\n";
    }
}
echo json_encode(lost(new Exception('of this process'))), json_encode(lost(failure(fn() => await(async(fn() => throw new LogicException('whole')))))), "\n";
echo told(fn() => lost(new stdClass())), "\n";
$before = $oops;
unset($oops, $throwable, $response, $pool);
check('as long as it lives', count(lost($before)) > 0);
?>
--EXPECT--
isolated: Oops 5 404
  ->response->headers["deep"]["stream"] resource (stream)
  ->response->headers["deep"]["list"][0] Closure
  ->response->typed Closure
  ->response->nullable Closure
  ->response->written[0] resource (stream)
  ->response->body resource (stream)
  ->references[0][0] resource (stream)
  ->own Closure
  ->others[3] ArrayObject
  ->others[4] Generator
  ->others[5] class@anonymous
  ->others[6] Async\Future
  ->others[0] Refuses
  ->others[2]->inner Closure
  ->added["f"] resource (stream)
  ->others resource (stream)
the object round it: yes
null: yes
not initialized: yes
references: yes
hooks: yes
added: yes
warm: Oops 5 404
  ->response->headers["deep"]["stream"] resource (stream)
  ->response->headers["deep"]["list"][0] Closure
  ->response->typed Closure
  ->response->nullable Closure
  ->response->written[0] resource (stream)
  ->response->body resource (stream)
  ->references[0][0] resource (stream)
  ->own Closure
  ->others[3] ArrayObject
  ->others[4] Generator
  ->others[5] class@anonymous
  ->others[6] Async\Future
  ->others[0] Refuses
  ->others[2]->inner Closure
  ->added["f"] resource (stream)
  ->others resource (stream)
the object round it: yes
null: yes
not initialized: yes
references: yes
hooks: yes
added: yes
[true,1,3,2,true,"kept"]
[][]
TypeError: Async\lost(): Argument #1 ($throwable) must be of type Throwable, stdClass given
as long as it lives: yes
