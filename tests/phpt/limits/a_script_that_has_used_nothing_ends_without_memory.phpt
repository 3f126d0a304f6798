--TEST--
A script that has used nothing of the extension ends as without it where a destructor has left no memory for a call
--INI--
memory_limit=8M
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
class Endless
{
    public function __destruct()
    {
        Endless::__destruct();
    }
}
class Late
{
    public mixed $late;

    public function __destruct()
    {
        $this->late = new Endless();
    }
}
class Kept
{
    public static Late $late;
}
Kept::$late = new Late();
?>
--EXPECTF--
Fatal error: Allowed memory size of 8388608 bytes exhausted%s in %s on line 6
