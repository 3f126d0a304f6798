#define _GNU_SOURCE
#include "shim.h"

#include "php_output.h"
#include "php_streams.h"
#include "zend_closures.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_fibers.h"
#include "zend_interfaces.h"
#include "zend_observer.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/php_lcg.h"
#if PHP_VERSION_ID >= 80400
# include "ext/random/php_random.h"
#elif PHP_VERSION_ID >= 80200
# include "ext/random/php_random.h"
#else
# include "ext/standard/php_mt_rand.h"
#endif

#if PHP_VERSION_ID < 80300
# define zend_zval_value_name zend_zval_type_name
#endif

/* ---- classes ---- */

zend_class_entry *async_class_register(const char *name, zend_class_entry *parent, const zend_function_entry *methods,
	uint32_t flags, zend_object *(*create)(zend_class_entry *))
{
	zend_class_entry template, *ce;

	INIT_CLASS_ENTRY_EX(template, name, strlen(name), methods);
	ce = zend_register_internal_class_ex(&template, parent);
	ce->ce_flags |= flags;
	if (create) {
		ce->create_object = create;
	}
	return ce;
}

zend_class_entry *async_interface_register(const char *name, const zend_function_entry *methods)
{
	zend_class_entry template;

	INIT_CLASS_ENTRY_EX(template, name, strlen(name), methods);
	return zend_register_internal_interface(&template);
}

void async_class_implement(zend_class_entry *ce, zend_class_entry *interface)
{
	zend_class_implements(ce, 1, interface);
}

bool async_class_alias(const char *name, zend_class_entry *ce)
{
	return zend_register_class_alias_ex(name, strlen(name), ce, true) == SUCCESS;
}

zend_class_entry *async_enum_register(const char *name, const char *const *cases, size_t count)
{
	zend_class_entry *ce = zend_register_internal_enum(name, IS_UNDEF, NULL);

	for (size_t i = 0; i < count; i++) {
		zend_enum_add_case_cstr(ce, cases[i], NULL);
	}
	return ce;
}

zend_object *async_enum_case(zend_class_entry *ce, const char *name)
{
	return zend_enum_get_case_cstr(ce, name);
}

bool async_functions_register(const zend_function_entry *functions)
{
	return zend_register_functions(NULL, functions, NULL, MODULE_PERSISTENT) == SUCCESS;
}

void async_arg_info(zend_internal_arg_info *out, const char *name, const char *classes, uint32_t mask, bool variadic,
	const char *default_value)
{
	uint32_t flags = _ZEND_ARG_INFO_FLAGS(0, variadic, 0);

	out->name = name;
	if (classes) {
		out->type = (zend_type) ZEND_TYPE_INIT_CLASS_CONST_MASK(classes, mask | flags);
	} else {
		out->type = (zend_type) ZEND_TYPE_INIT_MASK(mask | flags);
	}
	out->default_value = default_value;
}

void async_property_declare(zend_class_entry *ce, const char *name, uint32_t mask, uint32_t flags)
{
	zend_string *key = zend_string_init_interned(name, strlen(name), true);
	zval uninitialized;

	ZVAL_UNDEF(&uninitialized);
	zend_declare_typed_property(ce, key, &uninitialized, flags, NULL, (zend_type) ZEND_TYPE_INIT_MASK(mask));
}

static bool async_table_has(HashTable *table, const char *name)
{
	return zend_hash_str_find_ptr_lc(table, name, strlen(name)) != NULL;
}

bool async_class_exists(const char *name)
{
	return async_table_has(CG(class_table), name);
}

bool async_function_exists(const char *name)
{
	return async_table_has(CG(function_table), name);
}

bool async_extension_exists(const char *name)
{
	return async_table_has(&module_registry, name);
}

/* ---- objects ---- */

void *async_object_alloc(size_t size, zend_class_entry *ce)
{
	return zend_object_alloc(size, ce);
}

void async_object_init(zend_object *object, zend_class_entry *ce)
{
	zend_object_std_init(object, ce);
	object_properties_init(object, ce);
}

void async_object_release(zend_object *object)
{
	OBJ_RELEASE(object);
}

bool async_object_instanceof(const zend_object *object, const zend_class_entry *ce)
{
	return instanceof_function(object->ce, ce);
}

