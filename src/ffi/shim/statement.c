#include "../shim.h"

#include "zend_closures.h"
#include "zend_vm_opcodes.h"

/* What calling code does with the result of a function, as seen from the operations that follow the call. No code is
 * run: whatever cannot be decided like this counts as passed on. */

/* How many operations are examined: no real program has more of them between a call and the use of its result. */
#define ASYNC_STEPS 256

/* What is known of the current value of a place. */
typedef enum { ASYNC_UNKNOWN, ASYNC_NOTHING, ASYNC_VALUE } async_found;

/* What an assignment to a place does with the value: a method gets it, the place keeps it, or the taker gets it. */
typedef enum { ASYNC_OF_A_METHOD, ASYNC_OF_THE_PLACE, ASYNC_OF_THE_TAKER } async_owner;

static bool async_is(uint8_t type, znode_op node, uint8_t wanted_type, znode_op wanted)
{
	return type == wanted_type && node.var == wanted.var;
}

static bool async_ends_call(const zend_op *op)
{
	switch (op->opcode) {
		case ZEND_DO_FCALL:
		case ZEND_DO_ICALL:
		case ZEND_DO_UCALL:
		case ZEND_DO_FCALL_BY_NAME:
			return true;
	}
	return false;
}

static bool async_begins_call(const zend_op *op)
{
	switch (op->opcode) {
		case ZEND_INIT_FCALL:
		case ZEND_INIT_FCALL_BY_NAME:
		case ZEND_INIT_NS_FCALL_BY_NAME:
		case ZEND_INIT_DYNAMIC_CALL:
		case ZEND_INIT_USER_CALL:
		case ZEND_INIT_METHOD_CALL:
		case ZEND_INIT_STATIC_METHOD_CALL:
#ifdef ZEND_INIT_PARENT_PROPERTY_HOOK_CALL
		case ZEND_INIT_PARENT_PROPERTY_HOOK_CALL:
#endif
		case ZEND_NEW:
			return true;
	}
	return false;
}

/* Operations that the compiler emits before the one that stores a value or calls a method. Those for a store are behind
 * the operation that makes the value. */
static bool async_fetches_place(const zend_op *op)
{
	switch (op->opcode) {
		case ZEND_FETCH_W:
		case ZEND_FETCH_DIM_W:
		case ZEND_FETCH_DIM_R:
		case ZEND_FETCH_OBJ_W:
		case ZEND_FETCH_OBJ_R:
		case ZEND_FETCH_STATIC_PROP_W:
		case ZEND_FETCH_STATIC_PROP_R:
			return true;
	}
	return false;
}

static async_found async_value(zval *value, zval **found)
{
	if (value && Z_TYPE_P(value) == IS_INDIRECT) {
		value = Z_INDIRECT_P(value);
	}
	if (!value || Z_TYPE_P(value) == IS_UNDEF) {
		return ASYNC_NOTHING;
	}
	ZVAL_DEREF(value);
	*found = value;
	return ASYNC_VALUE;
}

static async_found async_property(zval *object, const zval *name, zval **found)
{
	if (Z_TYPE_P(object) != IS_OBJECT || Z_TYPE_P(name) != IS_STRING) {
		return ASYNC_UNKNOWN;
	}
	zend_property_info *info = zend_get_property_info(Z_OBJCE_P(object), Z_STR_P(name), true);
	if (info == ZEND_WRONG_PROPERTY_INFO) {
		return ASYNC_UNKNOWN;
	}
	if (!info) {
		HashTable *dynamic = Z_OBJ_P(object)->properties;
		return async_value(dynamic ? zend_hash_find(dynamic, Z_STR_P(name)) : NULL, found);
	}
#if PHP_VERSION_ID >= 80400
	if (info->hooks || (info->flags & ZEND_ACC_VIRTUAL)) {
		return ASYNC_UNKNOWN;
	}
#endif
	if (info->flags & ZEND_ACC_STATIC) {
		return ASYNC_UNKNOWN;
	}
	zval *slot = OBJ_PROP(Z_OBJ_P(object), info->offset);
	/* A property that is not initialized may belong to a lazy object, or be handled by __get(). */
	return Z_TYPE_P(slot) == IS_UNDEF ? ASYNC_UNKNOWN : async_value(slot, found);
}

