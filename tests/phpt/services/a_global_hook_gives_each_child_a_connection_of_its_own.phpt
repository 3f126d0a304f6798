--TEST--
A global hook gives each child a connection of its own, those of async() and of every pool (pain 18)
--EXTENSIONS--
mysqlnd
pdo
pdo_mysql
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('/usr/sbin/mariadbd');
?>
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, onFork};

require __DIR__ . '/../../support/services.php';

$socket = mariadb();
final class Database
{
    public static ?PDO $pdo = null;
    private static array $inherited = [];
    public static function connect(string $socket): void
    {
        self::$inherited[] = self::$pdo; // never closed here: the server would take that for the parent's goodbye
        self::$pdo = new PDO("mysql:unix_socket=$socket", 'async');
    }
    public static function id(): int { return (int) self::$pdo->query('SELECT CONNECTION_ID()')->fetchColumn(); }
}
Database::connect($socket);
$own = Database::id();
onFork(child: fn() => Database::connect($socket));
$seen = await([async('Database::id'), async('Database::id')]);
$pool = Pool::create();
$pool[] = 'Database::id';
$pool[] = 'Database::id';
$seen = [...$seen, ...await($pool)];
check('four of their own', count(array_unique([$own, ...$seen])) === 5, $seen);
check('the parent has its own', Database::id() === $own);
?>
--EXPECT--
four of their own: yes
the parent has its own: yes
