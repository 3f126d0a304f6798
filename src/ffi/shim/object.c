#include "../shim.h"

#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"

/* Taking objects apart and putting them together, without constructors and hooks. */

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
	const char *function = ASYNC_SETTING(PG(unserialize_callback_func));
	if (!class && !EG(exception) && *function) {
		zval callback, argument, result;
		ZVAL_STRING(&callback, function);
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

bool async_exception_pending(void)
{
	return EG(exception) != NULL;
}

bool async_exiting(void)
{
	return EG(exception) && zend_is_unwind_exit(EG(exception));
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

zend_class_entry *async_class_find(const char *name, size_t len)
{
	zend_string *string = zend_string_init(name, len, 0);
	zend_class_entry *class = zend_lookup_class(string);
	zend_string_release(string);
	return class;
}

zend_class_entry *async_class_builtin(const char *name, size_t len)
{
	zend_string *string = zend_string_init(name, len, 0);
	zend_class_entry *class = zend_lookup_class_ex(string, NULL, ZEND_FETCH_CLASS_NO_AUTOLOAD);
	zend_string_release(string);
	return class && class->type == ZEND_INTERNAL_CLASS ? class : NULL;
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

/* The table of an object's properties, or NULL. A table that is shared with an array is copied first; such a table
 * never contains links to property slots. */
HashTable *async_object_own_properties(zend_object *object)
{
	if (object->properties && GC_REFCOUNT(object->properties) > 1) {
		if (!(GC_FLAGS(object->properties) & GC_IMMUTABLE)) {
			GC_DELREF(object->properties);
		}
		object->properties = zend_array_dup(object->properties);
	}
	return object->properties;
}

bool async_slot_allows_null(zend_class_entry *class, size_t slot)
{
	zend_property_info *info = class->properties_info_table ? class->properties_info_table[slot] : NULL;

	return !info || !ZEND_TYPE_IS_SET(info->type) || ZEND_TYPE_ALLOW_NULL(info->type);
}

/* A WeakMap from throwables to the list of what is missing in them. */
ZEND_TLS zval async_lost;

void async_lost_set(zend_object *throwable, zval *list)
{
	zval key;

	if (Z_TYPE(async_lost) == IS_UNDEF) {
		zend_class_entry *class = zend_hash_str_find_ptr(CG(class_table), ZEND_STRL("weakmap"));
		if (!class || object_init_ex(&async_lost, class) == FAILURE) {
			ZVAL_UNDEF(&async_lost);
			return;
		}
	}
	ZVAL_OBJ(&key, throwable);
	Z_OBJ_HANDLER(async_lost, write_dimension)(Z_OBJ(async_lost), &key, list);
}

zval *async_lost_get(zend_object *throwable)
{
	zval key, result;

	if (Z_TYPE(async_lost) == IS_UNDEF) {
		return NULL;
	}
	ZVAL_OBJ(&key, throwable);
	if (!Z_OBJ_HANDLER(async_lost, has_dimension)(Z_OBJ(async_lost), &key, false)) {
		return NULL;
	}
	ZVAL_UNDEF(&result);
	zval *found = Z_OBJ_HANDLER(async_lost, read_dimension)(Z_OBJ(async_lost), &key, BP_VAR_R, &result);
	return found == &result ? NULL : found;
}

void async_lost_forget(void)
{
	zval_ptr_dtor(&async_lost);
	ZVAL_UNDEF(&async_lost);
}

/* Prevents the destructor of the object from being called. */
void async_object_disown(zend_object *object)
{
	zend_object_store_ctor_failed(object);
}
