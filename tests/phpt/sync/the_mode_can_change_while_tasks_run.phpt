--TEST--
async.mode counts for tasks that begin: ini_set() changes it while children run, with every kind of pool
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$where = fn() => getmypid() === PARENT ? 'here' : 'in a child';
define('PARENT', getmypid());
foreach (['isolated' => new Pool(), 'warm' => Pool::create()->tasksPerChild(0)->concurrency(2)] as $kind => $pool) {
    $gate = new Gate();
    $pool['begun'] = function () use ($gate, $where) { $gate->pass(); return $where(); };
    while ($pool['begun']->status()->name !== 'Running') {
        $pool->tick();
    }
    ini_set('async.mode', 'sync');
    $pool['sync'] = $where;
    echo $pool['sync']->status()->name, "\n";
    ini_set('async.mode', 'process');
    $pool['after'] = $where;
    $gate->open();
    echo $kind, ' ', json_encode(await($pool)), "\n";
}
$map = Pool::create()->map([1, 2, 3], $where);
ini_set('async.mode', 'sync');
echo json_encode(iterator_to_array($map)), ' ', json_encode(Async\map([1, 2], $where)), "\n";
var_dump(@ini_set('async.mode', 'threads'), ini_get('async.mode'), Pool::isSupported());
?>
--EXPECT--
Succeeded
isolated {"begun":"in a child","sync":"here","after":"in a child"}
Succeeded
warm {"begun":"in a child","sync":"here","after":"in a child"}
["in a child","in a child","in a child"] ["here","here"]
bool(false)
string(4) "sync"
bool(true)