void async_gc_add(zend_get_gc_buffer *buffer, zval *value)
{
	zend_get_gc_buffer_add_zval(buffer, value);
}

void async_gc_use(zend_get_gc_buffer *buffer, zval **table, int *count)
{
	zend_get_gc_buffer_use(buffer, table, count);
}

/* ---- arguments ---- */

bool async_arg_long(uint32_t number, zval *arg, zend_long *out)
{
	bool is_null;

	if (zend_parse_arg_long(arg, out, &is_null, false, number)) {
		return true;
	}
	if (!EG(exception)) {
		zend_wrong_parameter_type_error(number, Z_EXPECTED_LONG, arg);
	}
	return false;
}

bool async_arg_double(uint32_t number, zval *arg, double *out)
{
	bool is_null;

	if (zend_parse_arg_double(arg, out, &is_null, false, number)) {
		return true;
	}
	if (!EG(exception)) {
		zend_wrong_parameter_type_error(number, Z_EXPECTED_DOUBLE, arg);
	}
	return false;
}

void async_arg_type_error(uint32_t number, const char *expected, zval *arg)
{
	zend_argument_type_error(number, "must be of type %s, %s given", expected, zend_zval_value_name(arg));
}

void async_arg_callback_error(uint32_t number, const char *message)
{
	zend_argument_type_error(number, "%s", message);
}

void async_arg_value_error(uint32_t number, const char *message)
{
	zend_argument_value_error(number, "%s", message);
}

/* ---- calls ---- */

/* Resolves a callable in the scope of whoever passes it, as a closure: a private method stays callable later on. */
bool async_callable_bind(zval *callable, zval *bound, char **error)
{
	zend_fcall_info_cache fcc;

	if (!zend_is_callable_ex(callable, NULL, 0, NULL, &fcc, error)) {
		return false;
	}
	if (*error) { /* a deprecation, already reported */
		efree(*error);
		*error = NULL;
	}
	if (Z_TYPE_P(callable) == IS_OBJECT || (fcc.function_handler->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE)) {
		zend_release_fcall_info_cache(&fcc);
		ZVAL_COPY(bound, callable);
		return true;
	}
	zval this;
	if (fcc.object) {
		ZVAL_OBJ(&this, fcc.object);
	}
	zend_create_fake_closure(bound, fcc.function_handler, fcc.function_handler->common.scope, fcc.called_scope,
		fcc.object ? &this : NULL);
	return true;
}

void async_call(zval *callable, uint32_t argc, zval *argv, HashTable *named, zval *result)
{
	zend_fcall_info fci = {0};

	fci.size = sizeof(fci);
	ZVAL_COPY_VALUE(&fci.function_name, callable);
	fci.retval = result;
	fci.param_count = argc;
	fci.params = argv;
	fci.named_params = named;
	ZVAL_UNDEF(result);
	zend_call_function(&fci, NULL);
	if (Z_ISREF_P(result)) {
		zend_unwrap_reference(result);
	}
}

void async_call_method(zend_object *object, const char *name, zval *result)
{
	zend_function *method = zend_hash_str_find_ptr(&object->ce->function_table, name, strlen(name));

	ZVAL_UNDEF(result);
	if (method) {
		zend_call_known_instance_method_with_0_params(method, object, result);
	}
}

