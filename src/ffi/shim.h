/* What the engine offers only as macros, inline functions, variadic functions or moving layouts.
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

/* A closure's object is a value up to PHP 8.5, and an object from then on. */
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

/* Settings of php.ini that are texts: chars up to PHP 8.5, strings from then on. */
#ifdef ASYNC_SETTINGS_ARE_STRINGS
# define ASYNC_SETTING(setting) ((setting) ? ZSTR_VAL(setting) : "")
#else
# define ASYNC_SETTING(setting) ((setting) ? (setting) : "")
#endif

/* Declaring classes: INIT_CLASS_ENTRY and zend_type are macros, and their bits move between minors. */
zend_class_entry *async_class_register(const char *name, zend_class_entry *parent, const zend_function_entry *methods,
	uint32_t flags, zend_object *(*create)(zend_class_entry *));
zend_class_entry *async_interface_register(const char *name, const zend_function_entry *methods);
void async_class_implement(zend_class_entry *ce, zend_class_entry *interface);
/* What the properties of an object are wanted for; 0 for anything else. The engine's numbers move between minors. */
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

/* Names that give way to those of scripts: hooks and tables of the engine. MINIT, RINIT and MSHUTDOWN. */
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

/* Arguments: the same inline parsers as core's Z_PARAM macros, with core's messages. */
bool async_arg_long(uint32_t number, zval *arg, bool nullable, zend_long *out);
bool async_arg_bool(uint32_t number, zval *arg, bool *out);
bool async_arg_double(uint32_t number, zval *arg, bool nullable, double *out);
void async_arg_type_error(uint32_t number, const char *expected, zval *arg);
void async_arg_type_error_text(uint32_t number, const char *message);
void async_arg_value_error(uint32_t number, const char *message);

/* Calling PHP. Each re-enters the engine: it may throw, bail out, or call back into any object. */
bool async_callable_bind(zval *callable, zval *bound, char **error);
void async_call(zval *callable, uint32_t argc, zval *argv, HashTable *named, zval *result);
void async_call_method(zend_object *object, const char *name, zval *result);
bool async_callable_accepts(zval *callable, zend_object *throwable);
bool async_callable_returns(zval *callable);
void async_interrupts_run(void);
void async_error_free(char *error);

/* Exceptions: zend_clear_exception restores the opline, which a plain take would not. */
void async_exception_throw(zend_object *exception);
zend_object *async_exception_set_aside(const void **opline);
void async_exception_put_back(zend_object *exception, const void *opline);
void async_exception_new(zval *out, zend_class_entry *ce, const char *message, size_t length);
void async_property_set(zend_object *object, zend_class_entry *scope, const char *name, zval *value);
void async_exception_message(zend_object *exception, zval *out);
void async_warning(const char *message);
void async_notice(const char *message);
void async_warning_at(zend_object *exception, const char *message, size_t length);
void async_core_warning(const char *message);

/* State of the request: fields of globals, whose layouts move. */
void *async_vm_interrupt_addr(void);
void async_interrupt_startup(void);
bool async_interrupt_safe(void);
bool async_interrupt_is_inside_ours(void);
void async_interrupt_threw(zend_execute_data *frame);
size_t async_scope(uintptr_t *functions, size_t most);
const void *async_floor_set(void);
void async_floor_reset(const void *before);
int async_exit_status(void);
bool async_ended_by_error_take(void);
int async_last_error(zend_string **message, zend_string **file, uint32_t *line);
void async_fiber_block(void);
void async_fiber_unblock(void);
void async_static_call(zend_class_entry *ce, const char *name);
void async_shutdown_register(zend_class_entry *ce, const char *method);

/* Does the code that made this call keep the result, an object of class giver, or let it go? False where it gives it to
 * an object of class taker or hands it on: as argument, by return or yield. */
bool async_result_is_kept(zend_execute_data *call, const zend_class_entry *giver, const zend_class_entry *taker);

/* Arrays: keys as PHP code writes them, where "7" and 7 are the same. */
bool async_array_swap(HashTable *array, zval *key, zval *value);
bool async_array_append(HashTable *array, zval *value, zval *key);
zval *async_array_find(HashTable *array, const zval *key);
void async_array_go_on(HashTable *array, const HashTable *old);
bool async_array_take(HashTable *array, const zval *key, zval *out);
void async_array_key_normal(zval *key);

/* The child: what must be forgotten, renewed and flushed. */
void async_errors_install(void);
void async_errors_uninstall(void);
void async_child_expected(void);
void async_child_begin(bool reseed);
void async_child_watch(void);
bool async_child_between(void);
void async_process_startup(void);
bool async_process_is_native(void);
void async_process_before_fork(void);
void async_process_begin_child(void);
void async_process_watch(void);
bool async_process_between(void);
/* Bytes that memory_limit leaves: beside what PHP has from the system, or, with `holes`, beside what of that is in use. */
size_t async_memory_left(bool holes);
/* Until the next call of one of the two below, so many bytes more may be taken from the system. */
void async_memory_lift(size_t bytes);
/* memory_limit holds again. False, and nothing is changed, when more is in use. */
bool async_memory_restore(void);
/* memory_limit holds again; when more is in use, nothing more may be taken. */
void async_memory_settle(void);
/* Sets memory_limit. 0, or the bytes in use when they are more than that, and nothing is changed. */
size_t async_memory_limit(const char *text, size_t length, size_t bytes);
int async_hidden_file_next(uint32_t *cursor, int64_t *position);
void async_child_shutdown_functions(void);
bool async_child_has_shutdown_functions(void);
bool async_child_has_output(void);
void async_child_flush(bool at_end);