static async_found async_static_property(zend_execute_data *frame, const zend_op *op, zval **found)
{
	zend_class_entry *scope = frame->func->common.scope, *class = NULL;

	if (op->op1_type != IS_CONST) {
		return ASYNC_UNKNOWN;
	}
	if (op->op2_type == IS_CONST) {
		class = zend_lookup_class_ex(Z_STR_P(RT_CONSTANT(op, op->op2)), Z_STR_P(RT_CONSTANT(op, op->op2) + 1),
			ZEND_FETCH_CLASS_NO_AUTOLOAD);
	} else if (op->op2_type == IS_UNUSED && scope) {
		switch (op->op2.num & ZEND_FETCH_CLASS_MASK) {
			case ZEND_FETCH_CLASS_SELF:
				class = scope;
				break;
			case ZEND_FETCH_CLASS_PARENT:
				class = scope->parent;
				break;
			case ZEND_FETCH_CLASS_STATIC:
				class = zend_get_called_scope(frame);
				break;
		}
	}
	zend_property_info *info = class
		? zend_hash_find_ptr(&class->properties_info, Z_STR_P(RT_CONSTANT(op, op->op1))) : NULL;
	if (!info || !(info->flags & ZEND_ACC_STATIC)) {
		return ASYNC_UNKNOWN;
	}
	/* Before their first use static members have their defaults, which are no objects. */
	zval *members = CE_STATIC_MEMBERS(class);
	return members ? async_value(members + info->offset, found) : ASYNC_NOTHING;
}

static async_found async_element(zval *array, zend_execute_data *frame, const zend_op *op, zval **found)
{
	zval *key;

	if (Z_TYPE_P(array) <= IS_FALSE || op->op2_type == IS_UNUSED) {
		return Z_TYPE_P(array) == IS_OBJECT ? ASYNC_UNKNOWN : ASYNC_NOTHING;
	}
	if (Z_TYPE_P(array) != IS_ARRAY) {
		return ASYNC_UNKNOWN;
	}
	key = op->op2_type == IS_CONST ? RT_CONSTANT(op, op->op2) : ZEND_CALL_VAR(frame, op->op2.var);
	ZVAL_DEREF(key);
	switch (Z_TYPE_P(key)) {
		case IS_LONG:
			return async_value(zend_hash_index_find(Z_ARRVAL_P(array), Z_LVAL_P(key)), found);
		case IS_STRING:
			return async_value(zend_symtable_find(Z_ARRVAL_P(array), Z_STR_P(key)), found);
	}
	return ASYNC_UNKNOWN;
}

/* The current value of the place in which the operation use is about to store a value. */
static async_found async_place(zend_execute_data *frame, const zend_op *use, uint8_t type, znode_op node,
	zval **found)
{
	const zend_op *op = use - 1;
	async_found container;
	zval *value;

	if (type == IS_UNUSED) {
		return Z_TYPE(frame->This) == IS_OBJECT ? async_value(&frame->This, found) : ASYNC_UNKNOWN;
	}
	if (type == IS_CV) {
		return async_value(ZEND_CALL_VAR(frame, node.var), found);
	}
	if (!(type & (IS_VAR | IS_TMP_VAR))) {
		return ASYNC_UNKNOWN;
	}
	while (async_fetches_place(op) && !async_is(op->result_type, op->result, type, node)) {
		op--;
	}
	if (!async_fetches_place(op)) {
		return async_value(ZEND_CALL_VAR(frame, node.var), found); /* it was fetched before the call */
	}
	switch (op->opcode) {
		case ZEND_FETCH_W:
			if (op->op1_type != IS_CONST || !(op->extended_value & ZEND_FETCH_GLOBAL)) {
				return ASYNC_UNKNOWN;
			}
			return async_value(zend_hash_find(&EG(symbol_table), Z_STR_P(RT_CONSTANT(op, op->op1))), found);
		case ZEND_FETCH_STATIC_PROP_W:
		case ZEND_FETCH_STATIC_PROP_R:
			return async_static_property(frame, op, found);
	}
	container = async_place(frame, op, op->op1_type, op->op1, &value);
	if (container != ASYNC_VALUE) {
		return container;
	}
	if (op->opcode == ZEND_FETCH_DIM_W || op->opcode == ZEND_FETCH_DIM_R) {
		return async_element(value, frame, op, found);
	}
	return op->op2_type == IS_CONST ? async_property(value, RT_CONSTANT(op, op->op2), found) : ASYNC_UNKNOWN;
}

