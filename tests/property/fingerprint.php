<?php

// A text that is the same for two values exactly if nobody can tell them apart: types, bits, order, identity.

declare(strict_types=1);

namespace Property;

final class Fingerprint
{
    /** @var array<int, array{int, object}> objects by id, kept so that no id is given twice */
    private array $objects = [];
    /** @var array<string, int> */
    private array $references = [];
    private string $text = '';

    public static function of(mixed $value): string
    {
        $fingerprint = new self();
        $fingerprint->add($value, 0);
        return $fingerprint->text;
    }

    private function add(mixed $value, int $depth): void
    {
        $this->text .= "\n" . str_repeat(' ', $depth);
        match (true) {
            is_float($value) => $this->text .= 'float ' . bin2hex(pack('E', $value)),
            is_string($value) => $this->text .= 'string ' . strlen($value) . ' ' . (strlen($value) > 60 ? md5($value) : bin2hex($value)),
            is_array($value) => $this->addArray($value, 'array', $depth),
            is_object($value) => $this->addObject($value, $depth),
            default => $this->text .= get_debug_type($value) . ' ' . var_export($value, true),
        };
    }

    private function addArray(array $array, string $what, int $depth): void
    {
        $this->text .= $what . ' ' . count($array);
        if ($what === 'array') {
            $next = $array;
            try {
                $next[] = null;
                $this->text .= ' next ' . array_key_last($next);
            } catch (\Error) {
                $this->text .= ' full';
            }
        }
        foreach (array_keys($array) as $key) {
            $this->text .= "\n" . str_repeat(' ', $depth) . (is_int($key) ? "[$key]" : '["' . bin2hex($key) . '"]');
            $id = \ReflectionReference::fromArrayElement($array, $key)?->getId();
            if ($id !== null) {
                $known = isset($this->references[$id]);
                $number = $this->references[$id] ??= count($this->references);
                $this->text .= ($known ? ' same' : '') . " reference $number";
                if ($known) {
                    continue;
                }
            }
            $this->add($array[$key], $depth + 1);
        }
    }

    private function addObject(object $object, int $depth): void
    {
        $id = spl_object_id($object);
        if (isset($this->objects[$id])) {
            $this->text .= 'same object ' . $this->objects[$id][0];
            return;
        }
        $number = count($this->objects);
        $this->objects[$id] = [$number, $object];
        $this->text .= "object $number " . $object::class;
        if ($object instanceof \UnitEnum) {
            $this->text .= '::' . $object->name . ($object === constant($object::class . '::' . $object->name) ? '' : ' TWIN');
            return;
        }
        $internal = (new \ReflectionObject($object))->isInternal() && method_exists($object, '__serialize');
        $this->addArray($internal ? $object->__serialize() : (array) $object, '', $depth);
    }
}
