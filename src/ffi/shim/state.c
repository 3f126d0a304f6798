#include "../shim.h"

#include "php_output.h"
#include "php_streams.h"
#include "zend_closures.h"
#include "zend_exceptions.h"
#include "zend_fibers.h"
#include "zend_generators.h"
#include "ext/standard/basic_functions.h"

void async_exception_throw(zend_object *exception)
{
	zend_throw_exception_internal(exception);
}

/* If an exception passes through a frame of a user's function, its next instruction has to be the one that handles
 * exceptions. */
static void async_exception_meets_frame(void)
{
	zend_execute_data *frame = EG(current_execute_data);

	if (frame && frame->func && ZEND_USER_CODE(frame->func->common.type) && frame->opline->opcode != ZEND_HANDLE_EXCEPTION) {
		EG(opline_before_exception) = frame->opline;
		frame->opline = EG(exception_op);
	}
}

/* Does what the engine does around a destructor that runs while an exception is pending: code that runs meanwhile sees
 * none. */
zend_object *async_exception_set_aside(const void **opline)
{
	zend_object *exception = EG(exception);

	if (exception) {
		async_exception_meets_frame();
		*opline = EG(opline_before_exception);
		EG(exception) = NULL;
	}
	return exception;
}

/* Makes the exception pending again; as the previous one of what was thrown meanwhile, if anything was. */
void async_exception_put_back(zend_object *exception, const void *opline)
{
	EG(opline_before_exception) = opline;
	if (EG(exception)) {
		zend_exception_set_previous(EG(exception), exception);
	} else {
		EG(exception) = exception;
	}
	/* Code that took an exception meanwhile has made the frame continue normally. */
	async_exception_meets_frame();
}

/* Exception and Error each declare their own properties. */
static zend_class_entry *async_base(const zend_class_entry *ce)
{
	return instanceof_function(ce, zend_ce_error) ? zend_ce_error : zend_ce_exception;
}

void async_exception_new(zval *out, zend_class_entry *ce, const char *message, size_t length)
{
	zval text;
	bool ignore = EG(exception_ignore_args);

	/* A trace with arguments would refer to the pool that is waited for; if that pool keeps the failure, both would never
	 * be freed. */
	EG(exception_ignore_args) = true;
	object_init_ex(out, ce);
	EG(exception_ignore_args) = ignore;
	ZVAL_STRINGL(&text, message, length);
	zend_update_property_ex(async_base(ce), Z_OBJ_P(out), ZSTR_KNOWN(ZEND_STR_MESSAGE), &text);
	zval_ptr_dtor(&text);
}

void async_property_set(zend_object *object, zend_class_entry *scope, const char *name, zval *value)
{
	zend_update_property(scope, object, name, strlen(name), value);
}

/* False if the property is no int. */
bool async_property_long(zend_object *object, zend_class_entry *scope, const char *name, zend_long *out)
{
	zval buffer, *value = zend_read_property(scope, object, name, strlen(name), true, &buffer);

	if (Z_TYPE_P(value) != IS_LONG) {
		return false;
	}
	*out = Z_LVAL_P(value);
	return true;
}

void async_exception_message(zend_object *exception, zval *out)
{
	zend_class_entry *base = async_base(exception->ce);
	zval buffer, *message = zend_read_property_ex(base, exception, ZSTR_KNOWN(ZEND_STR_MESSAGE), true, &buffer);

	ZVAL_COPY_DEREF(out, message);
}

void async_warning(const char *message)
{
	zend_error(E_WARNING, "%s", message);
}

void async_notice(const char *message)
{
	zend_error(E_NOTICE, "%s", message);
}

/* A warning with the file and line where an exception was thrown. */
void async_warning_at(zend_object *exception, const char *message, size_t length)
{
	zend_class_entry *base = async_base(exception->ce);
	zval file, line;
	zend_string *text = zend_string_init(message, length, false);
	zend_string *name = zval_get_string(zend_read_property_ex(base, exception, ZSTR_KNOWN(ZEND_STR_FILE), true, &file));
	zend_long number = zval_get_long(zend_read_property_ex(base, exception, ZSTR_KNOWN(ZEND_STR_LINE), true, &line));

	zend_error_zstr_at(E_WARNING, name, (uint32_t) number, text);
	zend_string_release(name);
	zend_string_release(text);
}

void async_core_warning(const char *message)
{
	zend_error(E_CORE_WARNING, "%s", message);
}


/* Is this the thread that has started PHP? Without thread safety there is no other. */
bool async_thread_is_main(void)
{
#ifdef ZTS
	return tsrm_is_main_thread();
#else
	return true;
#endif
}

