--TEST--
Code that is at work while handlers wait for another function goes on, and is not interrupted again where it was
--DESCRIPTION--
The virtual machine looks for another interrupt as soon as one is over, before it goes on. Only a PHP that was compiled without
optimization, as those for debugging are, shows it: it calls itself for each, and crashed when there was no end of them.
--FILE--
<?php
function library(): void
{
    for ($until = hrtime(true) + 500_000_000; hrtime(true) < $until;) {
    }
}

function application(): string
{
    $ran = 'waits';
    async(fn() => 0)->then(function () use (&$ran) { $ran = 'ran'; });
    (new Fiber('library'))->start(); // its stack is a short one
    for ($until = hrtime(true) + 20_000_000_000; $ran === 'waits' && hrtime(true) < $until;) {
    }
    return $ran;
}
for ($n = 0; $n < 3; $n++) {
    echo application(), "\n";
}
?>
--EXPECT--
ran
ran
ran
