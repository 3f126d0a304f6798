<?php

declare(strict_types=1);

namespace Async\Bridge\Messenger;

use Psr\Container\ContainerInterface;
use Psr\Log\LoggerInterface;
use Symfony\Component\Console\Exception\{InvalidOptionException, RuntimeException};
use Symfony\Component\Console\Input\{InputInterface, InputOption};
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Messenger\Command\ConsumeMessagesCommand;
use Symfony\Component\Messenger\EventListener\{StopWorkerOnFailureLimitListener, StopWorkerOnMemoryLimitListener, StopWorkerOnTimeLimitListener};
use Symfony\Component\Messenger\RoutableMessageBus;
use Symfony\Contracts\EventDispatcher\EventDispatcherInterface;

/**
 * `messenger:consume`, with `--parallel=8`; without it, as it was.
 */
final class ConsumeCommand extends ConsumeMessagesCommand
{
    /** @var list<string> */
    private readonly array $names;

    /**
     * @param mixed ...$more what else the version of Messenger gives to its own command
     */
    public function __construct(
        private readonly RoutableMessageBus $routable,
        private readonly ContainerInterface $locator,
        private readonly EventDispatcherInterface $events,
        private readonly ?LoggerInterface $log = null,
        mixed ...$more,
    ) {
        $this->names = array_values((array) ($more[0] ?? $more['receiverNames'] ?? []));
        parent::__construct($routable, $locator, $events, $log, ...$more);
    }

    protected function configure(): void
    {
        parent::configure();
        $this->setName('messenger:consume');
        $this->addOption('parallel', null, InputOption::VALUE_REQUIRED, 'Handle so many messages at once, each in a child process');
        $this->addOption('timeout', null, InputOption::VALUE_REQUIRED, 'With --parallel: seconds that a message may take');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if ($input->getOption('parallel') === null) {
            return parent::execute($input, $output);
        }
        $number = static function (string $name, bool $isWhole = true) use ($input): int|float|null {
            $given = $input->hasOption($name) ? $input->getOption($name) : null;
            if ($given !== null && (!is_numeric($given) || $given <= 0 || ($isWhole && (string) (int) $given !== (string) $given))) {
                throw new InvalidOptionException(sprintf('Option "%s" must be a positive %s, "%s" passed.', $name, $isWhole ? 'integer' : 'number', $given));
            }
            return $given === null ? null : ($isWhole ? (int) $given : (float) $given);
        };
        $parallel = (int) $number('parallel');
        $timeout = $number('timeout', false);
        $limit = $number('limit');
        $listeners = [];
        if (($failures = $number('failure-limit')) !== null) {
            $listeners[] = new StopWorkerOnFailureLimitListener($failures, $this->log);
        }
        if (($memory = $input->getOption('memory-limit')) !== null) {
            $listeners[] = new StopWorkerOnMemoryLimitListener(self::bytes((string) $memory), $this->log);
        }
        if (($time = $number('time-limit')) !== null) {
            $listeners[] = new StopWorkerOnTimeLimitListener($time, $this->log);
        }
        $receivers = [];
        foreach ($this->chosen($input) as $name) {
            if (!$this->locator->has($name)) {
                throw new RuntimeException(sprintf('The receiver "%s" does not exist.%s', $name, $this->names === [] ? '' : sprintf(' Valid receivers are: %s.', implode(', ', $this->names))));
            }
            $receivers[$name] = $this->locator->get($name);
        }
        $bus = $input->getOption('bus') ? $this->routable->getMessageBus($input->getOption('bus')) : $this->routable;
        $worker = new ParallelWorker($receivers, $bus, $this->events, $this->log, $parallel, $timeout === null ? null : (float) $timeout, $limit);
        foreach ($listeners as $listener) {
            $this->events->addSubscriber($listener);
        }
        $restore = self::onSignals($worker);
        $output->writeln(sprintf('Consuming messages from "%s", %d at once.', implode('", "', array_keys($receivers)), $parallel));
        try {
            $worker->run(array_filter([
                'sleep' => (int) ($input->getOption('sleep') * 1_000_000),
                'queues' => $input->getOption('queues') ?: null,
                'keepalive' => $number('keepalive'),
            ], static fn(mixed $value) => $value !== null));
        } finally {
            $restore();
            foreach ($listeners as $listener) {
                $this->events->removeSubscriber($listener);
            }
        }
        return 0;
    }

    /**
     * @return list<string>
     */
    private function chosen(InputInterface $input): array
    {
        $without = $input->hasOption('exclude-receivers') ? (array) $input->getOption('exclude-receivers') : [];
        $isAll = $input->hasOption('all') && $input->getOption('all');
        return array_values(array_diff($isAll ? $this->names : $input->getArgument('receivers'), $without));
    }

    /**
     * @return \Closure(): void
     */
    private static function onSignals(ParallelWorker $worker): \Closure
    {
        if (!function_exists('pcntl_signal')) {
            return static fn() => null;
        }
        $before = [pcntl_async_signals(true)];
        foreach ([SIGTERM, SIGINT, SIGQUIT] as $signal) {
            $before[$signal] = pcntl_signal_get_handler($signal);
            pcntl_signal($signal, static fn() => $worker->stop());
        }
        return static function () use ($before): void {
            foreach ([SIGTERM, SIGINT, SIGQUIT] as $signal) {
                pcntl_signal($signal, $before[$signal]);
            }
            pcntl_async_signals($before[0]);
        };
    }

    private static function bytes(string $limit): int
    {
        if (preg_match('/^(\d+)([kmgt]?)b?$/i', $limit, $match) !== 1) {
            throw new InvalidOptionException(sprintf('Option "memory-limit" must be a number of bytes, such as "128M", "%s" passed.', $limit));
        }
        return (int) $match[1] * 1024 ** ['' => 0, 'k' => 1, 'm' => 2, 'g' => 3, 't' => 4][strtolower($match[2])];
    }
}
