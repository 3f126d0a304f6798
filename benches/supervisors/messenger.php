<?php

// messenger:consume over AMQP (php-amqp), with one kind of messages. usage: messenger.php consume|publish QUEUE HANDLER.php|COUNT

declare(strict_types=1);

use Symfony\Component\Console\Application;
use Symfony\Component\Console\Input\ArrayInput;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Bridge\Amqp\Transport\{AmqpTransport, Connection};
use Symfony\Component\Messenger\Command\ConsumeMessagesCommand;
use Symfony\Component\Messenger\EventListener\StopWorkerOnSigtermSignalListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\{Envelope, MessageBus, RoutableMessageBus};

foreach (['Messenger', 'Console', 'EventDispatcher', 'Messenger/Bridge/Amqp'] as $component) {
    require_once "/usr/share/php/Symfony/Component/$component/autoload.php";
}

final class Job
{
    public function __construct(public string $body)
    {
    }
}

final class Only implements Psr\Container\ContainerInterface
{
    public function __construct(private readonly object $what)
    {
    }

    public function get(string $id): object
    {
        return $this->what;
    }

    public function has(string $id): bool
    {
        return true;
    }
}

$transport = new AmqpTransport(Connection::fromDsn('amqp://guest:guest@127.0.0.1:' . getenv('AMQP_PORT') . '/%2f/' . $argv[2]));
if ($argv[1] === 'publish') {
    for ($i = 0; $i < (int) $argv[3]; $i++) {
        $transport->send(new Envelope(new Job("n$i")));
    }
    exit;
}
$handle = require $argv[3];
$bus = new MessageBus([new HandleMessageMiddleware(new HandlersLocator([Job::class => [fn (Job $job) => $handle($job->body)]]))]);
$dispatcher = new EventDispatcher();
$dispatcher->addSubscriber(new StopWorkerOnSigtermSignalListener());
$application = new Application();
$application->add(new ConsumeMessagesCommand(new RoutableMessageBus(new Only($bus), $bus), new Only($transport), $dispatcher, null, ['amqp']));
$application->run(new ArrayInput(['command' => 'messenger:consume', 'receivers' => ['amqp'], '--quiet' => true]));
