#include "../shim.h"

#include <sys/resource.h>

#include "ext/standard/php_incomplete_class.h"
#include "ext/standard/php_var.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_fibers.h"
#include "zend_interfaces.h"
#include "zend_smart_str.h"

/* {{{ async_value_*, async_key_*, async_map_*, async_array_* */

#define SET_COUNTED(slot, member, pointer, info) \
	do { \
		(slot)->value.member = (pointer); \
		Z_TYPE_INFO_P(slot) = (info); \
	} while (0)

void async_value_string(zval *slot, const char *bytes, size_t len)
{
	if (len <= 1) {
		zend_string *shared = len ? ZSTR_CHAR((zend_uchar) *bytes) : ZSTR_EMPTY_ALLOC();
		SET_COUNTED(slot, str, shared, IS_INTERNED_STRING_EX);
	} else {
		zend_string *string = zend_string_init(bytes, len, 0);
		SET_COUNTED(slot, str, string, IS_STRING_EX);
	}
}

HashTable *async_value_list(zval *slot, uint32_t len)
{
	if (len == 0) {
		SET_COUNTED(slot, arr, (zend_array *) &zend_empty_array, IS_ARRAY);
		return NULL;
	}
	zend_array *list = zend_new_array(len);
	zend_hash_real_init_packed(list);
	SET_COUNTED(slot, arr, list, IS_ARRAY_EX);
	return list;
}

HashTable *async_value_map(zval *slot, uint32_t len)
{
	if (len == 0) {
		SET_COUNTED(slot, arr, (zend_array *) &zend_empty_array, IS_ARRAY);
		return NULL;
	}
	zend_array *map = zend_new_array(len);
	zend_hash_real_init_mixed(map);
	SET_COUNTED(slot, arr, map, IS_ARRAY_EX);
	return map;
}

Bucket *async_value_row(zval *slot, const HashTable *model)
{
	uint32_t len = model->nNumUsed;
	zend_array *row = zend_new_array(len);
	zend_hash_real_init_mixed(row);
	if (UNEXPECTED(row->nTableMask != model->nTableMask)) {
		zend_array_destroy(row);
		return NULL;
	}
	memcpy(HT_GET_DATA_ADDR(row), HT_GET_DATA_ADDR(model), HT_HASH_SIZE(model->nTableMask));
	for (uint32_t i = 0; i < len; i++) {
		Bucket *to = row->arData + i;
		const Bucket *from = model->arData + i;
		to->h = from->h;
		to->key = zend_string_copy(from->key);
		Z_NEXT(to->val) = Z_NEXT(from->val);
		ZVAL_NULL(&to->val);
	}
	if (!(HT_FLAGS(model) & HASH_FLAG_STATIC_KEYS)) {
		HT_FLAGS(row) &= ~HASH_FLAG_STATIC_KEYS;
	}
	row->nNumUsed = row->nNumOfElements = len;
	SET_COUNTED(slot, arr, row, IS_ARRAY_EX);
	return row->arData;
}

bool async_map_is_model(const HashTable *map, uint32_t len)
{
	if ((HT_FLAGS(map) & (HASH_FLAG_PACKED | HASH_FLAG_UNINITIALIZED)) || map->nNumUsed != len
		|| map->nNumOfElements != len) {
		return false;
	}
	for (uint32_t i = 0; i < len; i++) {
		if (!map->arData[i].key) {
			return false;
		}
	}
	return true;
}

zval *async_map_string(HashTable *map, zend_string *key)
{
	zend_ulong index;
	if (ZEND_HANDLE_NUMERIC(key, index)) {
		return zend_hash_index_lookup(map, index);
	}
	return zend_hash_lookup(map, key);
}

zval *async_map_index(HashTable *map, zend_long key)
{
	return zend_hash_index_lookup(map, (zend_ulong) key);
}

zend_string *async_key_string(const char *bytes, size_t len)
{
	if (len <= 1) {
		return len ? ZSTR_CHAR((zend_uchar) *bytes) : ZSTR_EMPTY_ALLOC();
	}
	zend_string *key = zend_string_init(bytes, len, 0);
	zend_string_hash_val(key);
	return key;
}

