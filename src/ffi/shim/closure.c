#include "../shim.h"

#include "zend_closures.h"

/* Identifies a function by its position in what a forked process has inherited from its parent: a root, and a path
 * through functions that are defined inside of functions. During a request, functions and classes are never removed
 * from their tables, and anchors are never dropped. So a position that was occupied at the fork has the same function
 * in both processes for ever. */

static zend_function *async_closure_func(zend_object *closure)
{
	return (zend_function *) zend_get_closure_method_def(closure);
}

static zend_class_entry *async_closure_called_scope(zend_object *closure)
{
	zend_class_entry *called = NULL;
	zend_function *function;
	zend_object *this;

	closure->handlers->get_closure(closure, &called, &function, &this, true);
	return called;
}

/* Identifies the code of a closure in this process, as long as the closure is alive. */
void async_code_key(zend_object *closure, uintptr_t key[3])
{
	zend_function *function = async_closure_func(closure);

	key[0] = function->type == ZEND_USER_FUNCTION
		? (uintptr_t) function->op_array.opcodes : (uintptr_t) function->common.function_name;
	key[1] = (uintptr_t) function->common.scope | ((function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE) ? 1 : 0)
		| ((function->common.fn_flags & ZEND_ACC_STATIC) ? 2 : 0);
	key[2] = (uintptr_t) async_closure_called_scope(closure);
}

/* Position of a class, counted from 1; 0 for no class, and for one that is not in the table. */
static uint32_t async_class_position(zend_class_entry *class)
{
	if (!class) {
		return 0;
	}
	zend_string *name = zend_string_tolower(class->name);
	zval *found = zend_hash_find(EG(class_table), name);
	uint32_t position = 0;

	if (found && Z_PTR_P(found) == class) {
		position = (uint32_t) ((Bucket *) found - EG(class_table)->arData) + 1;
	}
	zend_string_release(name);
	return position;
}

static bool async_same_code(const zend_function *one, const zend_function *other)
{
	if (one->type != other->type) {
		return false;
	}
	if (one->type == ZEND_USER_FUNCTION) {
		return one->op_array.opcodes == other->op_array.opcodes;
	}
	/* __call and __callStatic of one class, called by the same name, differ in nothing but this flag. */
	return one->internal_function.function_name == other->internal_function.function_name
		&& one->common.scope == other->common.scope
		&& !((one->common.fn_flags ^ other->common.fn_flags) & ZEND_ACC_STATIC);
}

/* Searches the functions defined inside of top for the code, and records the path to it. */
static bool async_code_below(const zend_function *top, const zend_function *wanted, async_code *code, uint32_t depth)
{
	if (async_same_code(top, wanted)) {
		code->depth = depth;
		return true;
	}
	if (top->type != ZEND_USER_FUNCTION || depth == ASYNC_CODE_DEPTH) {
		return false;
	}
	for (uint32_t i = 0; i < top->op_array.num_dynamic_func_defs; i++) {
		code->path[depth] = i;
		if (async_code_below((zend_function *) top->op_array.dynamic_func_defs[i], wanted, code, depth + 1)) {
			return true;
		}
	}
	return false;
}

