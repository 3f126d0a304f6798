--TEST--
__serialize, __unserialize, __sleep and __wakeup of a class are used
--FILE--
<?php
use function Async\{async, await};

final class Modern
{
    public string $how = 'made';
    public function __serialize(): array { return ['sent']; }
    public function __unserialize(array $data): void { $this->how = $data[0] . ' and received'; }
}
final class Old
{
    public int $kept = 5;
    public ?int $dropped = 6;
    public string $how = 'made';
    public function __sleep(): array { return ['kept']; }
    public function __wakeup(): void { $this->how = 'woken'; $this->dropped = null; }
}
echo await(async(fn() => new Modern()))->how, "\n";
$old = await(async(fn() => new Old()));
echo $old->how, ' ', $old->kept, ' ', json_encode($old->dropped), "\n";
?>
--EXPECT--
sent and received
woken 5 null
