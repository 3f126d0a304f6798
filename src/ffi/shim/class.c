#include "../shim.h"

#include "zend_closures.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"

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

/* Debuggers export the arguments of functions, too, when an exception is thrown. */
static bool async_is_in_var_export(void)
{
	const zend_execute_data *frame = EG(current_execute_data);

	return frame && frame->func && frame->func->type == ZEND_INTERNAL_FUNCTION && frame->func->common.function_name
		&& zend_string_equals_literal(frame->func->common.function_name, "var_export");
}

int async_purpose(zend_prop_purpose purpose)
{
	if (EG(exception)) {
		return 0; /* one that is in flight is not replaced */
	}
	switch (purpose) {
		case ZEND_PROP_PURPOSE_JSON:
			return ASYNC_PURPOSE_JSON;
		case ZEND_PROP_PURPOSE_VAR_EXPORT:
			return async_is_in_var_export() ? ASYNC_PURPOSE_EXPORT : 0;
		case ZEND_PROP_PURPOSE_SERIALIZE:
			return ASYNC_PURPOSE_SERIALIZE;
		default:
			return 0;
	}
}

static int async_serialize_refused(zval *object, unsigned char **buffer, size_t *length, zend_serialize_data *data)
{
	zend_array *properties = zend_get_properties_for(object, ZEND_PROP_PURPOSE_SERIALIZE);

	zend_release_properties(properties); /* a macro, which evaluates its argument more than once */
	return FAILURE;
}

static void async_refuse_unserialization(const zend_class_entry *ce)
{
	zend_throw_exception_ex(NULL, 0, "Unserialization of '%s' is not allowed", ZSTR_VAL(ce->name));
}

/* For an object written as "C:12:...". */
static int async_unserialize_refused(zval *object, zend_class_entry *ce, const unsigned char *buffer, size_t length,
	zend_unserialize_data *data)
{
	async_refuse_unserialization(ce);
	return FAILURE;
}

/* For one written as "O:12:...". Without it unserialize() warns that a class with a serialize handler has no such format,
 * and throws nothing. */
static ZEND_NAMED_FUNCTION(async_unserialize_method)
{
	async_refuse_unserialization(Z_OBJCE_P(ZEND_THIS));
}

ZEND_BEGIN_ARG_INFO_EX(async_unserialize_arguments, 0, 0, 1)
	ZEND_ARG_INFO(0, data)
ZEND_END_ARG_INFO()

static const zend_function_entry async_unserialize_methods[] = {
	ZEND_FENTRY(__unserialize, async_unserialize_method, async_unserialize_arguments, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

/* Like ZEND_ACC_NOT_SERIALIZABLE, but the object's get_properties_for handler throws an exception that explains why. */
void async_class_explain_serialization(zend_class_entry *ce)
{
	/* Not the class's own table: nobody else finds the method. Never freed, as little as the module's other statics. */
	static HashTable methods;

	zend_hash_init(&methods, 1, NULL, NULL, true);
	zend_register_functions(ce, async_unserialize_methods, &methods, MODULE_PERSISTENT);
	ce->serialize = async_serialize_refused;
	ce->unserialize = async_unserialize_refused;
}

bool async_class_refuses_serialization(const zend_class_entry *ce)
{
	return (ce->ce_flags & ZEND_ACC_NOT_SERIALIZABLE) || ce->serialize == async_serialize_refused;
}

zend_class_entry *async_enum_register(const char *name, const char *const *cases, size_t count)
{
	zend_class_entry *ce = zend_register_internal_enum(name, IS_UNDEF, NULL);

	ce->ce_flags |= ZEND_ACC_FINAL; /* as it is for every enum that PHP code declares */
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


/* Objects. */

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

void async_gc_add_iterator(zend_get_gc_buffer *buffer, zend_object_iterator *iterator)
{
	zend_get_gc_buffer_add_obj(buffer, &iterator->std);
}

void async_gc_use(zend_get_gc_buffer *buffer, zval **table, int *count)
{
	zend_get_gc_buffer_use(buffer, table, count);
}
