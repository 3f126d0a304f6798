--TEST--
Every exception of the extension has the common base, a RuntimeException; wrong use is an Error
--FILE--
<?php
foreach (['ProcessDiedException', 'TimeoutException', 'CancelledException', 'NotSerializableException',
    'CannotForkException', 'UnsupportedException', 'ProtocolException', 'RemoteException'] as $name) {
    echo $name, ': ', get_parent_class("Async\\$name"), "\n";
}
echo get_parent_class('Async\AsyncException'), ', ', get_parent_class('Async\AsyncError'), "\n";
?>
--EXPECT--
ProcessDiedException: Async\AsyncException
TimeoutException: Async\AsyncException
CancelledException: Async\AsyncException
NotSerializableException: Async\AsyncException
CannotForkException: Async\AsyncException
UnsupportedException: Async\AsyncException
ProtocolException: Async\AsyncException
RemoteException: Async\AsyncException
RuntimeException, Error
