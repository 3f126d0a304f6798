--TEST--
Whatever bytes a task writes to the descriptor of its result, the parent gets an exception, and goes on (pain 48)
--SKIPIF--
<?php
if (!extension_loaded('posix')) {
    die('skip needs posix');
}
?>
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

/** Writes $bytes to the pipe that only this child has, and goes without a word, or stays until it is cancelled. */
function forge(string $bytes, array $inherited, bool $stays): never
{
    foreach (array_diff(scandir('/proc/self/fd'), $inherited, ['.', '..']) as $fd) {
        if (str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'pipe:')) {
            file_put_contents("php://fd/$fd", $bytes);
        }
    }
    while ($stays) {
        sleep(PATIENCE);
    }
    posix_kill(posix_getpid(), SIGKILL);
    exit;
}

function frame(int $kind, int $format, string $payload, ?int $length = null, int $footer = 0x5A83F0FE): string
{
    return pack('VCCvP', 0xA57C0F01, $kind, $format, 0, $length ?? strlen($payload)) . $payload . pack('V', $footer);
}

$lent = fn(int $format, int ...$numbers): string => frame(4, 0, pack('CCP*', 1, $format, ...$numbers));
$cases = [
    'no frame' => 'Hello, world! This is no frame.',
    'a kind that is none' => frame(9, 0, ''),
    'a wrong footer' => frame(1, 1, "\xC0", footer: 1),
    'half a frame' => substr(frame(1, 1, "\xC0"), 0, 19),
    'more than there is memory' => frame(1, 0, '', PHP_INT_MAX),
    'a format that is none' => frame(1, 7, "\xC0"),
    'an empty value' => frame(1, 1, ''),
    'a byte that is no value' => frame(1, 1, "\xC1"),
    'two values' => frame(1, 1, "\xC0\xC0"),
    'an array of four billion' => frame(1, 1, "\xDD\xFF\xFF\xFF\xFF"),
    'a string of four billion' => frame(1, 1, "\xC6\xFF\xFF\xFF\xFFx"),
    'arrays without an end' => frame(1, 1, str_repeat("\x91", 50_000)),
    'a shape that was not defined' => frame(1, 1, "\x92\xD4\x03\x05\x01"),
    'an object that was not sent' => frame(1, 1, "\x91\xD6\x07\x09\0\0\0"),
    'not what PHP serializes' => frame(1, 2, 'O:8:"stdClass":1:{s:1:"a";'),
    'a throwable that is none' => frame(2, 0, "\xFF\xFF\xFF\xFF"),
    'a report that is none' => frame(3, 0, "\xFF"),
    'a remote payload that is none' => frame(4, 0, "\x01"),
    'nobody\'s memory that is lent' => $lent(1, 4096, 100_000),
    'a string of all memory that is lent' => $lent(0, 4096, PHP_INT_MAX),
    'an array of all memory that is lent' => $lent(1, 4096, PHP_INT_MAX),
    'the same memory thrice' => $lent(0, 4096, PHP_INT_MAX, 4096, PHP_INT_MAX, 4096, PHP_INT_MAX),
];
$inherited = scandir('/proc/self/fd');
foreach ($cases as $what => $bytes) {
    foreach (str_contains($what, 'lent') ? [false, true] : [false] as $stays) {
        $e = failure($future = async(fn() => forge($bytes, $inherited, $stays)));
        echo $what, ': ', $e::class, $e->getMessage() === '' ? ' without a message' : '', "\n";
        posix_kill($future->pid() ?? 0, SIGKILL);
    }
}
echo await(async(fn() => 'and on')), "\n";
?>
--EXPECT--
no frame: Async\ProtocolException
a kind that is none: Async\ProtocolException
a wrong footer: Async\ProtocolException
half a frame: Async\ProcessDiedException
more than there is memory: Async\ProtocolException
a format that is none: Async\ProtocolException
an empty value: Async\ProtocolException
a byte that is no value: Async\ProtocolException
two values: Async\ProtocolException
an array of four billion: Async\ProtocolException
a string of four billion: Async\ProtocolException
arrays without an end: Async\ProtocolException
a shape that was not defined: Async\ProtocolException
an object that was not sent: Async\ProtocolException
not what PHP serializes: Async\ProtocolException
a throwable that is none: Async\ProtocolException
a report that is none: Async\ProtocolException
a remote payload that is none: Async\ProtocolException
nobody's memory that is lent: Async\ProcessDiedException
nobody's memory that is lent: Async\ProcessDiedException
a string of all memory that is lent: Async\ProtocolException
a string of all memory that is lent: Async\ProtocolException
an array of all memory that is lent: Async\ProtocolException
an array of all memory that is lent: Async\ProtocolException
the same memory thrice: Async\ProtocolException
and on
