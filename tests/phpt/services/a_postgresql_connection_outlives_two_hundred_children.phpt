--TEST--
Connections to a real PostgreSQL outlive two hundred children, with the same backend and an open transaction (pain 17)
--EXTENSIONS--
pdo
pdo_pgsql
pgsql
--INI--
display_errors=0
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('/usr/lib/postgresql/*/bin/postgres', '/usr/lib/postgresql/*/bin/initdb');
?>
--FILE--
<?php
require __DIR__ . '/../../support/services.php';

$options = postgresql();
$pdo = new PDO("pgsql:$options", null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
$kept = new PDO("pgsql:$options", null, null, [PDO::ATTR_PERSISTENT => true]);
$plain = pg_connect($options);
$backends = fn() => [
    $pdo->query('SELECT pg_backend_pid()')->fetchColumn(),
    $kept->query('SELECT pg_backend_pid()')->fetchColumn(),
    (int) pg_fetch_result(pg_query($plain, 'SELECT pg_backend_pid()'), 0),
];
$before = $backends();
$pdo->beginTransaction();
$pdo->exec('CREATE TABLE notes (line int)');
$statement = $pdo->prepare('INSERT INTO notes VALUES (?)');
$statement->execute([1]);

echo two_hundred_children([$pdo, $kept, $plain]), "\n";

$statement->execute([2]);
$pdo->commit();
check('same backends', $backends() === $before && count(array_unique($before)) === 3, [$before, $backends()]);
echo pg_fetch_result(pg_query($plain, 'SELECT sum(line) FROM notes'), 0), "\n";
$pdo->exec('DROP TABLE notes');
?>
--EXPECT--
300 ended, 240 badly
same backends: yes
3
