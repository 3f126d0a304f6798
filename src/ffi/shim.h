/* What the engine offers only as macros, inline functions or variadic functions, or in structures whose layouts change.
 * Narrow on purpose: plain values in, plain values out, no policy. */
#ifndef ASYNC_SHIM_H
#define ASYNC_SHIM_H

#ifndef _GNU_SOURCE
# define _GNU_SOURCE /* memrchr, which the engine's headers use */
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "php.h"

#if PHP_VERSION_ID < 80300
# define zend_zval_value_name zend_zval_type_name
#endif

/* A closure's object is passed as a zval up to PHP 8.5, and as an object after that. */
#ifdef ASYNC_CLOSURES_TAKE_OBJECTS
static inline zend_object *async_closure_object(zend_object *object, zval *value)
{
	(void) value;
	return object;
}
#else
static inline zval *async_closure_object(zend_object *object, zval *value)
{
	if (!object) {
		return NULL;
	}
	ZVAL_OBJ(value, object);
	return value;
}
#endif

/* Settings of php.ini that are strings: char pointers up to PHP 8.5, zend_strings after that. */
#ifdef ASYNC_SETTINGS_ARE_STRINGS
# define ASYNC_SETTING(setting) ((setting) ? ZSTR_VAL(setting) : "")
#else
# define ASYNC_SETTING(setting) ((setting) ? (setting) : "")
#endif

/* Declaring classes: INIT_CLASS_ENTRY and zend_type are macros, and their bits change between minor versions. */
zend_class_entry *async_class_register(const char *name, zend_class_entry *parent, const zend_function_entry *methods,
	uint32_t flags, zend_object *(*create)(zend_class_entry *));
zend_class_entry *async_interface_register(const char *name, const zend_function_entry *methods);
void async_class_implement(zend_class_entry *ce, zend_class_entry *interface);
/* The purpose for which the properties of an object are requested; 0 for any other. The engine's numbers change between
 * minor versions. */
#define ASYNC_PURPOSE_JSON 1
#define ASYNC_PURPOSE_EXPORT 2
#define ASYNC_PURPOSE_SERIALIZE 3
int async_purpose(zend_prop_purpose purpose);
void async_class_explain_serialization(zend_class_entry *ce);
bool async_class_refuses_serialization(const zend_class_entry *ce);
zend_class_entry *async_enum_register(const char *name, const char *const *cases, size_t count);
zend_object *async_enum_case(zend_class_entry *ce, const char *name);
bool async_functions_register(const zend_function_entry *functions);
void async_arg_info(zend_internal_arg_info *out, const char *name, const char *classes, uint32_t mask, bool variadic,
	const char *default_value);
void async_property_declare(zend_class_entry *ce, const char *name, uint32_t mask, uint32_t flags);
bool async_class_exists(const char *name);
bool async_function_exists(const char *name);
bool async_extension_exists(const char *name);

/* Global names that give way to those of scripts: hooks, and changes to the engine's tables. For MINIT, RINIT and
 * MSHUTDOWN. */
void async_name_add(const char *written, zend_class_entry *class);
void async_names_startup(void);
void async_names_activate(void);
void async_names_shutdown(void);

/* Objects: zend_object_alloc and the GC buffer are inline. */
void *async_object_alloc(size_t size, zend_class_entry *ce);
void async_object_init(zend_object *object, zend_class_entry *ce);
void async_object_release(zend_object *object);
bool async_object_instanceof(const zend_object *object, const zend_class_entry *ce);
void async_gc_add(zend_get_gc_buffer *buffer, zval *value);
void async_gc_add_iterator(zend_get_gc_buffer *buffer, zend_object_iterator *iterator);
void async_gc_use(zend_get_gc_buffer *buffer, zval **table, int *count);

/* Arguments: the inline parsers behind the Z_PARAM macros, with the engine's own messages. */
bool async_arg_long(uint32_t number, zval *arg, bool nullable, zend_long *out);
bool async_arg_bool(uint32_t number, zval *arg, bool *out);
zend_string *async_arg_str(uint32_t number, zval *arg);
bool async_arg_double(uint32_t number, zval *arg, bool nullable, double *out);
void async_arg_type_error(uint32_t number, const char *expected, zval *arg);
void async_arg_type_error_text(uint32_t number, const char *message);
void async_arg_value_error(uint32_t number, const char *message);

