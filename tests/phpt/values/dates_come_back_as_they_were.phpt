--TEST--
Dates come back as they were, whatever their zone, and in two places as one object
--FILE--
<?php
use function Async\{async, await};

$made = function (): array {
    $dates = [];
    foreach (['+05:30', 'EST', 'Europe/Berlin', 'UTC'] as $zone) {
        foreach (['2024-02-29 23:59:59.999999', '-0044-03-15', '+12024-01-01 00:00:00.000001'] as $text) {
            $dates[] = new DateTime($text, new DateTimeZone($zone));
            $dates[] = new DateTimeImmutable($text, new DateTimeZone($zone));
        }
    }
    return $dates;
};
$dates = await(async($made));
var_dump(serialize($dates) === serialize($made()), $dates == $made());

[$one, $same, $other] = await(async(function (): array {
    $date = new DateTimeImmutable();
    return [$date, $date, clone $date];
}));
var_dump($one === $same, $one === $other, $one == $other, $one->modify('+1 day') > $one);

// Whatever else a date has, unserialize() says that it is deprecated.
error_reporting(E_ALL & ~E_DEPRECATED);
$noted = await(async(function (): array {
    $date = new DateTime();
    $date->note = 'a property of its own';
    return [$date];
}));
var_dump($noted[0]->note);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
string(21) "a property of its own"