void async_key_release(zend_string *key)
{
	zend_string_release(key);
}

void async_array_hold(HashTable *array)
{
	GC_ADDREF(array);
}

void async_array_release(HashTable *array)
{
	zend_array_release(array);
}

/* }}} */

/* {{{ async_class_is_plain, async_object_*, async_slot_*, async_enum_find */

bool async_class_is_plain(const zend_class_entry *class)
{
	const uint32_t never = ZEND_ACC_NOT_SERIALIZABLE | ZEND_ACC_ANON_CLASS | ZEND_ACC_INTERFACE | ZEND_ACC_TRAIT
		| ZEND_ACC_ENUM | ZEND_ACC_IMPLICIT_ABSTRACT_CLASS | ZEND_ACC_EXPLICIT_ABSTRACT_CLASS;
	if ((class->ce_flags & never) || class->create_object || class->serialize || class->unserialize
		|| class->__serialize || class->__unserialize) {
		return false;
	}
#if PHP_VERSION_ID >= 80400
	if (class->num_hooked_props) {
		return false;
	}
#endif
	if (class == zend_standard_class_def) {
		return true;
	}
	for (const zend_class_entry *one = class; one; one = one->parent) {
		if (one->type != ZEND_USER_CLASS) {
			return false;
		}
	}
	return !zend_hash_str_exists(&class->function_table, ZEND_STRL("__sleep"))
		&& !zend_hash_str_exists(&class->function_table, ZEND_STRL("__wakeup"));
}

bool async_object_is_plain(const zend_object *object)
{
	if (object->handlers != &std_object_handlers) {
		return false;
	}
#if PHP_VERSION_ID >= 80400
	if (zend_object_is_lazy((zend_object *) object)) {
		return false;
	}
#endif
	if (object->properties && object->ce != zend_standard_class_def) {
		zval *value;
		ZEND_HASH_FOREACH_VAL(object->properties, value) {
			if (Z_TYPE_P(value) != IS_INDIRECT) {
				return false;
			}
		} ZEND_HASH_FOREACH_END();
	}
	return true;
}

zend_class_entry *async_class_bag(void)
{
	return zend_standard_class_def;
}

zend_class_entry *async_class_restore(const char *name, size_t len)
{
	zend_string *string = zend_string_init(name, len, 0);
	zend_class_entry *class = zend_lookup_class(string);
	if (!class && !EG(exception) && PG(unserialize_callback_func) && *PG(unserialize_callback_func)) {
		zval callback, argument, result;
		ZVAL_STRING(&callback, PG(unserialize_callback_func));
		ZVAL_STR(&argument, string);
		ZVAL_UNDEF(&result);
		if (call_user_function(NULL, NULL, &callback, &result, 1, &argument) == SUCCESS && !EG(exception)) {
			class = zend_lookup_class(string);
		}
		zval_ptr_dtor(&result);
		zval_ptr_dtor(&callback);
	}
	zend_string_release(string);
	return EG(exception) ? NULL : class;
}

zend_object *async_object_new(zval *slot, zend_class_entry *class)
{
	if (object_init_ex(slot, class) != SUCCESS) {
		return NULL;
	}
	if (EG(exception)) {
		zval_ptr_dtor(slot);
		ZVAL_NULL(slot);
		return NULL;
	}
	return Z_OBJ_P(slot);
}

zend_property_info *async_class_slot(const zend_class_entry *class, const char *name, size_t len)
{
	for (int i = 0; class->properties_info_table && i < class->default_properties_count; i++) {
		zend_property_info *info = class->properties_info_table[i];
		if (info && zend_string_equals_cstr(info->name, name, len)) {
			return info;
		}
	}
	return NULL;
}

zval *async_object_slot(zend_object *object, const zend_property_info *info)
{
	zval *slot = OBJ_PROP(object, info->offset);
	zval former;
	ZVAL_COPY_VALUE(&former, slot);
	ZVAL_NULL(slot);
	Z_PROP_FLAG_P(slot) = 0;
	zval_ptr_dtor_nogc(&former);
	return slot;
}