/* Calling PHP. Each of these re-enters the engine: it may throw, bail out, or call back into any object. */
bool async_callable_bind(zval *callable, zval *bound, char **error);
void async_call(zval *callable, uint32_t argc, zval *argv, HashTable *named, zval *result);
void async_require(const char *path, size_t length, zval *result);
void async_call_method(zend_object *object, const char *name, zval *result);
bool async_callable_accepts(zval *callable, zend_object *throwable);
bool async_callable_returns(zval *callable);
void async_interrupts_run(void);
void async_error_free(char *error);

/* Exceptions. zend_clear_exception() also restores the opline, which merely taking the exception would not do. */
void async_exception_throw(zend_object *exception);
zend_object *async_exception_set_aside(const void **opline);
void async_exception_put_back(zend_object *exception, const void *opline);
void async_exception_new(zval *out, zend_class_entry *ce, const char *message, size_t length);
void async_property_set(zend_object *object, zend_class_entry *scope, const char *name, zval *value);
bool async_property_long(zend_object *object, zend_class_entry *scope, const char *name, zend_long *out);
void async_exception_message(zend_object *exception, zval *out);
void async_warning(const char *message);
void async_notice(const char *message);
void async_warning_at(zend_object *exception, const char *message, size_t length);
void async_core_warning(const char *message);

/* State of the request: fields of globals, whose layouts change. */
bool async_thread_is_main(void);
bool async_folder(char *path, size_t size);
void async_folder_leave(void);
void *async_vm_interrupt_addr(void);
void async_interrupt_startup(void);
bool async_interrupt_safe(void);
bool async_interrupt_is_inside_ours(void);
bool async_interrupt_is_of_freed(void);
void async_interrupt_threw(zend_execute_data *frame);
size_t async_scope(uintptr_t *functions, size_t most);
const void *async_floor_set(void);
void async_floor_reset(const void *before);
int async_exit_status(void);
void async_exit_status_set(int status);
/* Code that runs until async_fiber_show() is in no fiber, and cannot suspend the one that goes on then. */
void *async_fiber_hide(void);
void async_fiber_show(void *fiber);
bool async_ended_by_error_take(void);
bool async_is_shutting_down(void);
int async_last_error(zend_string **message, zend_string **file, uint32_t *line);
void async_fiber_block(void);
void async_fiber_unblock(void);
void async_static_call(zend_class_entry *ce, const char *name);
void async_shutdown_register(zend_class_entry *ce, const char *method);

/* Does the code that made this call keep the result, an object of class giver, or discard it? False if it gives the
 * result to an object of class taker, or passes it on: as an argument, by return or by yield. */
bool async_result_is_kept(zend_execute_data *call, const zend_class_entry *giver, const zend_class_entry *taker);

/* Arrays, with keys as PHP code writes them: "7" and 7 are the same. */
bool async_array_swap(HashTable *array, zval *key, zval *value);
bool async_array_append(HashTable *array, zval *value, zval *key);
zval *async_array_find(HashTable *array, const zval *key);
void async_array_go_on(HashTable *array, const HashTable *old);
bool async_array_take(HashTable *array, const zval *key, zval *out);
void async_array_key_normal(zval *key);

/* The child: what has to be forgotten, reset and flushed there. */
void async_errors_install(void);
void async_errors_uninstall(void);
void async_child_expected(void);
void async_process_forked(void);
void async_child_begin(bool reseed);
void async_child_watch(void);
bool async_child_between(void);
void async_process_startup(void);
void async_rights_install(void (*hook)(void));
bool async_process_is_native(void);
void async_process_before_fork(void);
void async_process_begin_child(void);
void async_process_watch(void);
bool async_process_between(void);
/* How many bytes memory_limit still allows, in addition to what PHP has got from the system, or, with `holes`, in
 * addition to what is in use of that. */
size_t async_memory_left(bool holes);
/* Allows this many more bytes to be taken from the system, until the next call of one of the two functions below. */
void async_memory_lift(size_t bytes);
/* Applies memory_limit again. If more than that is in use, changes nothing and returns false. */
bool async_memory_restore(void);
/* Applies memory_limit again. If more than that is in use, nothing more may be taken. */
void async_memory_settle(void);
/* Sets memory_limit, and returns 0. If more than that is in use, changes nothing and returns the bytes in use. */
size_t async_memory_limit(const char *text, size_t length, size_t bytes);
int async_hidden_file_next(uint32_t *cursor, int64_t *position);
void async_child_shutdown_functions(void);
bool async_child_has_shutdown_functions(void);
bool async_child_has_output(void);
void async_child_flush(bool at_end);