/* `$place[] = ...` and `$place->name = ...` may call a method, with the value as its argument. */
static async_owner async_assigns_to(zend_execute_data *frame, const zend_op *op, const zend_class_entry *taker)
{
	const zend_class_entry *class;
	zval *place;

	if (op->opcode == ZEND_ASSIGN_STATIC_PROP) {
		return ASYNC_OF_THE_PLACE;
	}
	switch (async_place(frame, op, op->op1_type, op->op1, &place)) {
		case ASYNC_UNKNOWN:
			return ASYNC_OF_A_METHOD;
		case ASYNC_NOTHING:
			return ASYNC_OF_THE_PLACE;
		case ASYNC_VALUE:
			break;
	}
	if (Z_TYPE_P(place) != IS_OBJECT) {
		return ASYNC_OF_THE_PLACE;
	}
	class = Z_OBJCE_P(place);
	if (class == taker) {
		return ASYNC_OF_THE_TAKER;
	}
	if (op->opcode == ZEND_ASSIGN_OBJ ? class->__set != NULL : class->type != ZEND_INTERNAL_CLASS) {
		return ASYNC_OF_A_METHOD;
	}
	return ASYNC_OF_THE_PLACE;
}

/* Is op the beginning of `$place->add(` on an object of class taker? */
static bool async_adds(zend_execute_data *frame, const zend_op *op, const zend_class_entry *taker)
{
	zval *place;

	return op->opcode == ZEND_INIT_METHOD_CALL && op->op2_type == IS_CONST
		&& zend_string_equals_literal(Z_STR_P(RT_CONSTANT(op, op->op2) + 1), "add")
		&& async_place(frame, op, op->op1_type, op->op1, &place) == ASYNC_VALUE
		&& Z_TYPE_P(place) == IS_OBJECT && Z_OBJCE_P(place) == taker;
}

static bool async_is_sent(const zend_op *op, uint8_t type, znode_op node)
{
	switch (op->opcode) {
		case ZEND_SEND_VAL:
		case ZEND_SEND_VAL_EX:
		case ZEND_SEND_VAR:
		case ZEND_SEND_VAR_EX:
		case ZEND_SEND_VAR_NO_REF:
		case ZEND_SEND_VAR_NO_REF_EX:
		case ZEND_SEND_FUNC_ARG:
		case ZEND_SEND_USER:
			return async_is(op->op1_type, op->op1, type, node);
	}
	return false;
}

/* Does the called method of class giver return the object itself? */
static bool async_is_fluent(const zend_op *op, const zend_class_entry *giver)
{
	const zend_function *method;

	if (op->op2_type != IS_CONST) {
		return false;
	}
	method = zend_hash_find_ptr(&giver->function_table, Z_STR_P(RT_CONSTANT(op, op->op2) + 1));
	if (!method || !(method->common.fn_flags & ZEND_ACC_HAS_RETURN_TYPE)) {
		return false;
	}
	zend_type type = method->common.arg_info[-1].type;
	return ZEND_TYPE_HAS_NAME(type) && zend_string_equals_literal(ZEND_TYPE_NAME(type), "self");
}