static bool async_code_in_functions(const zend_function *wanted, async_code *code)
{
	zval *entry;

	ZEND_HASH_FOREACH_VAL(EG(function_table), entry) {
		zend_function *function = Z_PTR_P(entry);
		if (function->type == wanted->type && async_code_below(function, wanted, code, 0)) {
			code->root = ASYNC_CODE_FUNCTION;
			code->at = (uint32_t) ((Bucket *) entry - EG(function_table)->arData);
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

static bool async_code_in_class(zend_class_entry *class, const zend_function *wanted, async_code *code)
{
	zval *entry;

	ZEND_HASH_FOREACH_VAL(&class->function_table, entry) {
		zend_function *method = Z_PTR_P(entry);
		if (method->type == wanted->type && async_code_below(method, wanted, code, 0)) {
			code->root = ASYNC_CODE_METHOD;
			code->at = async_class_position(class);
			code->method = (uint32_t) ((Bucket *) entry - class->function_table.arData);
			return code->at != 0;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

static bool async_code_in_classes(const zend_function *wanted, async_code *code)
{
	zend_class_entry *class;

	if (wanted->common.scope && async_code_in_class(wanted->common.scope, wanted, code)) {
		return true;
	}
	if (wanted->type != ZEND_USER_FUNCTION) {
		return false;
	}
	ZEND_HASH_FOREACH_PTR(EG(class_table), class) {
		if (class->type == ZEND_USER_CLASS && async_code_in_class(class, wanted, code)) {
			return true;
		}
	} ZEND_HASH_FOREACH_END();
	return false;
}

/* Finds the position of a closure's code. False if a child could not find that code. Runs no PHP code. */
bool async_code_find(zend_object *closure, const zval *anchors, uint32_t anchor_count, async_code *code)
{
	zend_function *wanted = async_closure_func(closure);
	zend_class_entry *called = async_closure_called_scope(closure);
	zend_class_entry *scope = wanted->common.scope;

	memset(code, 0, sizeof(*code));
	code->scope = async_class_position(scope);
	code->called = async_class_position(called);
	code->fake = (wanted->common.fn_flags & ZEND_ACC_FAKE_CLOSURE) != 0;
	if ((scope && !code->scope) || (called && !code->called)) {
		return false;
	}
	for (uint32_t i = 0; i < anchor_count; i++) {
		if (async_code_below(async_closure_func(Z_OBJ(anchors[i])), wanted, code, 0)) {
			code->root = ASYNC_CODE_ANCHOR;
			code->at = i;
			return true;
		}
	}
	return async_code_in_functions(wanted, code) || async_code_in_classes(wanted, code);
}

static Bucket *async_bucket(HashTable *table, uint32_t position)
{
	if (position >= table->nNumUsed || Z_TYPE(table->arData[position].val) != IS_PTR) {
		return NULL;
	}
	return &table->arData[position];
}

static zend_class_entry *async_class_at(uint32_t position)
{
	Bucket *bucket = position ? async_bucket(EG(class_table), position - 1) : NULL;

	return bucket ? Z_PTR(bucket->val) : NULL;
}

static zend_function *async_code_root(const async_code *code, const zval *anchors, uint32_t anchor_count)
{
	Bucket *bucket = NULL;
	zend_class_entry *class;

	switch (code->root) {
		case ASYNC_CODE_ANCHOR:
			return code->at < anchor_count ? async_closure_func(Z_OBJ(anchors[code->at])) : NULL;
		case ASYNC_CODE_FUNCTION:
			bucket = async_bucket(EG(function_table), code->at);
			break;
		case ASYNC_CODE_METHOD:
			class = async_class_at(code->at);
			bucket = class ? async_bucket(&class->function_table, code->method) : NULL;
			break;
	}
	return bucket ? Z_PTR(bucket->val) : NULL;
}

/* In a child: makes a closure of the code at a position that the parent has found. False if there is no code there. */
bool async_code_closure(const async_code *code, const zval *anchors, uint32_t anchor_count, zend_object *this, zval *closure)
{
	zend_function *function = async_code_root(code, anchors, anchor_count);
	zend_class_entry *scope = async_class_at(code->scope);
	zend_class_entry *called = async_class_at(code->called);

	if ((code->scope && !scope) || (code->called && !called) || code->depth > ASYNC_CODE_DEPTH) {
		return false;
	}
	for (uint32_t i = 0; function && i < code->depth; i++) {
		if (function->type != ZEND_USER_FUNCTION || code->path[i] >= function->op_array.num_dynamic_func_defs) {
			return false;
		}
		function = (zend_function *) function->op_array.dynamic_func_defs[code->path[i]];
	}
	if (!function) {
		return false;
	}
	zval value;
	if (code->fake) {
		zend_create_fake_closure(closure, function, scope, called, async_closure_object(this, &value));
	} else {
		zend_create_closure(closure, function, scope, called, async_closure_object(this, &value));
	}
	return true;
}

/* Makes an anchor: a closure with the same code and no bound values, which keeps that code in memory. */
static void async_anchor_of(zend_function *function, zend_class_entry *scope, zval *anchor)
{
	zval *value;

	zend_create_closure(anchor, function, scope, NULL, NULL);
	zend_function *copy = async_closure_func(Z_OBJ_P(anchor));
	HashTable *statics = copy->type == ZEND_USER_FUNCTION ? ZEND_MAP_PTR_GET(copy->op_array.static_variables_ptr) : NULL;
	if (statics) {
		ZEND_HASH_FOREACH_VAL(statics, value) {
			if (Z_TYPE_P(value) != IS_CONSTANT_AST) {
				zval_ptr_dtor(value);
				ZVAL_NULL(value);
			}
		} ZEND_HASH_FOREACH_END();
	}
}

void async_code_anchor(zend_object *closure, zval *anchor)
{
	zend_function *function = async_closure_func(closure);

	async_anchor_of(function, function->common.scope, anchor);
}

/* Makes an anchor for the next function that is defined inside of a frame up the stack, if that frame's own function is
 * in no table: those of scripts, and closures. *frame and *next say where to continue; at first they are NULL and 0.
 * False if there is none left. */
bool async_code_anchor_frame(zend_execute_data **frame, uint32_t *next, const zval *anchors, uint32_t anchor_count, zval *anchor)
{
	zend_execute_data *at = *frame ? *frame : EG(current_execute_data);

	for (; at; at = at->prev_execute_data, *next = 0) {
		zend_function *function = at->func;
		*frame = at;
		if (!function || function->type != ZEND_USER_FUNCTION
			|| (function->common.function_name && !(function->common.fn_flags & ZEND_ACC_CLOSURE))) {
			continue;
		}
		while (*next < function->op_array.num_dynamic_func_defs) {
			zend_function *inner = (zend_function *) function->op_array.dynamic_func_defs[(*next)++];
			bool known = false;
			for (uint32_t i = 0; !known && i < anchor_count; i++) {
				known = async_same_code(async_closure_func(Z_OBJ(anchors[i])), inner);
			}
			if (!known) {
				/* With the scope that the function will have: its run-time cache belongs to the first scope, and makes others
				 * slower. */
				async_anchor_of(inner, function->common.scope, anchor);
				return true;
			}
		}
	}
	return false;
}

void async_declared(uint32_t *functions, uint32_t *classes)
{
	*functions = EG(function_table)->nNumUsed;
	*classes = EG(class_table)->nNumUsed;
}

/* The object that a closure is bound to, or NULL. */
zend_object *async_closure_this(zend_object *closure)
{
	zval value;

	ZVAL_OBJ(&value, closure);
#ifdef ASYNC_CLOSURES_TAKE_OBJECTS
	return zend_get_closure_this_ptr(&value);
#else
	zval *this = zend_get_closure_this_ptr(&value);
	return Z_TYPE_P(this) == IS_OBJECT ? Z_OBJ_P(this) : NULL;
#endif
}

/* Can the caller release its reference to a closure without running PHP code or the cycle collector? True if it is the
 * last reference, if nothing else is released with the closure, and if no WeakMap has an entry for it. */
bool async_closure_goes_quietly(zend_object *closure)
{
	zend_function *function = async_closure_func(closure);

	return GC_REFCOUNT(closure) == 1 && !(OBJ_FLAGS(closure) & IS_OBJ_WEAKLY_REFERENCED)
		&& function->type == ZEND_USER_FUNCTION && !(function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE)
		&& !function->op_array.static_variables && !async_closure_this(closure);
}

/* The bound and static variables of a closure; NULL if it has none, or if they belong to a function. */
HashTable *async_closure_statics(zend_object *closure)
{
	zend_function *function = async_closure_func(closure);

	if (function->type != ZEND_USER_FUNCTION || (function->common.fn_flags & ZEND_ACC_FAKE_CLOSURE)
		|| !function->op_array.static_variables) {
		return NULL;
	}
	return ZEND_MAP_PTR_GET(function->op_array.static_variables_ptr);
}

/* The value of the static variable at position, to be copied. NULL if its initializer has not run yet. */
zval *async_static_get(HashTable *statics, uint32_t position)
{
	zval *value = position < statics->nNumUsed ? &statics->arData[position].val : NULL;

	if (!value || Z_TYPE_P(value) == IS_CONSTANT_AST) {
		return NULL;
	}
#ifdef IS_STATIC_VAR_UNINITIALIZED
	if (Z_EXTRA_P(value) & IS_STATIC_VAR_UNINITIALIZED) {
		return NULL;
	}
#endif
	return value;
}

/* Sets the static variable at position. False if there is none. */
bool async_static_set(HashTable *statics, uint32_t position, zval *value)
{
	if (position >= statics->nNumUsed) {
		return false;
	}
	zval *slot = &statics->arData[position].val;
	zval old;
	ZVAL_COPY_VALUE(&old, slot);
	ZVAL_COPY(slot, value);
#ifdef IS_STATIC_VAR_UNINITIALIZED
	Z_EXTRA_P(slot) &= ~IS_STATIC_VAR_UNINITIALIZED;
#endif
	zval_ptr_dtor(&old);
	return true;
}
