<?php

declare(strict_types=1);

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

use function Async\async;
use function Async\await;

/**
 * Work on real files, with what setUp() prepares and tearDown() takes away.
 *
 * @requires extension async
 */
#[RequiresPhpExtension('async')]
final class ChecksumsTest extends TestCase
{
    private string $folder;

    /** @var array<string, string> */
    private array $files = [];

    /** @var resource */
    private $journal;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/async-phpunit-' . getmypid();
        mkdir($this->folder);
        for ($i = 0; $i < 12; $i++) {
            $file = "$this->folder/$i.txt";
            file_put_contents($file, str_repeat("line $i\n", 1000 * ($i + 1)));
            $this->files[basename($file)] = $file;
        }
        $this->journal = fopen("$this->folder/journal", 'w+');
    }

    protected function tearDown(): void
    {
        array_map('unlink', [...$this->files, "$this->folder/journal"]);
        rmdir($this->folder);
    }

    public function testAPoolGivesTheSequentialAnswer(): void
    {
        $pool = Async\Pool::create()->concurrency(4);
        foreach ($this->files as $name => $file) {
            $pool[$name] = async(fn () => hash_file('sha256', $file));
        }

        self::assertSame(array_map(fn ($file) => hash_file('sha256', $file), $this->files), await($pool));
        self::assertSame('queue: 0 - finished: 12 - failed: 0 - timeout: 0', (string) $pool->status());
    }

    public function testHandlersWorkOnTheTestsOwnProperties(): void
    {
        $pool = new Async\Pool();
        foreach ($this->files as $name => $file) {
            $pool[$name] = async(fn () => filesize($file))
                ->then(function (int $size) use ($name): void {
                    fwrite($this->journal, "$name $size\n");
                });
        }
        await($pool);
        rewind($this->journal);

        self::assertCount(12, explode("\n", trim(stream_get_contents($this->journal))));
    }

    public function testAMissingFileCostsOnlyItself(): void
    {
        $pool = new Async\Pool();
        foreach ($this->files + ['missing' => "$this->folder/missing"] as $name => $file) {
            $pool[$name] = async(fn () => is_file($file) ? md5_file($file) : throw new RuntimeException("no $name"))
                ->catch(fn (RuntimeException $e) => $e->getMessage());
        }
        $sums = await($pool);

        self::assertSame('no missing', $sums['missing']);
        self::assertSame(md5_file($this->files['3.txt']), $sums['3.txt']);
    }

    /**
     * @dataProvider algorithms
     */
    #[DataProvider('algorithms')]
    public function testEveryAlgorithm(string $algorithm, int $length): void
    {
        $sums = await(array_map(fn ($file) => async(fn () => hash_file($algorithm, $file)), $this->files));

        self::assertSame(array_keys($this->files), array_keys($sums));
        foreach ($sums as $sum) {
            self::assertSame($length, strlen($sum));
        }
    }

    /** @return iterable<string, array{string, int}> */
    public static function algorithms(): iterable
    {
        yield 'crc32' => ['crc32b', 8];
        yield 'md5' => ['md5', 32];
        yield 'sha256' => ['sha256', 64];
    }
}