void *async_vm_interrupt_addr(void)
{
	return &EG(vm_interrupt);
}

/* Functions whose purpose is to call their argument: a handler may run inside of them as well as beside them. */
static bool async_is_plain_caller(const zend_function *function)
{
	static const char *const functions[] = {
		"call_user_func", "call_user_func_array", "forward_static_call", "forward_static_call_array",
		"array_map", "array_walk", "array_filter", "array_reduce", "iterator_apply", "iterator_to_array", "iterator_count",
		"array_find", "array_find_key", "array_any", "array_all",
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

/* The frame on top of which handlers are running, if they are. It is only compared, and never read. */
ZEND_TLS const zend_execute_data *async_floor;

const void *async_floor_set(void)
{
	const zend_execute_data *before = async_floor;

	async_floor = EG(current_execute_data);
	return before;
}

void async_floor_reset(const void *before)
{
	async_floor = before;
}

static const zend_module_entry *async_module;

void async_interrupt_startup(void)
{
	async_module = EG(current_module);
}

/* Is the caller a function of ours that uses a function of the engine in the middle of its own work? Such a function of
 * ours looks for news itself. Newer engines also check for interrupts at the end of an internal function, while its
 * frame is still there: these cases cannot be distinguished. */
bool async_interrupt_is_inside_ours(void)
{
	const zend_execute_data *frame = EG(current_execute_data);

	return frame && frame != async_floor && frame->func && !ZEND_USER_CODE(frame->func->type)
		&& frame->func->internal_function.module == async_module;
}

/* Is this the frame of a function that has been freed in it, as those that FFI calls are? The only other frames without
 * a function stand for a generator. */
static bool is_of_freed(const zend_execute_data *frame)
{
	return !frame->func && !(Z_TYPE(frame->This) == IS_OBJECT && Z_OBJCE(frame->This) == zend_ce_generator);
}

/* Is the VM at the end of a function that has been freed in it? Newer engines check for interrupts there, while its
 * frame is still there, and a backtrace would read the function. */
bool async_interrupt_is_of_freed(void)
{
	const zend_execute_data *frame = EG(current_execute_data);

	return frame && is_of_freed(frame);
}

/* Is the VM where the script itself could have called a function? Not inside of a destructor, an autoloader, a
 * comparator, an output callback or an error handler: these are called by the engine in the middle of other work. While
 * a handler runs, only frames above it are checked: the handler itself was called in such a place, or while
 * code waits. */
bool async_interrupt_safe(void)
{
	const zend_execute_data *frame;

	if (EG(exception) || (php_output_get_status() & PHP_OUTPUT_LOCKED) || async_interrupt_is_inside_ours()
		|| async_interrupt_is_of_freed()) {
		return false;
	}
	for (frame = EG(current_execute_data); frame && frame != async_floor; frame = frame->prev_execute_data) {
		uint32_t info = ZEND_CALL_INFO(frame);
		const zend_execute_data *caller = frame->prev_execute_data;

		if (is_of_freed(frame)) {
			return false; /* a handler of a signal runs at its end */
		}
		if (!frame->func || !ZEND_USER_CODE(frame->func->type)) {
			continue;
		}
		if (frame->func->common.scope && frame->func->common.scope->destructor == frame->func) {
			return false;
		}
		if ((info & (ZEND_CALL_TOP | ZEND_CALL_CODE)) != ZEND_CALL_TOP || (info & ZEND_CALL_GENERATOR)) {
			continue;
		}
		if (caller == async_floor || !caller || !caller->func) {
			continue; /* a handler, a shutdown function, or the bottom of a fiber */
		}
		if (ZEND_USER_CODE(caller->func->type) || !async_is_plain_caller(caller->func)) {
			return false;
		}
	}
	return true;
}

/* Called when an exception or exit() leaves an interrupt. The interrupt is between two instructions, and the engine
 * unwinds as if the second one had thrown in the middle of its work: it frees the argument that this instruction was to
 * pass, or the part that it was to add to a string, although nothing has been written there yet. This function writes
 * it. Likewise, the end of @ counts as executed although warnings are still silenced. */
void async_interrupt_threw(zend_execute_data *frame)
{
	const zend_op *next = EG(opline_before_exception);
	zval *slot;

	if (!frame || frame != EG(current_execute_data) || !frame->func || !ZEND_USER_CODE(frame->func->type) || !next
		|| frame->opline->opcode != ZEND_HANDLE_EXCEPTION) {
		return;
	}
	switch (next->opcode) {
		case ZEND_SEND_VAL:
		case ZEND_SEND_VAL_EX:
		case ZEND_SEND_VAR:
		case ZEND_SEND_VAR_EX:
		case ZEND_SEND_FUNC_ARG:
		case ZEND_SEND_REF:
		case ZEND_SEND_VAR_NO_REF:
		case ZEND_SEND_VAR_NO_REF_EX:
		case ZEND_SEND_USER:
			if (next->op2_type == IS_CONST) {
				return; /* named arguments are counted only once they have been passed */
			}
			slot = ZEND_CALL_VAR(frame->call, next->result.var);
			if (next->op1_type & (IS_TMP_VAR | IS_VAR)) {
				ZVAL_COPY_VALUE(slot, ZEND_CALL_VAR(frame, next->op1.var));
			} else {
				ZVAL_UNDEF(slot);
			}
			return;
		case ZEND_ROPE_INIT:
		case ZEND_ROPE_ADD:
			if (next->opcode == ZEND_ROPE_INIT) {
				*(zend_string **) ZEND_CALL_VAR(frame, next->result.var) = ZSTR_EMPTY_ALLOC();
			} else {
				((zend_string **) ZEND_CALL_VAR(frame, next->op1.var))[next->extended_value] = ZSTR_EMPTY_ALLOC();
			}
			if (next->op2_type & (IS_TMP_VAR | IS_VAR)) {
				zval_ptr_dtor_nogc(ZEND_CALL_VAR(frame, next->op2.var));
			}
			return;
		case ZEND_END_SILENCE:
			slot = ZEND_CALL_VAR(frame, next->op1.var);
			if (E_HAS_ONLY_FATAL_ERRORS(EG(error_reporting)) && !E_HAS_ONLY_FATAL_ERRORS(Z_LVAL_P(slot))) {
				EG(error_reporting) = Z_LVAL_P(slot);
			}
			return;
		default:
			return;
	}
}

/* The functions of PHP code on the stack, from the innermost outwards, each identified by the address of its code.
 * Direct recursion counts as one. Returns how many were written. */
size_t async_scope(uintptr_t *functions, size_t most)
{
	size_t count = 0;

	for (const zend_execute_data *frame = EG(current_execute_data); frame && count < most; frame = frame->prev_execute_data) {
		if (frame->func && ZEND_USER_CODE(frame->func->type)) {
			uintptr_t function = (uintptr_t) frame->func->op_array.opcodes;
			if (count == 0 || functions[count - 1] != function) {
				functions[count++] = function;
			}
		}
	}
	return count;
}

int async_exit_status(void)
{
	return EG(exit_status);
}

void async_exit_status_set(int status)
{
	EG(exit_status) = status;
}

void *async_fiber_hide(void)
{
	void *fiber = EG(active_fiber);

	EG(active_fiber) = NULL;
	return fiber;
}

void async_fiber_show(void *fiber)
{
	EG(active_fiber) = fiber;
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

static zend_function *async_static_method(zend_class_entry *ce, const char *name)
{
	return zend_hash_str_find_ptr(&ce->function_table, name, strlen(name));
}

void async_static_call(zend_class_entry *ce, const char *name)
{
	zend_function *function = async_static_method(ce, name);
	zval result;

	/* The request in which opcache preloads ends with an inactive executor. */
	if (function && EG(active)) {
		zend_call_known_function(function, NULL, ce, &result, 0, NULL, NULL);
		zval_ptr_dtor(&result);
	}
}

/* Appends a static method to the script's shutdown functions. */
void async_shutdown_register(zend_class_entry *ce, const char *method)
{
	zend_function *function = async_static_method(ce, method);
	php_shutdown_function_entry entry = {0};
	zval closure;

	if (!function) {
		return;
	}
	zend_create_fake_closure(&closure, function, ce, ce, NULL);
#ifdef ASYNC_SHUTDOWN_ENTRY_HAS_FCI
	zend_fcall_info_init(&closure, 0, &entry.fci, &entry.fci_cache, NULL, NULL);
#else
	zend_fcall_info info;
	zend_fcall_info_init(&closure, 0, &info, &entry.fci_cache, NULL, NULL);
#endif
	append_user_shutdown_function(&entry);
}


bool async_stream_from_fd(int fd, zval *out)
{
	php_stream *stream = php_stream_fopen_from_fd(fd, "r", NULL);

	if (!stream) {
		return false;
	}
	php_stream_to_zval(stream, out);
	return true;
}
