#include "../shim.h"

/* Puts value under the key, and returns in value what was there before: null if nothing was. If the key has a type that
 * arrays do not accept, changes nothing and returns false. Elements that are appended later never get a key that was in
 * use before: without the correction below, an array from which elements were deleted would continue behind the key
 * that is set here, even if its next key had been higher. */
bool async_array_swap(HashTable *array, zval *key, zval *value)
{
	zend_long next = array->nNextFreeElement;
	zend_ulong index;
	zval former, *slot;

	if (Z_TYPE_P(key) == IS_LONG) {
		slot = zend_hash_index_lookup(array, Z_LVAL_P(key));
	} else if (Z_TYPE_P(key) != IS_STRING) {
		return false;
	} else if (ZEND_HANDLE_NUMERIC_STR(Z_STRVAL_P(key), Z_STRLEN_P(key), index)) {
		slot = zend_hash_index_lookup(array, index);
	} else {
		slot = zend_hash_lookup(array, Z_STR_P(key));
	}
	if (array->nNextFreeElement < next) {
		array->nNextFreeElement = next;
	}
	ZVAL_COPY_VALUE(&former, slot);
	ZVAL_COPY_VALUE(slot, value);
	ZVAL_COPY_VALUE(value, &former);
	return true;
}

/* Appends the value, which is taken over, and returns its key. False if the next key would exceed PHP_INT_MAX. */
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

/* Moves the element at key out of the array. Nothing is released. */
bool async_array_take(HashTable *array, const zval *key, zval *out)
{
	zval *found = async_array_find(array, key);

	if (!found) {
		return false;
	}
	ZVAL_COPY_VALUE(out, found);
	ZVAL_NULL(found);
	if (Z_TYPE_P(key) == IS_LONG) {
		zend_hash_index_del(array, Z_LVAL_P(key));
	} else {
		zend_symtable_del(array, Z_STR_P(key));
	}
	return true;
}

/* Elements appended to the empty array get the keys that they would get in old. */
void async_array_go_on(HashTable *array, const HashTable *old)
{
	array->nNextFreeElement = old->nNextFreeElement;
}

/* Converts a key as an array would: null is "", "7" is 7, a float or a bool is an int. Any other type becomes
 * undefined. */
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

char *async_string_alloc(zval *value, size_t length)
{
	zend_string *string = zend_string_alloc(length, false);

	ZSTR_VAL(string)[length] = '\0';
	ZVAL_NEW_STR(value, string);
	return ZSTR_VAL(string);
}
