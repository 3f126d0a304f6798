/* What the engine offers only as macros, inline functions or moving layouts.
 * Narrow on purpose: plain values in, plain values out, and no function here calls back into Rust. */
#ifndef ASYNC_SHIM_H
#define ASYNC_SHIM_H

/* First: it says which functions the C library is to declare. */
#include "php.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Address of EG(vm_interrupt): a bool on 8.1, a zend_atomic_bool from 8.2 on; one byte either way. */
void *async_vm_interrupt_addr(void);

/* Values: async_value_*, async_key_*, async_map_*, async_array_* build what a decoder reads. A slot keeps its u2,
 * which is a link of the hash chain when the slot is in a table. */

/* The interned string for no and for one byte, else a new one. */
void async_value_string(zval *slot, const char *bytes, size_t len);
/* A packed array with room for len elements, and none yet; the shared empty array for len 0, and NULL. */
HashTable *async_value_list(zval *slot, uint32_t len);
/* A hash with room for len keys, and none yet; the shared empty array for len 0, and NULL. */
HashTable *async_value_map(zval *slot, uint32_t len);
/* A hash with the keys of model and null values; its first bucket. model is one that async_map_is_model() takes. */
Bucket *async_value_row(zval *slot, const HashTable *model);
/* Whether all len keys are strings, and none is missing or moved. */
bool async_map_is_model(const HashTable *map, uint32_t len);
/* The null slot of a key; a former value is released. Applies PHP's rule for "1". map has room for it. */
zval *async_map_string(HashTable *map, zend_string *key);
zval *async_map_index(HashTable *map, zend_long key);
/* A string with its hash. */
zend_string *async_key_string(const char *bytes, size_t len);
void async_key_release(zend_string *key);
void async_array_hold(HashTable *array);
void async_array_release(HashTable *array);

/* How deep graphs may be nested: what unserialize() takes by default. The same number is in zend/serialize.rs. */
#define ASYNC_GRAPH_DEPTH 4096

/* Graphs: PHP's own serializer, shielded from a serialize() or unserialize() that is running further up the stack.
 * Re-enter PHP. */

/* Bytes of C stack that are left, at least: PHP's serializer recurses without a limit, and fibers have 2 MiB. */
size_t async_stack_left(void);
/* NULL when an exception is pending. */
zend_string *async_serialize(zval *value);
/* False when the bytes are wrong or an exception is pending; value then is unchanged. *unknown is the name of a class
 * of which an object could not be made, or NULL; then the result is false. */
bool async_unserialize(zval *value, const char *bytes, size_t len, zend_string **unknown);
/* MINIT and MSHUTDOWN: the watch over __PHP_Incomplete_Class that async_unserialize() needs. */
void async_unserialize_startup(void);
void async_unserialize_shutdown(void);

/* Takes the pending exception, and clears it. False when there is none, or when it is the unwinding of exit(), which
 * stays. */
bool async_exception_take(zval *exception);
bool async_exception_pending(void);

/* Children of an object that its handler tells the collector; no user code runs. */
zval *async_object_children(zend_object *object, int *count, HashTable **table);
/* "stream", or NULL when closed. */
const char *async_resource_type(zend_resource *resource);

/* Throwables. */

/* The class, autoloaded; NULL when there is none. May leave an exception pending. */
zend_class_entry *async_class_find(const char *name, size_t len);
bool async_class_extends(const zend_class_entry *child, const zend_class_entry *parent);
zend_class_entry *async_class_throwable(void);
/* An object without a call of its constructor; false when the class has none (abstract, enum, ...) or when an
 * exception is pending. */
bool async_object_make(zend_class_entry *class, zval *object);
/* Writes a property past visibility, readonly and __set. scope is the class whose private ones are meant. False when
 * the declared type does not take the value. Takes the value over in either case. */
bool async_property_write(zend_object *object, zend_class_entry *scope, const char *name, size_t len, zval *value);

#endif
