--TEST--
A hook of a pool gives each of its children a connection of its own; the parent's is left as it was (pain 18)
--EXTENSIONS--
pdo
pdo_pgsql
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('/usr/lib/postgresql/*/bin/postgres', '/usr/lib/postgresql/*/bin/initdb');
?>
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/services.php';

$options = postgresql();
$connect = fn() => new PDO("pgsql:$options");
$backend = fn(PDO $of) => $of->query('SELECT pg_backend_pid()')->fetchColumn();
$pdo = $connect();
$inherited = $pdo; // held, so that the hook's assignment does not close what the parent uses
$own = $backend($pdo);
$pool = Pool::create()->onFork(child: function () use (&$pdo, $connect) { $pdo = $connect(); });
for ($i = 0; $i < 8; $i++) {
    $pool[] = function () use (&$pdo, $backend) { return [$backend($pdo), $backend($pdo)]; };
}
$seen = await($pool);
check('eight of their own', count(array_unique([$own, ...array_column($seen, 0)])) === 9, $seen);
check('each its own for good', array_column($seen, 0) === array_column($seen, 1), $seen);
check('the parent has its own', $backend($pdo) === $own);
?>
--EXPECT--
eight of their own: yes
each its own for good: yes
the parent has its own: yes