static bool async_class_accepts(zend_string *name, zend_function *function, zend_class_entry *thrown)
{
	zend_class_entry *ce;

	if (zend_string_equals_literal_ci(name, "self")) {
		ce = function->common.scope;
	} else if (zend_string_equals_literal_ci(name, "parent")) {
		ce = function->common.scope ? function->common.scope->parent : NULL;
	} else {
		/* A class that is not loaded has no instances. */
		ce = zend_lookup_class_ex(name, NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
	}
	return ce && instanceof_function(thrown, ce);
}

static bool async_type_accepts(zend_type type, zend_function *function, zend_class_entry *thrown)
{
	const zend_type *member;

	if (ZEND_TYPE_PURE_MASK(type) & MAY_BE_OBJECT) {
		return true;
	}
	if (ZEND_TYPE_IS_INTERSECTION(type)) {
		ZEND_TYPE_FOREACH(type, member) {
			if (!async_type_accepts(*member, function, thrown)) {
				return false;
			}
		} ZEND_TYPE_FOREACH_END();
		return true;
	}
	if (ZEND_TYPE_HAS_LIST(type)) {
		ZEND_TYPE_FOREACH(type, member) {
			if (async_type_accepts(*member, function, thrown)) {
				return true;
			}
		} ZEND_TYPE_FOREACH_END();
		return false;
	}
	if (ZEND_TYPE_HAS_NAME(type)) {
		return async_class_accepts(ZEND_TYPE_NAME(type), function, thrown);
	}
	return false;
}

/* Would the callable's first parameter take this throwable? One without parameters, or without a type, takes any. */
bool async_callable_accepts(zval *callable, zend_object *throwable)
{
	zend_fcall_info_cache fcc;
	bool accepts = true;

	if (!zend_is_callable_ex(callable, NULL, 0, NULL, &fcc, NULL)) {
		return false;
	}
	zend_function *function = fcc.function_handler;
	bool variadic = function->common.fn_flags & ZEND_ACC_VARIADIC;
	if (function->type == ZEND_USER_FUNCTION && function->common.arg_info
		&& (function->common.num_args > 0 || variadic)
		&& ZEND_TYPE_IS_SET(function->common.arg_info[0].type)) {
		accepts = async_type_accepts(function->common.arg_info[0].type, function, throwable->ce);
	}
	zend_release_fcall_info_cache(&fcc);
	return accepts;
}

/* What the VM does at an interrupt, for a caller that blocks inside an internal function. */
void async_interrupts_run(void)
{
#if PHP_VERSION_ID >= 80200
	if (!zend_atomic_bool_load(&EG(vm_interrupt))) {
		return;
	}
	zend_atomic_bool_store(&EG(vm_interrupt), false);
	if (zend_atomic_bool_load(&EG(timed_out))) {
		zend_timeout();
	}
#else
	if (!EG(vm_interrupt)) {
		return;
	}
	EG(vm_interrupt) = 0;
	if (EG(timed_out)) {
		zend_timeout();
	}
#endif
	if (zend_interrupt_function) {
		zend_interrupt_function(EG(current_execute_data));
	}
}

void async_error_free(char *error)
{
	efree(error);
}

/* ---- exceptions ---- */

zend_object *async_exception_pending(void)
{
	return EG(exception);
}

zend_object *async_exception_take(void)
{
	zend_object *exception = EG(exception);

	if (exception) {
		GC_ADDREF(exception);
		zend_clear_exception();
	}
	return exception;
}

bool async_exception_is_exit(const zend_object *exception)
{
	return zend_is_unwind_exit(exception);
}

void async_exception_throw(zend_object *exception)
{
	zend_throw_exception_internal(exception);
}

void async_exception_new(zval *out, zend_class_entry *ce, const char *message, size_t length)
{
	zval text;

	object_init_ex(out, ce);
	ZVAL_STRINGL(&text, message, length);
	zend_update_property_ex(zend_ce_exception, Z_OBJ_P(out), ZSTR_KNOWN(ZEND_STR_MESSAGE), &text);
	zval_ptr_dtor(&text);
}

void async_property_set(zend_object *object, zend_class_entry *scope, const char *name, zval *value)
{
	zend_update_property(scope, object, name, strlen(name), value);
}

void async_exception_message(zend_object *exception, zval *out)
{
	zend_class_entry *base = instanceof_function(exception->ce, zend_ce_error) ? zend_ce_error : zend_ce_exception;
	zval buffer, *message = zend_read_property_ex(base, exception, ZSTR_KNOWN(ZEND_STR_MESSAGE), true, &buffer);

	ZVAL_COPY_DEREF(out, message);
}

void async_warning(const char *message)
{
	zend_error(E_WARNING, "%s", message);
}

void async_core_warning(const char *message)
{
	zend_error(E_CORE_WARNING, "%s", message);
}

/* ---- request state ---- */

void *async_vm_interrupt_addr(void)
{
	return &EG(vm_interrupt);
}

/* Callers that exist to call what they are given: a handler may run inside them as well as beside them. */
static bool async_is_plain_caller(const zend_function *function)
{
	static const char *const functions[] = {
		"call_user_func", "call_user_func_array", "forward_static_call", "forward_static_call_array",
		"array_map", "array_walk", "array_filter", "array_reduce", "iterator_apply", "iterator_to_array", "iterator_count",
	};
	static const char *const classes[] = {
		"Closure", "Generator", "Fiber", "ReflectionMethod", "ReflectionFunction", "IteratorIterator", "CallbackFilterIterator",
	};

	if (!function->common.function_name) {
		return true; /* the bottom frame of a fiber */
	}
	if (function->common.scope) {
		for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
			if (!strcmp(ZSTR_VAL(function->common.scope->name), classes[i])) {
				return true;
			}
		}
		return false;
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (!strcmp(ZSTR_VAL(function->common.function_name), functions[i])) {
			return true;
		}
	}
	return false;
}

