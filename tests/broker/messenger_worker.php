<?php

declare(strict_types=1);

// `messenger:consume --parallel` over Messenger's own transport for Redis; retries as often as it takes.

use Async\Bridge\Messenger\ConsumeCommand;
use Symfony\Component\Console\Input\ArgvInput;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Event\WorkerRunningEvent;
use Symfony\Component\Messenger\EventListener\SendFailedMessageForRetryListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\{MessageBus, RoutableMessageBus};
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Retry\MultiplierRetryStrategy;

require_once __DIR__ . '/../support/packages.php';
require_once __DIR__ . '/../support/messenger.php';
require_once __DIR__ . '/messenger.php';

$job = require __DIR__ . '/job.php';
$bus = new MessageBus([new HandleMessageMiddleware(new HandlersLocator([Order::class => [static fn(Order $order) => $job($order->name)]]))]);
$transports = locator(['in' => messenger_transport(getenv('REDIS_HOST'))]);
$events = new EventDispatcher();
$events->addSubscriber(new SendFailedMessageForRetryListener($transports, locator(['in' => new MultiplierRetryStrategy(1000, 0, 1)])));
$events->addListener(WorkerRunningEvent::class, static fn() => touch(getenv('BROKER_LEDGER') . '/ready-' . getmypid()));
$command = new ConsumeCommand(new RoutableMessageBus(locator([]), $bus), $transports, $events, null, ['in']);
exit($command->run(new ArgvInput(['consume', 'in', '--parallel=' . getenv('SLOTS'), '--sleep=0.05']), new Symfony\Component\Console\Output\NullOutput()));
