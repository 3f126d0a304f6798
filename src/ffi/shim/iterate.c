#include "../shim.h"

#include "zend_interfaces.h"

/* The position of the first element at or behind position; the number of positions if there is none. */
uint32_t async_array_seek(const HashTable *table, uint32_t position)
{
	for (; position < table->nNumUsed; position++) {
		const zval *value = HT_IS_PACKED(table) ? &table->arPacked[position] : &table->arData[position].val;
		if (Z_TYPE_P(value) != IS_UNDEF) {
			break;
		}
	}
	return position;
}

/* The element at a position that async_array_seek() has returned. key may be NULL; it gets a reference of its own. */
zval *async_array_at(const HashTable *table, uint32_t position, zval *key)
{
	if (HT_IS_PACKED(table)) {
		if (key) {
			ZVAL_LONG(key, position);
		}
		return &table->arPacked[position];
	}
	Bucket *bucket = &table->arData[position];
	if (key) {
		if (bucket->key) {
			ZVAL_STR_COPY(key, bucket->key);
		} else {
			ZVAL_LONG(key, bucket->h);
		}
	}
	return &bucket->val;
}

/* All functions below run PHP code, and may leave an exception pending. */

zend_object_iterator *async_iterator_new(zend_object *object)
{
	zval value;

	ZVAL_OBJ(&value, object);
	zend_object_iterator *iterator = object->ce->get_iterator(object->ce, &value, 0);
	if (!iterator || EG(exception)) {
		if (iterator) {
			zend_iterator_dtor(iterator);
		}
		return NULL;
	}
	iterator->index = 0;
	if (iterator->funcs->rewind) {
		iterator->funcs->rewind(iterator);
	}
	if (EG(exception)) {
		zend_iterator_dtor(iterator);
		return NULL;
	}
	return iterator;
}

/* Gets the next key and value. False at the end, or if an exception is pending. */
bool async_iterator_next(zend_object_iterator *iterator, zval *key, zval *value)
{
	if (iterator->index > 0) {
		iterator->funcs->move_forward(iterator);
		if (EG(exception)) {
			return false;
		}
	}
	if (iterator->funcs->valid(iterator) == FAILURE || EG(exception)) {
		return false;
	}
	zval *current = iterator->funcs->get_current_data(iterator);
	if (!current || EG(exception)) {
		return false;
	}
	ZVAL_COPY_DEREF(value, current);
	if (iterator->funcs->get_current_key) {
		iterator->funcs->get_current_key(iterator, key);
	} else {
		ZVAL_LONG(key, iterator->index);
	}
	iterator->index++;
	return !EG(exception);
}

void async_iterator_free(zend_object_iterator *iterator)
{
	zend_iterator_dtor(iterator);
}
