--TEST--
Two hundred random deaths: signals, exit codes, garbage and half a frame; each message names task, pid and cause (pain 4)
--INI--
display_errors=0
memory_limit=64M
--FILE--
<?php
use Async\{Output, Pool};
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$seed = (int) (getenv('SEED') ?: random_int(1, PHP_INT_MAX));
mt_srand($seed);
$wrong = [];

/** Writes to the pipe of the result: of the pipes of this process the one that neither the parent nor its output has. */
function forge(string $bytes, array $inherited): void
{
    $printed = [readlink('/proc/self/fd/1'), readlink('/proc/self/fd/2')];
    foreach (scandir('/proc/self/fd') as $fd) {
        $link = (string) @readlink("/proc/self/fd/$fd");
        if ((int) $fd > 2 && str_starts_with($link, 'pipe:') && !in_array($link, [...$printed, ...$inherited], true)) {
            file_put_contents("php://fd/$fd", $bytes);
        }
    }
}

$inherited = array_map(fn($fd) => (string) @readlink("/proc/self/fd/$fd"), scandir('/proc/self/fd'));
$frame = pack('VCCvP', 0xA57C0F01, 1, 1, 0, 1) . "\xC0" . pack('V', 0x5A83F0FE);
$signals = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 24, 25, 26, 29, 30, 31];
$pool = Pool::create()->output(Output::Capture);
$causes = [];
for ($i = 0; $i < 200; $i++) {
    $number = mt_rand();
    [$cause, $die] = match (mt_rand(0, 7)) {
        0, 1 => (function () use ($signals, $number) {
            $signal = $signals[$number % count($signals)];
            return ["signal $signal (SIG", fn() => posix_kill(getmypid(), $signal)];
        })(),
        2, 3 => ['exit(' . $number % 256 . ')', fn() => exit($number % 256)],
        4 => ['while it wrote its result', function () use ($frame, $number, $inherited) {
            forge(substr($frame, 0, 1 + $number % (strlen($frame) - 1)), $inherited);
            posix_kill(getmypid(), SIGKILL);
        }],
        5 => ['no result', function () use ($number, $inherited) {
            mt_srand($number);
            $garbage = '';
            for ($n = mt_rand(17, 200); $n > 0; $n--) {
                $garbage .= chr(mt_rand(0, 255));
            }
            forge($garbage, $inherited);
            posix_kill(getmypid(), SIGTERM);
        }],
        6 => ['Allowed memory size', fn() => str_repeat('x', 100 << 20)],
        7 => ['last words', function () use ($number) {
            fwrite(STDERR, "last words $number");
            posix_kill(getmypid(), SIGABRT);
        }],
    };
    $pool["task $i"] = function () use ($die) { $die(); exit(77); };
    $causes["task $i"] = $cause;
}
$told = 0;
foreach (settle($pool) as $key => $future) {
    $e = $future->error();
    $names = [(string) $key, (string) $future->pid(), $causes[$key]];
    $missing = array_filter($names, fn(string $name) => $name !== '' && !str_contains((string) $e?->getMessage(), $name));
    if (!$e instanceof Async\AsyncException || $e->getMessage() === '' || $missing) {
        echo "seed $seed, $key: ", $e ? $e::class . ': ' . $e->getMessage() : 'no failure', ', missing: ', implode(', ', $missing), "\n";
    }
    $told++;
}
echo "seed $seed\n$told deaths\n";
?>
--EXPECTF--
seed %d
200 deaths
