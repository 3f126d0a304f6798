<?php

// A worker that its parent talks to: what amphp/parallel's page on contexts shows, with its channel. There the child is a script
// of its own that returns a function; here it is a closure, with all that the parent has.
//
// usage: php -d extension=/path/to/libasync.so examples/two-way-worker.php

declare(strict_types=1);

use function Async\{async, await, channel};

// One question, one answer, and a value at the end.
$context = async(function (): string {
    $file = channel()->receive();
    channel()->send(file_get_contents($file));
    return 'any value';
});
$context->channel()->send(__FILE__);
$data = $context->channel()->receive();
printf("Received %d bytes from child %d\n", strlen($data), $context->pid());
$value = await($context);
printf("The child has ended with '%s'\n", $value);
$right = $data === file_get_contents(__FILE__) && $value === 'any value';

// A conversation: the worker keeps what it has learnt from one message to the next.
$worker = async(function (): int {
    $words = [];
    foreach (channel() as [$method, $word]) { // until the parent closes its end
        $words[$word] ??= 0;
        channel()->send(match ($method) {
            'add' => ++$words[$word],
            'get' => $words[$word],
            default => "there is no method $method",
        });
    }
    return count($words);
});
$call = function (string $method, string $word) use ($worker): int {
    $worker->channel()->send([$method, $word]);
    $answer = $worker->channel()->receive(timeout: 10.0);
    return is_int($answer) ? $answer : throw new BadMethodCallException($answer);
};
foreach (explode(' ', 'to be or not to be') as $word) {
    $call('add', $word);
}
printf("'to' was said %d times, 'not' %d times\n", $call('get', 'to'), $call('get', 'not'));
$right = $right && [$call('get', 'to'), $call('get', 'be'), $call('get', 'or')] === [2, 2, 1];
try {
    $call('forget', 'to');
    $right = false;
} catch (BadMethodCallException $e) {
    printf("The worker goes on after: %s\n", $e->getMessage());
}
$worker->channel()->close();
$count = await($worker);
printf("It knew %d words\n", $count);

if (!$right || $count !== 4) {
    fwrite(STDERR, "the answers are wrong\n");
    exit(1);
}