/* Signals: the engine's own table of handlers, and the sections in which it defers them, are accessed by macros. */
void *async_signals_startup(int unused);
uint64_t async_signals_begin_child(void);
bool async_signals_handles(int signo);
bool async_signals_deferred(void);
bool async_signals_dispatched(void);
void async_signals_before(zval *signal);
bool async_signals_changed(void);
bool async_signals_put_back(void);
void async_signals_forget(void);

/* Makes a new string. Its bytes are uninitialized, except for the NUL behind them. */
char *async_string_alloc(zval *value, size_t length);

/* Streams and resources, which are accessed by macros. */
bool async_stream_from_fd(int fd, zval *out);

/* Values: async_value_*, async_key_*, async_map_* and async_array_* build what a decoder reads. A slot's u2 is left as
 * it is: for a slot in a hash table it is the link of the hash chain. */

/* Strings of at most one byte are the engine's interned ones, longer ones are new. */
void async_value_string(zval *slot, const char *bytes, size_t len);
/* A packed array without elements, with room for len of them. For len 0 it is the shared empty array, and NULL is
 * returned. */
HashTable *async_value_list(zval *slot, uint32_t len);
/* A hash without keys, with room for len of them. For len 0 it is the shared empty array, and NULL is returned. */
HashTable *async_value_map(zval *slot, uint32_t len);
/* A hash with the keys of model, and null values. Returns the first bucket. async_map_is_model() must be true for
 * model. */
Bucket *async_value_row(zval *slot, const HashTable *model);
/* Are all len keys strings, without gaps between them? */
bool async_map_is_model(const HashTable *map, uint32_t len);
/* The slot of a key; null if the key is new. Applies PHP's rule for keys such as "1". map must have room for it. */
zval *async_map_string(HashTable *map, zend_string *key);
zval *async_map_bytes(HashTable *map, const char *key, size_t len);
zval *async_map_index(HashTable *map, zend_long key);
/* A string with its hash computed. */
zend_string *async_key_string(const char *bytes, size_t len);
void async_key_release(zend_string *key);
void async_array_hold(HashTable *array);
void async_array_release(HashTable *array);

/* The deepest nesting of graphs: the default of unserialize(). zend/serialize.rs has the same number. */
#define ASYNC_GRAPH_DEPTH 4096

/* Objects that consist of nothing but properties: PHP's serializer calls no code for them, and unserialize() does
 * nothing but set properties. */
bool async_class_is_plain(const zend_class_entry *class);
/* Is the object of a plain class, not lazy, and without dynamic properties? A stdClass may have any properties. */
bool async_object_is_plain(const zend_object *object);
zend_class_entry *async_class_bag(void);
/* The class, loaded by an autoloader or by unserialize_callback_func; NULL if there is none. May leave an exception
 * pending. */
zend_class_entry *async_class_restore(const char *name, size_t len);
/* A plain object with default values. NULL if an exception is pending. */
zend_object *async_object_new(zval *slot, zend_class_entry *class);
/* The property whose mangled name is name, or NULL. */
zend_property_info *async_class_slot(const zend_class_entry *class, const char *name, size_t len);
/* Empties the slot of a property, and returns it. */
zval *async_object_slot(zend_object *object, const zend_property_info *info);
/* Does the declared type accept the value? If not, an exception is pending. */
bool async_slot_settle(const zend_property_info *info, zval *slot);
/* Takes over the array as the dynamic properties. False if the array cannot be that. */
bool async_object_fill(zend_object *object, zval *properties);
/* Releases a reference that no other code has seen, without making the object a candidate for the cycle collector. */
void async_object_forget(zend_object *object);
/* Prevents the destructor of the object from being called. */
void async_object_disarm(zend_object *object);
/* A case of an enum. NULL if there is none, or if an exception is pending. */
zend_object *async_enum_find(const char *class, size_t class_len, const char *name, size_t len);

/* Dates of PHP's own two classes: gets the three values that a date consists of, or none, and makes a date of them. */
void async_date_startup(void);
zend_class_entry *async_date_class(bool immutable);
void async_date_parts(zend_object *object, zval *parts);
bool async_date_restore(zend_object *object, const char *text, size_t text_len, zend_long kind, const char *zone,
	size_t zone_len);

