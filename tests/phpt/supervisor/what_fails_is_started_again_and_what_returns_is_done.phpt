--TEST--
A worker that throws, dies or exits with a code is started again; one that returns, or exits with 0, is done; when all are done, run() returns 0
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$runs = array_map(fn () => new Async\Counter(), array_flip(['throws', 'dies', 'exits', 'fatal']));
$first = fn (string $what) => $runs[$what]->add() === 1;
$log = new Log();
$texts = [];
$code = Supervisor::create()
    ->restart(Restart::OnFailure, backoff: 0.01)
    ->add('throws', fn () => $first('throws') ? throw new DomainException('of its own') : null)
    ->add('dies', fn () => $first('dies') ? posix_kill(getmypid(), SIGKILL) : null)
    ->add('exits', fn () => $first('exits') ? exit(3) : exit(0))
    ->add('fatal', fn () => $first('fatal') ? eval('interface I { private function f(); }') : 'a value that nobody wants')
    ->onEvent(function (string $level, string $message, array $context) use ($log, &$texts) {
        $log($level, $message, $context);
        if ($context['event'] === 'failed') {
            $status = json_encode([$context['exitCode'] ?? null, $context['signal'] ?? null]);
            $texts[] = preg_replace('/pid \d+/', 'pid N', $message) . " $status " . $context['exception']::class;
        }
    })
    ->run();
var_dump($code);
$log->print(sorted: true);
sort($texts);
echo preg_replace('~ in /.*:\d+~', ' in FILE', implode("\n", $texts)), "\n";
?>
--EXPECT--
int(0)
info: returned dies.1
info: returned exits.1
info: returned fatal.1
info: returned throws.1
notice: ended
warning: failed dies.1
warning: failed exits.1
warning: failed fatal.1
warning: failed throws.1
worker dies.1 has failed: Async\ProcessDiedException: task "dies.1" (pid N) was killed by signal 9 (SIGKILL) before it gave a result [null,9] Async\ProcessDiedException
worker exits.1 has failed: Async\ProcessDiedException: task "exits.1" (pid N) called exit(3) and gave no value; return a value instead [3,null] Async\ProcessDiedException
worker fatal.1 has failed: Async\ProcessDiedException: task "fatal.1" (pid N) ended by a fatal error: Access type for interface method I::f() must be public in FILE [255,null] Async\ProcessDiedException
worker throws.1 has failed: DomainException: of its own [null,null] DomainException
