--TEST--
Connections to a real MariaDB outlive two hundred children, with the same connection id and a lock that is held (pain 17)
--EXTENSIONS--
mysqlnd
pdo
pdo_mysql
mysqli
--INI--
display_errors=0
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('/usr/sbin/mariadbd');
?>
--FILE--
<?php
require __DIR__ . '/../../support/services.php';

$socket = mariadb();
$pdo = new PDO("mysql:unix_socket=$socket", 'async', options: [PDO::ATTR_EMULATE_PREPARES => false]);
$kept = new PDO("mysql:unix_socket=$socket", 'async', options: [PDO::ATTR_PERSISTENT => true]);
$mysqli = new mysqli(username: 'async', socket: $socket);
$mysqliKept = new mysqli('p:localhost', 'async', socket: $socket);
$ids = fn() => [
    (int) $pdo->query('SELECT CONNECTION_ID()')->fetchColumn(),
    (int) $kept->query('SELECT CONNECTION_ID()')->fetchColumn(),
    (int) $mysqli->query('SELECT CONNECTION_ID()')->fetch_row()[0],
    (int) $mysqliKept->query('SELECT CONNECTION_ID()')->fetch_row()[0],
];
$before = $ids();
$pdo->query("SELECT GET_LOCK('async', 0)")->fetchAll();
$statement = $pdo->prepare('SELECT ? + 1');

echo two_hundred_children([$pdo, $kept, $mysqli, $mysqliKept]), "\n";

check('same connections', $ids() === $before && count(array_unique($before)) === 4, [$before, $ids()]);
$statement->execute([1]);
check('a statement prepared before', (int) $statement->fetchColumn() === 2);
$holder = $mysqli->query("SELECT IS_USED_LOCK('async')")->fetch_row()[0];
check('the lock is held by whom it was', (int) $holder === $before[0], $holder);
?>
--EXPECT--
300 ended, 240 badly
same connections: yes
a statement prepared before: yes
the lock is held by whom it was: yes
