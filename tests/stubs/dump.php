<?php

declare(strict_types=1);

/*
 * Prints what reflection sees, one fact a line, in an order that does not depend on where it was declared.
 *
 *   php -n dump.php file.php ...                        the stubs, in a PHP without the extension
 *   php -n -d extension=libasync.so dump.php async      the extension
 */

/** One spelling for each type: `self` by name, null and iterable spelt out, the parts sorted. */
function type(?ReflectionType $type, string $self): string
{
    if ($type === null) {
        return '-';
    }
    $text = (string) $type;
    if ($text[0] === '?') {
        $text = substr($text, 1) . '|null';
    }
    $parts = explode('|', str_replace('iterable', 'Traversable|array', $text));
    $parts = array_unique(array_map(static fn (string $part) => $part === 'self' ? $self : $part, $parts));
    sort($parts);
    return implode('|', $parts);
}

/** @return list<string> */
function signature(ReflectionFunctionAbstract $function, string $self): array
{
    $lines = [];
    foreach ($function->getParameters() as $parameter) {
        $lines[] = sprintf(
            'parameter %d: %s $%s%s%s%s',
            $parameter->getPosition() + 1,
            type($parameter->getType(), $self),
            $parameter->getName(),
            $parameter->isPassedByReference() ? ' by reference' : '',
            $parameter->isVariadic() ? ' variadic' : ($parameter->isOptional() ? ' optional' : ''),
            $parameter->isDefaultValueAvailable() ? ' = ' . var_export($parameter->getDefaultValue(), true) : '',
        );
    }
    $lines[] = 'returns ' . type($function->getReturnType() ?? $function->getTentativeReturnType(), $self)
        . ($function->returnsReference() ? ' by reference' : '');
    if ($function->isDeprecated()) {
        $lines[] = 'deprecated';
    }
    return $lines;
}

/** @return list<string> */
function describe(ReflectionClass $class): array
{
    $kind = match (true) {
        $class->isInterface() => 'interface',
        $class->isEnum() => 'enum',
        $class->isTrait() => 'trait',
        default => 'class',
    };
    // No enum can be extended; only one that is written in PHP says so.
    $modifiers = $class->isEnum() ? $class->getModifiers() & ~ReflectionClass::IS_FINAL : $class->getModifiers();
    $lines = [
        'kind ' . $kind,
        'modifiers ' . implode(' ', Reflection::getModifierNames($modifiers)),
        'parent ' . ($class->getParentClass() ? $class->getParentClass()->getName() : '-'),
    ];
    $interfaces = $class->getInterfaceNames();
    sort($interfaces);
    $lines[] = 'interfaces ' . implode(', ', $interfaces);

    foreach ($class->getReflectionConstants(ReflectionClassConstant::IS_PUBLIC) as $constant) {
        if ($constant->getDeclaringClass()->getName() === $class->getName()) {
            $lines[] = $constant->isEnumCase()
                ? 'case ' . $constant->getName()
                : 'constant ' . $constant->getName() . ' = ' . var_export($constant->getValue(), true);
        }
    }
    foreach ($class->getProperties(ReflectionProperty::IS_PUBLIC) as $property) {
        if ($property->getDeclaringClass()->getName() === $class->getName()) {
            $lines[] = sprintf(
                'property %s: %s %s',
                $property->getName(),
                implode(' ', Reflection::getModifierNames($property->getModifiers())),
                type($property->getType(), $class->getName()),
            );
        }
    }
    foreach ($class->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
        if ($method->getDeclaringClass()->getName() === $class->getName()) {
            $name = $method->getName() . '()';
            $lines[] = $name . ' ' . implode(' ', Reflection::getModifierNames($method->getModifiers()));
            foreach (signature($method, $class->getName()) as $line) {
                $lines[] = "$name $line";
            }
        }
    }
    return $lines;
}

/** @return array{array<string, ReflectionFunction>, array<string, ReflectionClass>, array<string, mixed>} */
function of_extension(string $name): array
{
    $extension = new ReflectionExtension($name);
    is_callable('Pool::create'); // the alias is there once somebody has looked for it
    $classes = [];
    foreach ($extension->getClassNames() as $class) { // names of aliases too
        $classes[$class] = new ReflectionClass($class);
    }
    return [$extension->getFunctions(), $classes, $extension->getConstants()];
}

/** @return array{array<string, ReflectionFunction>, array<string, ReflectionClass>, array<string, mixed>} */
function of_files(array $files): array
{
    $functionsBefore = get_defined_functions()['user'];
    $constantsBefore = get_defined_constants();
    foreach ($files as $file) {
        require $file;
    }
    $functions = [];
    foreach (array_diff(get_defined_functions()['user'], $functionsBefore) as $function) {
        $functions[$function] = new ReflectionFunction($function);
    }
    $classes = [];
    // Aliases are in none of PHP's lists under their own name, so the one that there is is asked for.
    foreach ([...get_declared_classes(), ...get_declared_interfaces(), 'Pool'] as $class) {
        if (class_exists($class, false) || interface_exists($class, false)) {
            $reflection = new ReflectionClass($class);
            if ($reflection->isUserDefined()) {
                $classes[$class] = $reflection;
            }
        }
    }
    return [$functions, $classes, array_diff_key(get_defined_constants(), $constantsBefore)];
}

$names = array_slice($argv, 1);
[$functions, $classes, $constants] = is_file($names[0]) ? of_files($names) : of_extension($names[0]);

$lines = [];
foreach ($functions as $function) {
    foreach (signature($function, '') as $line) {
        $lines[] = "function {$function->getName()}(): $line";
    }
}
foreach ($classes as $name => $class) {
    if (strcasecmp($name, $class->getName()) !== 0) {
        $lines[] = strtolower($name) . ": alias of {$class->getName()}";
        continue;
    }
    foreach (describe($class) as $line) {
        $lines[] = "{$class->getName()}: $line";
    }
}
foreach ($constants as $name => $value) {
    $lines[] = "constant $name = " . var_export($value, true);
}
$lines = array_unique($lines);
sort($lines);
echo implode("\n", $lines), "\n";
