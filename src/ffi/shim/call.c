#include "../shim.h"

#include "zend_closures.h"
#include "zend_exceptions.h"

/* The caller has checked that the argument is not null. */
zend_string *async_arg_str(uint32_t number, zval *arg)
{
	zend_string *text = NULL;

	if (zend_parse_arg_str(arg, &text, false, number)) {
		return text;
	}
	if (!EG(exception)) {
		zend_wrong_parameter_type_error(number, Z_EXPECTED_STRING_OR_NULL, arg);
	}
	return NULL;
}

/* If nullable is true, the caller has checked that the argument is not null. */
bool async_arg_long(uint32_t number, zval *arg, bool nullable, zend_long *out)
{
	bool is_null;

	if (zend_parse_arg_long(arg, out, &is_null, nullable, number)) {
		return true;
	}
	if (!EG(exception)) {
		zend_wrong_parameter_type_error(number, nullable ? Z_EXPECTED_LONG_OR_NULL : Z_EXPECTED_LONG, arg);
	}
	return false;
}

bool async_arg_bool(uint32_t number, zval *arg, bool *out)
{
	bool is_null;

	if (zend_parse_arg_bool(arg, out, &is_null, false, number)) {
		return true;
	}
	if (!EG(exception)) {
		zend_wrong_parameter_type_error(number, Z_EXPECTED_BOOL, arg);
	}
	return false;
}

/* If nullable is true, the caller has checked that the argument is not null. */
bool async_arg_double(uint32_t number, zval *arg, bool nullable, double *out)
{
	bool is_null;

	if (zend_parse_arg_double(arg, out, &is_null, nullable, number)) {
		return true;
	}
	if (!EG(exception)) {
		zend_wrong_parameter_type_error(number, nullable ? Z_EXPECTED_DOUBLE_OR_NULL : Z_EXPECTED_DOUBLE, arg);
	}
	return false;
}

void async_arg_type_error(uint32_t number, const char *expected, zval *arg)
{
	zend_argument_type_error(number, "must be of type %s, %s given", expected, zend_zval_value_name(arg));
}

void async_arg_type_error_text(uint32_t number, const char *message)
{
	zend_argument_type_error(number, "%s", message);
}

void async_arg_value_error(uint32_t number, const char *message)
{
	zend_argument_value_error(number, "%s", message);
}


/* Resolves a callable in the scope of the code that passes it, to a closure: so a private method can still be called
 * later. */
bool async_callable_bind(zval *callable, zval *bound, char **error)
{
	zend_fcall_info_cache fcc;

	if (!zend_is_callable_ex(callable, NULL, 0, NULL, &fcc, error)) {
		return false;
	}
	if (*error) { /* a deprecation, which has been reported already */
		efree(*error);
		*error = NULL;
	}
	if (Z_TYPE_P(callable) == IS_OBJECT || (fcc.function_handler->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE)) {
		zend_release_fcall_info_cache(&fcc);
		ZVAL_COPY(bound, callable);
		return true;
	}
	zval this;
	zend_create_fake_closure(bound, fcc.function_handler, fcc.function_handler->common.scope, fcc.called_scope,
		async_closure_object(fcc.object, &this));
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
	/* A closure needs no check that it is callable, which would cost a child some pages of code. */
	if (Z_TYPE_P(callable) == IS_OBJECT && Z_OBJCE_P(callable) == zend_ce_closure) {
		zend_fcall_info_cache fcc = {0};

		Z_OBJ_HANDLER_P(callable, get_closure)(Z_OBJ_P(callable), &fcc.calling_scope, &fcc.function_handler, &fcc.object, false);
		fcc.called_scope = fcc.calling_scope;
		zend_call_function(&fci, &fcc);
	} else {
		zend_call_function(&fci, NULL);
	}
	if (Z_ISREF_P(result)) {
		zend_unwrap_reference(result);
	}
}

/* Requires a file, in a scope of its own, and gives what it returns. An exception may be pending afterwards; a file that
 * is not there is a fatal error, as for any script. */
void async_require(const char *path, size_t length, zval *result)
{
	zval closure, name;

	ZVAL_UNDEF(result);
	ZVAL_UNDEF(&closure);
	if (zend_eval_stringl(ZEND_STRL("static fn(string $file) => require $file"), &closure, "async bootstrap") == SUCCESS
		&& !EG(exception)) {
		ZVAL_STRINGL(&name, path, length);
		async_call(&closure, 1, &name, NULL, result);
		zval_ptr_dtor(&name);
	}
	zval_ptr_dtor(&closure);
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

/* Would the callable's first parameter accept this throwable? A callable without parameters, or without a type, accepts
 * any. */
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

/* Does a function have a return statement with a value? The engine ends every function with a return of null, and marks
 * it. A function that is declared void returns none. */
bool async_callable_returns(zval *callable)
{
	zend_fcall_info_cache fcc;
	bool returns = false;

	if (!zend_is_callable_ex(callable, NULL, 0, NULL, &fcc, NULL)) {
		return true;
	}
	const zend_function *function = fcc.function_handler;
	if ((function->common.fn_flags & ZEND_ACC_HAS_RETURN_TYPE)
		&& (ZEND_TYPE_FULL_MASK(function->common.arg_info[-1].type) & (MAY_BE_VOID | MAY_BE_NEVER))) {
		returns = false;
	} else if (function->type != ZEND_USER_FUNCTION || (function->common.fn_flags & ZEND_ACC_CALL_VIA_TRAMPOLINE)) {
		returns = true; /* what __call() returns cannot be known here */
	} else {
		for (uint32_t i = 0; i < function->op_array.last && !returns; i++) {
			const zend_op *op = &function->op_array.opcodes[i];
			returns = (op->opcode == ZEND_RETURN || op->opcode == ZEND_RETURN_BY_REF || op->opcode == ZEND_GENERATOR_CREATE)
				&& op->extended_value != (uint32_t) -1;
		}
	}
	zend_release_fcall_info_cache(&fcc);
	return returns;
}

/* Does what the VM does at an interrupt, for a caller that blocks inside of an internal function. */
void async_interrupts_run(void)
{
	if (!zend_atomic_bool_load(&EG(vm_interrupt))) {
		return;
	}
	zend_atomic_bool_store(&EG(vm_interrupt), false);
	if (zend_atomic_bool_load(&EG(timed_out))) {
		zend_timeout();
	}
	if (zend_interrupt_function) {
		zend_interrupt_function(EG(current_execute_data));
	}
}

void async_error_free(char *error)
{
	efree(error);
}
