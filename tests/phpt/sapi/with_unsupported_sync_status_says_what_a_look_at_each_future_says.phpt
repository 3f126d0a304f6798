--TEST--
With async.unsupported=sync, status() says what a look at each future says, also in a task
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

$support = var_export(realpath(__DIR__ . '/../../support/counts.php'), true);
echo web("require $support;" . <<<'PHP'
    set_error_handler(fn() => true, E_WARNING);
    $pool = Pool::create()->retry(1);
    $show = fn() => print((compare('then', $pool) ? 'the same' : 'NOT the same') . ': ' . json_encode(as_numbers($pool->status())) . "\n");
    $pool['asks'] = $show;
    $show();
    $pool['fails'] = fn() => throw new DomainException('no');
    $pool['ended'] = async(fn() => throw new DomainException('no'))->start()->catch(fn() => 'handled');
    $pool['value'] = fn() => 1;
    $show();
    unset($pool['fails']);
    $show();
    $pool->stop();
    $pool['late'] = fn() => 1;
    $show();
    $pool->clearFinished();
    $show();
    PHP, '-d async.unsupported=sync');
?>
--EXPECT--
the same: {"queued":0,"running":1,"finished":0,"failed":0,"timedOut":0,"forked":0,"inherited":0,"sent":0,"retries":0}
the same: {"queued":0,"running":0,"finished":1,"failed":0,"timedOut":0,"forked":0,"inherited":0,"sent":0,"retries":0}
the same: {"queued":0,"running":0,"finished":2,"failed":2,"timedOut":0,"forked":0,"inherited":0,"sent":0,"retries":1}
the same: {"queued":0,"running":0,"finished":2,"failed":1,"timedOut":0,"forked":0,"inherited":0,"sent":0,"retries":0}
the same: {"queued":0,"running":0,"finished":2,"failed":2,"timedOut":0,"forked":0,"inherited":0,"sent":0,"retries":0}
the same: {"queued":0,"running":0,"finished":0,"failed":0,"timedOut":0,"forked":0,"inherited":0,"sent":0,"retries":0}