/* Is the VM where the script itself could have called a function? Not inside a destructor, an autoloader, a comparator, an
 * output callback or an error handler: those the engine calls in the middle of something. */
bool async_interrupt_safe(void)
{
	const zend_execute_data *frame;

	if (EG(exception) || (php_output_get_status() & PHP_OUTPUT_LOCKED)) {
		return false;
	}
	for (frame = EG(current_execute_data); frame; frame = frame->prev_execute_data) {
		uint32_t info = ZEND_CALL_INFO(frame);
		const zend_execute_data *caller = frame->prev_execute_data;

		if (!frame->func || !ZEND_USER_CODE(frame->func->type)) {
			continue;
		}
		if (frame->func->common.scope && frame->func->common.scope->destructor == frame->func) {
			return false;
		}
		if ((info & (ZEND_CALL_TOP | ZEND_CALL_CODE)) != ZEND_CALL_TOP || (info & ZEND_CALL_GENERATOR)) {
			continue;
		}
		if (!caller || !caller->func) {
			continue; /* a shutdown function, or the bottom of a fiber */
		}
		if (ZEND_USER_CODE(caller->func->type) || !async_is_plain_caller(caller->func)) {
			return false;
		}
	}
	return true;
}

int async_exit_status(void)
{
	return EG(exit_status);
}

int async_last_error(zend_string **message, zend_string **file, uint32_t *line)
{
	*message = PG(last_error_message);
	*file = PG(last_error_file);
	*line = PG(last_error_lineno);
	return PG(last_error_type);
}

void async_fiber_block(void)
{
	zend_fiber_switch_block();
}

void async_fiber_unblock(void)
{
	zend_fiber_switch_unblock();
}

/* Appends a static method to the shutdown functions of the script. */
void async_shutdown_register(zend_class_entry *ce, const char *method)
{
	zend_function *function = zend_hash_str_find_ptr(&ce->function_table, method, strlen(method));
	php_shutdown_function_entry entry = {0};
	zval closure;

	if (!function) {
		return;
	}
	zend_create_fake_closure(&closure, function, ce, ce, NULL);
	zend_fcall_info_init(&closure, 0, &entry.fci, &entry.fci_cache, NULL, NULL);
	append_user_shutdown_function(&entry);
}

/* ---- arrays ---- */

/* Takes over the value. False when the key is of no type that an array takes. */
bool async_array_set(HashTable *array, zval *key, zval *value)
{
	if (Z_TYPE_P(key) == IS_LONG) {
		return zend_hash_index_update(array, Z_LVAL_P(key), value) != NULL;
	}
	return Z_TYPE_P(key) == IS_STRING && zend_symtable_update(array, Z_STR_P(key), value) != NULL;
}

/* Takes over the value, and tells the key that it got. False when the next key would be beyond PHP_INT_MAX. */
bool async_array_append(HashTable *array, zval *value, zval *key)
{
	zend_long next = array->nNextFreeElement == ZEND_LONG_MIN ? 0 : array->nNextFreeElement;

	ZVAL_LONG(key, next);
	return zend_hash_next_index_insert(array, value) != NULL;
}

zval *async_array_find(HashTable *array, const zval *key)
{
	if (Z_TYPE_P(key) == IS_LONG) {
		return zend_hash_index_find(array, Z_LVAL_P(key));
	}
	return Z_TYPE_P(key) == IS_STRING ? zend_symtable_find(array, Z_STR_P(key)) : NULL;
}

void async_array_delete(HashTable *array, const zval *key)
{
	if (Z_TYPE_P(key) == IS_LONG) {
		zend_hash_index_del(array, Z_LVAL_P(key));
	} else if (Z_TYPE_P(key) == IS_STRING) {
		zend_symtable_del(array, Z_STR_P(key));
	}
}