bool async_slot_settle(const zend_property_info *info, zval *slot)
{
	if (!ZEND_TYPE_IS_SET(info->type) || ZEND_TYPE_CONTAINS_CODE(info->type, Z_TYPE_P(slot))) {
		return true;
	}
	return zend_verify_property_type((zend_property_info *) info, slot, true);
}

bool async_object_fill(zend_object *object, zval *properties)
{
	if (Z_TYPE_P(properties) != IS_ARRAY) {
		return false;
	}
	zend_array *table = Z_ARRVAL_P(properties);
	if (zend_hash_num_elements(table) == 0) {
		return true;
	}
	if (HT_FLAGS(table) & HASH_FLAG_PACKED) {
		return false;
	}
	zend_string *key;
	ZEND_HASH_FOREACH_STR_KEY(table, key) {
		if (!key || (ZSTR_LEN(key) && ZSTR_VAL(key)[0] == '\0')) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	object->properties = table;
	ZVAL_NULL(properties);
	return true;
}

void async_object_forget(zend_object *object)
{
	if (GC_REFCOUNT(object) > 1) {
		GC_DELREF(object);
	} else {
		OBJ_RELEASE(object);
	}
}

void async_object_disarm(zend_object *object)
{
	GC_ADD_FLAGS(object, IS_OBJ_DESTRUCTOR_CALLED);
}

zend_object *async_enum_find(const char *class_name, size_t class_len, const char *name, size_t len)
{
	zend_class_entry *class = async_class_restore(class_name, class_len);
	if (!class || !(class->ce_flags & ZEND_ACC_ENUM)) {
		return NULL;
	}
	zend_class_constant *constant = zend_hash_str_find_ptr(CE_CONSTANTS_TABLE(class), name, len);
	if (!constant || !(ZEND_CLASS_CONST_FLAGS(constant) & ZEND_CLASS_CONST_IS_CASE)) {
		return NULL;
	}
	zend_string *case_name = zend_string_init(name, len, 0);
	zend_object *object = zend_enum_get_case(class, case_name);
	zend_string_release(case_name);
	return EG(exception) ? NULL : object;
}

/* }}} */

/* {{{ async_serialize, async_unserialize */

/* What a serialize() or unserialize() further up shares with calls in its hooks, and must not share with ours: the
 * numbers of its back references would go on in our bytes. */
typedef struct {
	unsigned lock;
	unsigned serialize_level;
	unsigned unserialize_level;
	void *serialize_data;
	void *unserialize_data;
} sharing;

static sharing sharing_suspend(void)
{
	sharing saved = { BG(serialize_lock), BG(serialize).level, BG(unserialize).level, BG(serialize).data,
		BG(unserialize).data };
	BG(serialize_lock) = 0;
	BG(serialize).level = 0;
	BG(unserialize).level = 0;
	return saved;
}

static void sharing_resume(sharing saved)
{
	BG(serialize_lock) = saved.lock;
	BG(serialize).level = saved.serialize_level;
	BG(serialize).data = saved.serialize_data;
	BG(unserialize).level = saved.unserialize_level;
	BG(unserialize).data = saved.unserialize_data;
}

size_t async_stack_left(void)
{
	char here;
	if (EG(current_fiber_context) != EG(main_fiber_context)) {
		/* What zend_fibers.c keeps to itself begins so in all versions: the lower end, above the guard pages. */
		const struct { char *pointer; size_t size; } *stack = (const void *) EG(current_fiber_context)->stack;
		return stack ? (size_t) (&here - stack->pointer) : 0;
	}
	struct rlimit limit;
	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
		return SIZE_MAX;
	}
	/* The VM does not recurse on this stack: what led here is small. */
	const rlim_t used = 512 * 1024;
	return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

zend_string *async_serialize(zval *value)
{
	smart_str buffer = {0};
	php_serialize_data_t state;
	sharing saved = sharing_suspend();
	bool bailed = false;
	const zend_long precision = PG(serialize_precision);

	/* Every bit of a float, whatever php.ini says. */
	PG(serialize_precision) = -1;
	zend_try {
		PHP_VAR_SERIALIZE_INIT(state);
		php_var_serialize(&buffer, value, &state);
		PHP_VAR_SERIALIZE_DESTROY(state);
	} zend_catch {
		bailed = true;
	} zend_end_try();

	PG(serialize_precision) = precision;
	sharing_resume(saved);
	if (bailed) {
		zend_bailout();
	}
	if (EG(exception)) {
		smart_str_free(&buffer);
		return NULL;
	}
	return smart_str_extract(&buffer);
}

/* unserialize() makes a __PHP_Incomplete_Class of what it cannot load. Its constructor tells us, so that nobody has
 * to search the result. */
ZEND_TLS bool incomplete_watched = false;
ZEND_TLS zend_object *incomplete_first = NULL;
static zend_object *(*incomplete_create)(zend_class_entry *) = NULL;

static zend_object *incomplete_created(zend_class_entry *class)
{
	zend_object *object = incomplete_create(class);
	/* Locked: an unserialize() of the script's own, in an autoloader or a hook; its result is not ours. */
	if (incomplete_watched && !incomplete_first && !BG(serialize_lock)) {
		GC_ADDREF(object);
		incomplete_first = object;
	}
	return object;
}

void async_unserialize_startup(void)
{
	if (PHP_IC_ENTRY->create_object != incomplete_created) {
		incomplete_create = PHP_IC_ENTRY->create_object;
		PHP_IC_ENTRY->create_object = incomplete_created;
	}
}

void async_unserialize_shutdown(void)
{
	if (PHP_IC_ENTRY->create_object == incomplete_created) {
		PHP_IC_ENTRY->create_object = incomplete_create;
	}
}

/* A failure at an enum of an unknown class: the bytes at the failure are E:11:"Class:Case". */
static zend_string *unknown_enum(const char *at, const char *end)
{
	const char *open = memchr(at, '"', end - at);
	const char *colon = open ? memchr(open, ':', end - open) : NULL;
	if (end - at < 2 || memcmp(at, "E:", 2) || !colon) {
		return NULL;
	}
	zend_string *name = zend_string_init(open + 1, colon - open - 1, 0);
	if (zend_lookup_class_ex(name, NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD)) {
		zend_string_release(name);
		return NULL;
	}
	return name;
}

bool async_unserialize(zval *value, const char *bytes, size_t len, zend_string **unknown)
{
	zval result;
	php_unserialize_data_t state;
	const unsigned char *at = (const unsigned char *) bytes;
	const unsigned char *end = at + len;
	sharing saved = sharing_suspend();
	bool watched = incomplete_watched;
	zend_object *first = incomplete_first;
	/* Set between zend_try and zend_catch, read after it. */
	volatile bool done = false;
	volatile bool bailed = false;

	ZVAL_UNDEF(&result);
	*unknown = NULL;
	incomplete_watched = true;
	incomplete_first = NULL;
	zend_try {
		PHP_VAR_UNSERIALIZE_INIT(state);
		php_var_unserialize_set_max_depth(state, ASYNC_GRAPH_DEPTH);
		done = php_var_unserialize(&result, &at, end, &state) && at == end && !EG(exception);
		incomplete_watched = false;
		if (!done) {
			if (!EG(exception)) {
				*unknown = unknown_enum((const char *) at, (const char *) end);
			}
			zval_ptr_dtor(&result);
			ZVAL_UNDEF(&result);
		}
		/* Here the delayed __unserialize() and __wakeup() run. */
		PHP_VAR_UNSERIALIZE_DESTROY(state);
	} zend_catch {
		bailed = true;
	} zend_end_try();

	zend_object *incomplete = incomplete_first;
	incomplete_watched = watched;
	incomplete_first = first;
	sharing_resume(saved);
	if (bailed) {
		zend_bailout();
	}
	if (incomplete) {
		if (!*unknown) {
			*unknown = php_lookup_class_name(incomplete);
		}
		if (!*unknown) {
			*unknown = zend_string_init(INCOMPLETE_CLASS, sizeof(INCOMPLETE_CLASS) - 1, 0);
		}
		OBJ_RELEASE(incomplete);
	}
	if (!done || incomplete || EG(exception)) {
		zval_ptr_dtor(&result);
		return false;
	}
	if (Z_ISREF(result)) {
		zend_unwrap_reference(&result);
	}
	ZVAL_COPY_VALUE(value, &result);
	return true;
}

/* }}} */

/* {{{ async_exception_*, async_object_children, async_resource_type */

bool async_exception_pending(void)
{
	return EG(exception) != NULL;
}

bool async_exception_take(zval *exception)
{
	if (!EG(exception) || zend_is_unwind_exit(EG(exception)) || zend_is_graceful_exit(EG(exception))) {
		return false;
	}
	ZVAL_OBJ_COPY(exception, EG(exception));
	zend_clear_exception();
	return true;
}

zval *async_object_children(zend_object *object, int *count, HashTable **table)
{
	zval *children = NULL;
	*count = 0;
	*table = object->handlers->get_gc ? object->handlers->get_gc(object, &children, count) : NULL;
	return children;
}

const char *async_resource_type(zend_resource *resource)
{
	return zend_rsrc_list_get_rsrc_type(resource);
}

/* }}} */

/* {{{ async_class_*, async_object_make, async_property_write */

zend_class_entry *async_class_find(const char *name, size_t len)
{
	zend_string *string = zend_string_init(name, len, 0);
	zend_class_entry *class = zend_lookup_class(string);
	zend_string_release(string);
	return class;
}

bool async_class_extends(const zend_class_entry *child, const zend_class_entry *parent)
{
	return instanceof_function(child, parent);
}

zend_class_entry *async_class_throwable(void)
{
	return zend_ce_throwable;
}

bool async_object_make(zend_class_entry *class, zval *object)
{
	const uint32_t none = ZEND_ACC_INTERFACE | ZEND_ACC_TRAIT | ZEND_ACC_ENUM | ZEND_ACC_IMPLICIT_ABSTRACT_CLASS
		| ZEND_ACC_EXPLICIT_ABSTRACT_CLASS;
	if (class->ce_flags & none) {
		return false;
	}
	if (object_init_ex(object, class) != SUCCESS) {
		return false;
	}
	if (EG(exception)) {
		zval_ptr_dtor(object);
		return false;
	}
	return true;
}

bool async_property_write(zend_object *object, zend_class_entry *scope, const char *name, size_t len, zval *value)
{
	zend_property_info *info = zend_hash_str_find_ptr(&scope->properties_info, name, len);
	if (info && ((info->flags & ZEND_ACC_STATIC) || ((info->flags & ZEND_ACC_PRIVATE) && info->ce != scope))) {
		info = NULL;
	}
#if PHP_VERSION_ID >= 80400
	if (info && (info->flags & ZEND_ACC_VIRTUAL)) {
		zval_ptr_dtor(value);
		return false;
	}
#endif
	if (!info) {
		if (object->ce->ce_flags & ZEND_ACC_NO_DYNAMIC_PROPERTIES) {
			zval_ptr_dtor(value);
			return false;
		}
		zend_std_get_properties(object);
		zend_hash_str_update(object->properties, name, len, value);
		return true;
	}
	if (ZEND_TYPE_IS_SET(info->type) && !zend_verify_property_type(info, value, true)) {
		zend_clear_exception();
		zval_ptr_dtor(value);
		return false;
	}
	zval *slot = OBJ_PROP(object, info->offset);
	zval former;
	ZVAL_COPY_VALUE(&former, slot);
	ZVAL_COPY_VALUE(slot, value);
	Z_PROP_FLAG_P(slot) = 0;
	zval_ptr_dtor(&former);
	return true;
}

/* }}} */
