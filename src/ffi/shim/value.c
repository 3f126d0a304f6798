#include "../shim.h"

/* Values, as a decoder builds them. */

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

zval *async_map_bytes(HashTable *map, const char *key, size_t len)
{
	zend_string *string = async_key_string(key, len);
	zval *slot = async_map_string(map, string);
	zend_string_release(string);
	return slot;
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
