--TEST--
Typed, readonly and uninitialized properties come back
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

final class Row
{
    public readonly array $fields;
    public int $never;
    private readonly ?DateTimeImmutable $at;
    public function __construct() { $this->fields = ['a' => 1.0]; $this->at = new DateTimeImmutable('2020-01-01'); }
    public function at(): string { return $this->at->format('Y'); }
}
$row = await(async(fn() => new Row()));
var_dump($row->fields, $row->at(), (new ReflectionProperty($row, 'never'))->isInitialized($row));
echo told(fn() => $row->fields = []), "\n";
?>
--EXPECT--
array(1) {
  ["a"]=>
  float(1)
}
string(4) "2020"
bool(false)
Error: Cannot modify readonly property Row::$fields