/* Signals: the engine's own table of handlers, and its sections in which none is called, are macros. */
void *async_signals_startup(int unused);
uint64_t async_signals_begin_child(void);
bool async_signals_handles(int signo);
bool async_signals_deferred(void);
bool async_signals_dispatched(void);
void async_signals_before(zval *signal);
bool async_signals_changed(void);
bool async_signals_put_back(void);
void async_signals_forget(void);

/* The bytes of a new string, not written yet but for the NUL behind them. */
char *async_string_alloc(zval *value, size_t length);

/* Streams and resources: macros. */
bool async_stream_from_fd(int fd, zval *out);

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
/* The slot of a key, null unless the key is there already. Applies PHP's rule for "1". map has room for it. */
zval *async_map_string(HashTable *map, zend_string *key);
zval *async_map_bytes(HashTable *map, const char *key, size_t len);
zval *async_map_index(HashTable *map, zend_long key);
/* A string with its hash. */
zend_string *async_key_string(const char *bytes, size_t len);
void async_key_release(zend_string *key);
void async_array_hold(HashTable *array);
void async_array_release(HashTable *array);

/* How deep graphs may be nested: what unserialize() takes by default. The same number is in zend/serialize.rs. */
#define ASYNC_GRAPH_DEPTH 4096

/* Objects that are nothing but their properties: PHP's serializer calls nothing for them, and unserialize() sets
 * nothing but properties. */
bool async_class_is_plain(const zend_class_entry *class);
/* Of a plain class, and neither lazy nor with dynamic properties; a stdClass may have any. */
bool async_object_is_plain(const zend_object *object);
zend_class_entry *async_class_bag(void);
/* The class, autoloaded or by unserialize_callback_func; NULL when there is none. May leave an exception pending. */
zend_class_entry *async_class_restore(const char *name, size_t len);
/* A plain object with default values. NULL when an exception is pending. */
zend_object *async_object_new(zval *slot, zend_class_entry *class);
/* The info of the property that mangles to name, or NULL. */
zend_property_info *async_class_slot(const zend_class_entry *class, const char *name, size_t len);
/* Empties the slot of a property. */
zval *async_object_slot(zend_object *object, const zend_property_info *info);
/* Whether the declared type takes the value; false leaves an exception pending. */
bool async_slot_settle(const zend_property_info *info, zval *slot);
/* Takes the array over as the dynamic properties. False for one that cannot be that. */
bool async_object_fill(zend_object *object, zval *properties);
/* Gives back a reference that nobody knew of: no candidate for the cycle collector. */
void async_object_forget(zend_object *object);
/* The destructor of the object is not called any more. */
void async_object_disarm(zend_object *object);
/* A case of an enum; NULL when there is none, or when an exception is pending. */
zend_object *async_enum_find(const char *class, size_t class_len, const char *name, size_t len);

/* Dates of PHP's own two classes: what they are made of, three values or none, and back. */
void async_date_startup(void);
zend_class_entry *async_date_class(bool immutable);
void async_date_parts(zend_object *object, zval *parts);
bool async_date_restore(zend_object *object, const char *text, size_t text_len, zend_long kind, const char *zone,
	size_t zone_len);

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
bool async_exiting(void);

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
HashTable *async_object_own_properties(zend_object *object);
bool async_slot_allows_null(zend_class_entry *class, size_t slot);
void async_lost_set(zend_object *throwable, zval *list);
zval *async_lost_get(zend_object *throwable);
void async_lost_forget(void);
bool async_property_write(zend_object *object, zend_class_entry *scope, const char *name, size_t len, zval *value);

/* Code: where a function is among what a forked process has from its parent. */

#define ASYNC_CODE_DEPTH 8
#define ASYNC_CODE_PIN 0
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
bool async_code_find(zend_object *closure, const zval *anchors, uint32_t pin_count, async_code *code);
bool async_code_closure(const async_code *code, const zval *anchors, uint32_t pin_count, zend_object *this, zval *closure);
void async_code_anchor(zend_object *closure, zval *anchor);
bool async_code_anchor_frame(zend_execute_data **frame, uint32_t *next, const zval *anchors, uint32_t pin_count, zval *anchor);
void async_declared(uint32_t *functions, uint32_t *classes);
void async_object_disown(zend_object *object);
zend_object *async_closure_this(zend_object *closure);
bool async_closure_goes_quietly(zend_object *closure);
HashTable *async_closure_statics(zend_object *closure);
zval *async_static_get(HashTable *statics, uint32_t position);
bool async_static_set(HashTable *statics, uint32_t position, zval *value);

/* Walking along what is iterable. */

uint32_t async_array_seek(const HashTable *table, uint32_t position);
zval *async_array_at(const HashTable *table, uint32_t position, zval *key);
zend_object_iterator *async_iterator_new(zend_object *object);
bool async_iterator_next(zend_object_iterator *iterator, zval *key, zval *value);
void async_iterator_free(zend_object_iterator *iterator);

#endif
