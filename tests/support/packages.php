<?php

declare(strict_types=1);

/*
 * Stands for a project's vendor/autoload.php: loads the bridges of php/ and what they are bridges to. That is taken from the
 * folder BRIDGE_VENDOR, if it is set; else from Debian (tools/php-packages), and from here what Debian does not have.
 * REACT_PROMISE=own takes the React\Promise of this release of Debian, an older one.
 */

(static function (): void {
    $package = __DIR__ . '/../../php/';
    $vendor = getenv('BRIDGE_VENDOR');
    if ($vendor) {
        require_once $vendor . '/autoload.php';
    } else {
        foreach (['Revolt/EventLoop' => 'newest', 'React/Promise' => getenv('REACT_PROMISE') ?: 'newest'] as $name => $release) {
            foreach ([__DIR__ . "/../../target/php-packages/$release", ''] as $root) {
                $file = "$root/usr/share/php/$name/autoload.php";
                if (is_file($file)) {
                    require_once $file;
                    break;
                }
            }
        }
        if (class_exists(Revolt\EventLoop::class)) {
            require_once __DIR__ . '/amp.php';
        }
        require_once __DIR__ . '/react_loop.php';
    }
    $autoload = json_decode(file_get_contents($package . 'composer.json'), true, flags: JSON_THROW_ON_ERROR)['autoload'];
    spl_autoload_register(static function (string $class) use ($package, $autoload): void {
        foreach ($autoload['psr-4'] as $prefix => $folder) {
            $file = $package . $folder . strtr(substr($class, strlen($prefix)), '\\', '/') . '.php';
            if (str_starts_with($class, $prefix) && is_file($file)) {
                require $file;
            }
        }
    });
    foreach ($autoload['files'] as $file) {
        require_once $package . $file;
    }
})();