/* Graphs: PHP's own serializer, isolated from a serialize() or unserialize() that is running further up the stack.
 * These functions re-enter PHP. */

/* How many bytes of C stack are left at least: PHP's serializer recurses without a limit, and fibers have 2 MiB. */
size_t async_stack_left(void);
/* NULL if an exception is pending. */
zend_string *async_serialize(zval *value);
/* False if the bytes are invalid or an exception is pending; value is unchanged then. *unknown is the name of a class
 * of which no object could be made, or NULL; if it is set, the result is false. */
bool async_unserialize(zval *value, const char *bytes, size_t len, HashTable *allowed, zend_string **unknown);
/* For MINIT and MSHUTDOWN: a hook on the creation of __PHP_Incomplete_Class, which async_unserialize() needs. */
void async_unserialize_startup(void);
void async_unserialize_shutdown(void);

/* Takes the pending exception, and clears it. False if there is none, or if it is the unwinding of exit(), which stays
 * pending. */
bool async_exception_take(zval *exception);
bool async_exception_pending(void);
bool async_exiting(void);

/* The children that an object's handler reports to the cycle collector; no user code runs. */
zval *async_object_children(zend_object *object, int *count, HashTable **table);
/* The type, such as "stream"; NULL if the resource is closed. */
const char *async_resource_type(zend_resource *resource);

/* Throwables. */

/* The class, loaded by an autoloader if necessary; NULL if there is none. May leave an exception pending. */
zend_class_entry *async_class_find(const char *name, size_t len);
/* The class, if PHP or one of its extensions has it built in; NULL otherwise. */
zend_class_entry *async_class_builtin(const char *name, size_t len);
bool async_class_extends(const zend_class_entry *child, const zend_class_entry *parent);
zend_class_entry *async_class_throwable(void);
/* An object, made without calling its constructor. False if the class cannot have one (abstract, enum, ...), or if an
 * exception is pending. */
bool async_object_make(zend_class_entry *class, zval *object);
/* async_property_write() bypasses visibility, readonly and __set. scope is the class whose private properties are meant.
 * False if the declared type does not accept the value, which is taken over in either case. */
HashTable *async_object_own_properties(zend_object *object);
bool async_slot_allows_null(zend_class_entry *class, size_t slot);
void async_lost_set(zend_object *throwable, zval *list);
zval *async_lost_get(zend_object *throwable);
void async_lost_forget(void);
bool async_property_write(zend_object *object, zend_class_entry *scope, const char *name, size_t len, zval *value);

/* Code: identifies a function by its position in what a forked process has inherited from its parent. */

#define ASYNC_CODE_DEPTH 8
#define ASYNC_CODE_ANCHOR 0
#define ASYNC_CODE_FUNCTION 1
#define ASYNC_CODE_METHOD 2

typedef struct {
	uint32_t root;
	/* The number of the anchor, or the position of the function or of the class. */
	uint32_t at;
	uint32_t method;
	/* Positions of classes, counted from 1; 0 for none. */
	uint32_t scope;
	uint32_t called;
	uint32_t fake;
	uint32_t depth;
	uint32_t path[ASYNC_CODE_DEPTH];
} async_code;

void async_code_key(zend_object *closure, uintptr_t key[3]);
bool async_code_find(zend_object *closure, const zval *anchors, uint32_t anchor_count, async_code *code);
bool async_code_closure(const async_code *code, const zval *anchors, uint32_t anchor_count, zend_object *this, zval *closure);
void async_code_anchor(zend_object *closure, zval *anchor);
bool async_code_anchor_frame(zend_execute_data **frame, uint32_t *next, const zval *anchors, uint32_t anchor_count, zval *anchor);
void async_declared(uint32_t *functions, uint32_t *classes);
void async_object_disown(zend_object *object);
zend_object *async_closure_this(zend_object *closure);
bool async_closure_goes_quietly(zend_object *closure);
HashTable *async_closure_statics(zend_object *closure);
zval *async_static_get(HashTable *statics, uint32_t position);
bool async_static_set(HashTable *statics, uint32_t position, zval *value);

/* Iterating over arrays and objects. */

uint32_t async_array_seek(const HashTable *table, uint32_t position);
zval *async_array_at(const HashTable *table, uint32_t position, zval *key);
zend_object_iterator *async_iterator_new(zend_object *object);
bool async_iterator_next(zend_object_iterator *iterator, zval *key, zval *value);
void async_iterator_free(zend_object_iterator *iterator);

#endif