/* What an array makes of a key: null is "", "7" is 7, a float or a bool is an int. Anything else becomes undefined. */
void async_array_key_normal(zval *key)
{
	zend_ulong index;

	switch (Z_TYPE_P(key)) {
		case IS_LONG:
			return;
		case IS_STRING:
			if (ZEND_HANDLE_NUMERIC_STR(Z_STRVAL_P(key), Z_STRLEN_P(key), index)) {
				zval_ptr_dtor(key);
				ZVAL_LONG(key, (zend_long) index);
			}
			return;
		case IS_NULL:
			ZVAL_EMPTY_STRING(key);
			return;
		case IS_FALSE:
			ZVAL_LONG(key, 0);
			return;
		case IS_TRUE:
			ZVAL_LONG(key, 1);
			return;
		case IS_DOUBLE:
			ZVAL_LONG(key, zend_dval_to_lval(Z_DVAL_P(key)));
			return;
		default:
			zval_ptr_dtor(key);
			ZVAL_UNDEF(key);
	}
}

/* ---- the child ---- */

static void (*async_parent_error_cb)(int type, zend_string *file, const uint32_t line, zend_string *message);
static zend_ulong async_first_own_resource;

/* A fatal error of a child is told by its outcome: not printed a second time on the terminal of the parent. */
static void async_child_error_cb(int type, zend_string *file, const uint32_t line, zend_string *message)
{
	if ((type & ~E_DONT_BAIL) & E_FATAL_ERRORS) {
		PG(display_errors) = 0;
		if (!PG(error_log) || !*PG(error_log)) {
			PG(log_errors) = 0;
		}
	}
	async_parent_error_cb(type, file, line, message);
}

static void async_reseed(void)
{
#if PHP_VERSION_ID >= 80400
	RANDOM_G(combined_lcg_seeded) = false;
	RANDOM_G(mt19937_seeded) = false;
	RANDOM_G(fallback_seed_initialized) = false;
#elif PHP_VERSION_ID >= 80200
	RANDOM_G(combined_lcg_seeded) = false;
	RANDOM_G(mt19937_seeded) = false;
#else
	LCG(seeded) = 0;
	BG(mt_rand_is_seeded) = 0;
#endif
}

void async_child_begin(bool reseed)
{
#if PHP_VERSION_ID >= 80500
	php_child_init();
#elif PHP_VERSION_ID >= 80200
	zend_max_execution_timer_init();
#endif
	/* The parent's buffers are forgotten, not flushed and not freed: their text is the parent's to print. */
	if (php_output_get_level() > 0) {
		php_output_activate();
	}
	if (reseed) {
		async_reseed();
	}
	PG(last_error_type) = 0;
	PG(last_error_message) = NULL;
	PG(last_error_file) = NULL;
	PG(last_error_lineno) = 0;
	EG(exit_status) = 0;
#if PHP_VERSION_ID >= 80200
	zend_memory_reset_peak_usage();
	zend_atomic_bool_store(&EG(vm_interrupt), false);
#else
	EG(vm_interrupt) = 0;
#endif
	BG(user_shutdown_function_names) = NULL;
	async_first_own_resource = zend_hash_next_free_element(&EG(regular_list));
	if (zend_error_cb != async_child_error_cb) {
		async_parent_error_cb = zend_error_cb;
		zend_error_cb = async_child_error_cb;
	}
}

void async_child_shutdown_functions(void)
{
	if (BG(user_shutdown_function_names)) {
		php_call_shutdown_functions();
	}
}

/* Writes out what the child itself has in buffers: its output layer, and the streams that it opened. */
void async_child_flush(void)
{
	zend_resource *resource;
	zend_ulong handle;

	php_output_end_all();
	ZEND_HASH_FOREACH_NUM_KEY_PTR(&EG(regular_list), handle, resource) {
		if (handle >= async_first_own_resource && resource->type == php_file_le_stream() && resource->ptr) {
			php_stream_flush((php_stream *) resource->ptr);
		}
	} ZEND_HASH_FOREACH_END();
}

/* ---- streams ---- */

bool async_stream_from_fd(int fd, zval *out)
{
	php_stream *stream = php_stream_fopen_from_fd(fd, "r", NULL);

	if (!stream) {
		return false;
	}
	php_stream_to_zval(stream, out);
	return true;
}
