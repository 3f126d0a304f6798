#include "../shim.h"

#include <sys/resource.h>

#include "ext/standard/php_incomplete_class.h"
#include "ext/standard/php_var.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_fibers.h"
#include "zend_interfaces.h"
#include "zend_smart_str.h"

/* Graphs, serialized by PHP's own serializer. */

/* State that a serialize() or unserialize() further up the stack shares with calls in its hooks, and must not share
 * with ours: the numbers of its back references would continue in our bytes. */
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
		/* The engine's private structure begins like this in all versions: with the lower end of the stack, above the guard
		 * pages. */
		const struct { char *pointer; size_t size; } *stack = (const void *) EG(current_fiber_context)->stack;
		return stack ? (size_t) (&here - stack->pointer) : 0;
	}
	struct rlimit limit;
	if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
		return SIZE_MAX;
	}
	/* The VM does not recurse on this stack, so that the frames up to here are small. */
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

/* unserialize() creates a __PHP_Incomplete_Class for an object whose class cannot be loaded. The class's create_object
 * hook notices that, so that the result need not be searched. */
ZEND_TLS bool incomplete_watched = false;
ZEND_TLS zend_object *incomplete_first = NULL;
static zend_object *(*incomplete_create)(zend_class_entry *) = NULL;

static zend_object *incomplete_created(zend_class_entry *class)
{
	zend_object *object = incomplete_create(class);
	/* With the lock held this is an unserialize() of the script's own, in an autoloader or a hook: not our result. */
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

/* If unserializing failed at an enum of an unknown class: the bytes there are E:11:"Class:Case". */
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

bool async_unserialize(zval *value, const char *bytes, size_t len, HashTable *allowed, zend_string **unknown)
{
	zval result;
	php_unserialize_data_t state;
	const unsigned char *at = (const unsigned char *) bytes;
	const unsigned char *end = at + len;
	sharing saved = sharing_suspend();
	bool watched = incomplete_watched;
	zend_object *first = incomplete_first;
	/* Set between zend_try and zend_catch, read after that. */
	volatile bool done = false;
	volatile bool bailed = false;

	ZVAL_UNDEF(&result);
	*unknown = NULL;
	incomplete_watched = true;
	incomplete_first = NULL;
	zend_try {
		PHP_VAR_UNSERIALIZE_INIT(state);
		php_var_unserialize_set_max_depth(state, ASYNC_GRAPH_DEPTH);
		php_var_unserialize_set_allowed_classes(state, allowed);
		done = php_var_unserialize(&result, &at, end, &state) && at == end && !EG(exception);
		incomplete_watched = false;
		if (!done) {
			if (!EG(exception)) {
				*unknown = unknown_enum((const char *) at, (const char *) end);
			}
			zval_ptr_dtor(&result);
			ZVAL_UNDEF(&result);
		}
		/* This runs the delayed __unserialize() and __wakeup(). */
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
