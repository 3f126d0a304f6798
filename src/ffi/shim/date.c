#include "../shim.h"

#include "ext/date/php_date.h"

/* Dates, by the parts that their own __serialize() and __unserialize() use. None of this runs PHP code. */

/* Interned for the life of the process, so that all arrays with these keys share them. */
static zend_string *date_key, *kind_key, *zone_key;

void async_date_startup(void)
{
	date_key = zend_string_init_interned(ZEND_STRL("date"), true);
	kind_key = zend_string_init_interned(ZEND_STRL("timezone_type"), true);
	zone_key = zend_string_init_interned(ZEND_STRL("timezone"), true);
}

zend_class_entry *async_date_class(bool immutable)
{
	return immutable ? php_date_get_immutable_ce() : php_date_get_date_ce();
}

void async_date_parts(zend_object *object, zval *parts)
{
	if (!object->ce->__unserialize || (object->properties && zend_hash_num_elements(object->properties))) {
		return;
	}
	zval date;
	ZVAL_OBJ(&date, object);
	zend_array *all = zend_get_properties_for(&date, ZEND_PROP_PURPOSE_SERIALIZE);
	if (!all) {
		return;
	}
	const zval *text = zend_hash_find_known_hash(all, date_key);
	const zval *kind = zend_hash_find_known_hash(all, kind_key);
	const zval *zone = zend_hash_find_known_hash(all, zone_key);
	/* A date whose constructor was never called has no parts. */
	bool whole = zend_hash_num_elements(all) == 3 && text && Z_TYPE_P(text) == IS_STRING && kind
		&& Z_TYPE_P(kind) == IS_LONG && zone && Z_TYPE_P(zone) == IS_STRING;
	if (whole) {
		ZVAL_COPY(&parts[0], text);
		ZVAL_COPY(&parts[1], kind);
		ZVAL_COPY(&parts[2], zone);
	}
	zend_release_properties(all);
}

bool async_date_restore(zend_object *object, const char *text, size_t text_len, zend_long kind, const char *zone,
	size_t zone_len)
{
	zval parts, part, nothing;
	if (!object->ce->__unserialize) {
		return false;
	}
	array_init_size(&parts, 3);
	zend_hash_real_init_mixed(Z_ARRVAL(parts));
	ZVAL_STRINGL(&part, text, text_len);
	zend_hash_add_new(Z_ARRVAL(parts), date_key, &part);
	ZVAL_LONG(&part, kind);
	zend_hash_add_new(Z_ARRVAL(parts), kind_key, &part);
	ZVAL_STRINGL(&part, zone, zone_len);
	zend_hash_add_new(Z_ARRVAL(parts), zone_key, &part);
	ZVAL_NULL(&nothing);
	zend_call_known_instance_method_with_1_params(object->ce->__unserialize, object, &nothing, &parts);
	zval_ptr_dtor(&nothing);
	zval_ptr_dtor(&parts);
	return !EG(exception);
}
