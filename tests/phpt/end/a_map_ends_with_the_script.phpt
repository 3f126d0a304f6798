--TEST--
A map whose items were ended with the script has no more of them: whoever goes on with it gets what had come, and waits for nothing
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

const CODE = <<<'CODE'
    final class AtTheEnd
    {
        public function __construct(private Closure $do) {}
        public function __destruct() { ($this->do)(); }
    }
    $ready = new Notes();
    $results = Pool::create()->concurrency(2)->map(SOURCE, function (int $n) use ($ready) {
        if ($n === 2) {
            $ready->write((string) getmypid());
            while (true) { sleep(60); }
        }
        return $n;
    });
    echo $results->current(), "\n";
    $at_the_end = new AtTheEnd(function () use ($results) {
        for ($count = 0; $results->valid(); $results->next()) {
            $count++;
        }
        echo $count < 1000 ? "no more\n" : "MORE\n";
    });
    echo $ready->next(), "\n";
    CODE;

foreach (['an array' => 'range(1, 1000)', 'a generator' => '(fn() => yield from range(1, 1000))()'] as $name => $source) {
    $parent = new Script(strtr(CODE, ['SOURCE' => $source]), '-d async.at_exit=kill');
    $first = $parent->line();
    $child = (int) $parent->line();
    echo "$name: $first, ", trim($parent->rest()), ', ', $parent->end(), "\n";
    ended($child);
}
?>
--EXPECT--
an array: 1, no more, 0
a generator: 1, no more, 0
