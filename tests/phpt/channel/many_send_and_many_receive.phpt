--TEST--
Several senders and several receivers: each message arrives once, and those of one sender in its order
--FILE--
<?php
use Async\Channel;
use function Async\{async, await};

$channel = Channel::create(64);
$each = 2000;
$senders = $receivers = [];
for ($s = 0; $s < 4; $s++) {
    $senders[] = async(function () use ($channel, $s, $each): void {
        for ($i = 0; $i < $each; $i++) {
            $channel->send([$s, $i, $i % 500 ? '' : str_repeat('.', 200_000)]);
        }
    });
}
for ($r = 0; $r < 4; $r++) {
    $receivers[] = async(function () use ($channel): array {
        $got = [];
        foreach ($channel as [$s, $i]) {
            $got[$s][] = $i;
        }
        return $got;
    });
}
await($senders);
$channel->close();
$all = [];
$ordered = true;
foreach (await($receivers) as $got) {
    foreach ($got as $s => $numbers) {
        $sorted = $numbers;
        sort($sorted);
        $ordered = $ordered && $sorted === $numbers;
        array_push($all, ...array_map(fn (int $i): string => "$s:$i", $numbers));
    }
}
echo count($all), ' ', count(array_unique($all)), ' ', var_export($ordered, true), "\n";
?>
--EXPECT--
8000 8000 true
