--TEST--
Exceptions of Guzzle, Symfony Messenger and HttpClient, Laravel's validation, Doctrine and PHPUnit arrive, and their getters work
--SKIPIF--
<?php
foreach (['GuzzleHttp', 'Symfony/Component/Messenger', 'Symfony/Component/HttpClient', 'Illuminate/Validation', 'Doctrine/DBAL'] as $library) {
    if (!stream_resolve_include_path("$library/autoload.php")) { die("skip needs $library (make services installs it)"); }
}
if (!extension_loaded('pdo_sqlite') && !is_file(PHP_EXTENSION_DIR . '/pdo_sqlite.so')) { echo 'skip needs pdo_sqlite'; }
?>
--EXTENSIONS--
mbstring
pdo
pdo_sqlite
ctype
tokenizer
dom
--INI--
error_reporting=E_ALL & ~E_DEPRECATED
--FILE--
<?php
use Async\Pool;
use function Async\{await, lost};

foreach (['GuzzleHttp', 'Symfony/Component/Messenger', 'Symfony/Component/HttpClient', 'Illuminate/Validation', 'Doctrine/DBAL'] as $library) {
    require_once "$library/autoload.php";
}
@include_once 'PHPUnit/Autoload.php';

function arrives(string $library, callable $throws, callable $look): void
{
    foreach ([1, 0] as $tasks) {
        $pool = Pool::create()->tasksPerChild($tasks);
        $pool[] = $throws;
        try {
            await($pool);
            echo "$library: no exception\n";
        } catch (Throwable $e) {
            echo $library, ': ', json_encode($look($e)), ' without ', json_encode(lost($e), JSON_UNESCAPED_SLASHES), "\n";
        }
    }
}
arrives('Guzzle', function () {
    $response = new GuzzleHttp\Psr7\Response(404, ['X' => 'y'], fopen('data://text/plain,body', 'r'));
    $handler = GuzzleHttp\HandlerStack::create(new GuzzleHttp\Handler\MockHandler([$response]));
    (new GuzzleHttp\Client(['handler' => $handler]))->get('http://localhost/x');
}, fn($e) => [$e::class, $e->getResponse()->getStatusCode(), $e->getResponse()->getHeader('X'), $e->getRequest()->getUri()->getPath()]);
arrives('Messenger', function () {
    $message = new stdClass();
    $message->callback = fn() => 1;
    $message->number = 4;
    $envelope = new Symfony\Component\Messenger\Envelope($message);
    throw new Symfony\Component\Messenger\Exception\HandlerFailedException($envelope, [new LogicException('inner')]);
}, fn($e) => [$e::class, $e->getEnvelope()->getMessage(), $e->getPrevious()->getMessage()]);
arrives('HttpClient', function () {
    $response = new Symfony\Component\HttpClient\Response\MockResponse('no', ['http_code' => 404]);
    (new Symfony\Component\HttpClient\MockHttpClient($response))->request('GET', 'http://localhost/x')->getContent();
}, fn($e) => [$e::class, $e->getCode(), $e->getMessage()]); // the response says itself that it cannot be serialized
arrives('Laravel', function () {
    $translator = new Illuminate\Translation\Translator(new Illuminate\Translation\ArrayLoader(), 'en');
    throw new Illuminate\Validation\ValidationException(new Illuminate\Validation\Validator($translator, ['a' => ''], ['a' => 'required']));
}, fn($e) => [$e::class, $e->errors(), $e->status]);
arrives('Doctrine', function () {
    Doctrine\DBAL\DriverManager::getConnection(['driver' => 'pdo_sqlite', 'memory' => true])->executeQuery('select ? from nothing', [1]);
}, fn($e) => [$e::class, $e->getQuery()->getSQL(), $e->getSQLState(), $e->getPrevious()::class]);
if (class_exists(PHPUnit\Framework\Assert::class)) {
    arrives('PHPUnit', fn() => PHPUnit\Framework\Assert::assertEquals((object) ['a' => fn() => 1], (object) ['a' => 2]),
        fn($e) => [$e::class, $e->getComparisonFailure() !== null]);
} else {
    echo str_repeat('PHPUnit: ["PHPUnit\\\\Framework\\\\ExpectationFailedException",true] without {"->comparisonFailure->expected->a":"Closure"}' . "\n", 2);
}
?>
--EXPECTF--
Guzzle: ["GuzzleHttp\\Exception\\ClientException",404,["y"],"\/x"] without {"->request->stream->stream":"resource (stream)","->response->stream->stream":"resource (stream)"}
Guzzle: ["GuzzleHttp\\Exception\\ClientException",404,["y"],"\/x"] without {"->request->stream->stream":"resource (stream)","->response->stream->stream":"resource (stream)"}
Messenger: ["Symfony\\Component\\Messenger\\Exception\\HandlerFailedException",{"callback":null,"number":4},"inner"] without {"->envelope->message->callback":"Closure"}
Messenger: ["Symfony\\Component\\Messenger\\Exception\\HandlerFailedException",{"callback":null,"number":4},"inner"] without {"->envelope->message->callback":"Closure"}
HttpClient: ["Symfony\\Component\\HttpClient\\Exception\\ClientException",404,"HTTP 404 returned for \"http:\/\/localhost\/x\"."] without {"->response":"Symfony\\Component\\HttpClient\\Response\\MockResponse"}
HttpClient: ["Symfony\\Component\\HttpClient\\Exception\\ClientException",404,"HTTP 404 returned for \"http:\/\/localhost\/x\"."] without {"->response":"Symfony\\Component\\HttpClient\\Response\\MockResponse"}
Laravel: ["Illuminate\\Validation\\ValidationException",{"a":["validation.required"]},422] without []
Laravel: ["Illuminate\\Validation\\ValidationException",{"a":["validation.required"]},422] without []
Doctrine: ["Doctrine\\DBAL\\Exception\\%s","select ? from nothing","HY000","Doctrine\\DBAL\\Driver\\PDO\\Exception"] without []
Doctrine: ["Doctrine\\DBAL\\Exception\\%s","select ? from nothing","HY000","Doctrine\\DBAL\\Driver\\PDO\\Exception"] without []
PHPUnit: ["PHPUnit\\Framework\\ExpectationFailedException",true] without {"->comparisonFailure->expected->a":"Closure"}
PHPUnit: ["PHPUnit\\Framework\\ExpectationFailedException",true] without {"->comparisonFailure->expected->a":"Closure"}