/* The operation that makes the call which begins at op; NULL if that call does not give a result of the method. */
static const zend_op *async_end_of_call(const zend_op *op, const zend_op *end)
{
	uint32_t depth = 0;

	for (; op < end; op++) {
		if (async_begins_call(op)) {
			depth++;
		} else if (op->opcode == ZEND_CALLABLE_CONVERT && --depth == 0) {
			return NULL;
		} else if (async_ends_call(op) && --depth == 0) {
			return op;
		}
	}
	return NULL;
}

bool async_result_is_kept(zend_execute_data *call, const zend_class_entry *giver, const zend_class_entry *taker)
{
	zend_execute_data *frame = call->prev_execute_data;

	if (!frame || !frame->func || !ZEND_USER_CODE(frame->func->type) || !async_ends_call(frame->opline)) {
		return false;
	}
	const zend_op *op = frame->opline, *end = frame->func->op_array.opcodes + frame->func->op_array.last;
	uint8_t type = op->result_type;
	znode_op node = op->result;
	/* The value is stored already; what may still follow directly is an operation that also gives it to the taker. */
	bool stored = false;

	op++;
	for (int step = 0; op < end && step < ASYNC_STEPS; step++) {
		if (type == IS_UNUSED) {
			return true;
		}
		if (async_fetches_place(op)) {
			op++;
			continue;
		}
		switch (op->opcode) {
			case ZEND_NOP:
			case ZEND_TICKS:
			case ZEND_EXT_STMT:
			case ZEND_EXT_FCALL_BEGIN:
			case ZEND_EXT_FCALL_END:
				op++;
				continue;
			case ZEND_JMP:
				op = OP_JMP_ADDR(op, op->op1);
				continue;
			case ZEND_FREE:
				if (async_is(op->op1_type, op->op1, type, node)) {
					return true;
				}
				op++;
				continue;
			case ZEND_QM_ASSIGN:
				if (!async_is(op->op1_type, op->op1, type, node)) {
					return stored;
				}
				stored |= op->result_type == IS_CV;
				type = op->result_type;
				node = op->result;
				op++;
				continue;
			case ZEND_ASSIGN:
				if (!async_is(op->op2_type, op->op2, type, node)) {
					return stored;
				}
				stored = true;
				type = op->result_type == IS_UNUSED ? op->op1_type : op->result_type;
				node = op->result_type == IS_UNUSED ? op->op1 : op->result;
				op++;
				continue;
			case ZEND_ASSIGN_DIM:
			case ZEND_ASSIGN_OBJ:
			case ZEND_ASSIGN_STATIC_PROP:
				if (!async_is(op[1].op1_type, op[1].op1, type, node)) {
					return stored;
				}
				switch (async_assigns_to(frame, op, taker)) {
					case ASYNC_OF_THE_TAKER:
						return false;
					case ASYNC_OF_A_METHOD:
						return stored;
					case ASYNC_OF_THE_PLACE:
						stored = true;
				}
				type = op->result_type;
				node = op->result;
				op += 2;
				continue;
			case ZEND_INIT_ARRAY:
			case ZEND_ADD_ARRAY_ELEMENT:
				return stored || async_is(op->op1_type, op->op1, type, node);
			case ZEND_INIT_METHOD_CALL:
				if (!async_is(op->op1_type, op->op1, type, node) || type == IS_CV) {
					return stored && !(async_adds(frame, op, taker) && async_is_sent(op + 1, type, node));
				}
				op = async_is_fluent(op, giver) ? async_end_of_call(op, end) : NULL;
				if (!op) {
					return stored;
				}
				type = op->result_type;
				node = op->result;
				op++;
				continue;
			default:
				return stored && !async_is_sent(op, type, node);
		}
	}
	return stored;
}
