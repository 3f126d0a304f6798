#include "../shim.h"

#include "php_main.h"
#include "php_output.h"
#include "php_streams.h"
#include "ext/random/php_random.h"
#include "ext/standard/basic_functions.h"

/* All state of a child in one place, and only what differs is written: each page that a child writes to for the first
 * time has to be copied. */
static struct {
	bool is_child;
	uint32_t inherited_shutdown_functions;
	zend_ulong first_own_resource;
	zend_long time_limit;
} async_child;

/* The resource type of streams. It is cached, since the function that returns it is in a page that each child would
 * have to map. */
static int async_stream_type(void)
{
	static int type;

	if (!type) {
		type = php_file_le_stream();
	}
	return type;
}

static void (*async_previous_error_cb)(int type, zend_string *file, const uint32_t line, zend_string *message);

/* A fatal error has ended the script. The last error does not show that: a warning may follow it, or
 * error_clear_last(). */
ZEND_TLS bool async_ended_by_error;

bool async_ended_by_error_take(void)
{
	bool ended = async_ended_by_error;

	async_ended_by_error = false;
	return ended;
}

bool async_is_shutting_down(void)
{
	return (EG(flags) & EG_FLAGS_IN_SHUTDOWN) != 0;
}

/* A fatal error in a child is reported by its outcome, and therefore not printed on the parent's terminal as well. */
static void async_error_cb(int type, zend_string *file, const uint32_t line, zend_string *message)
{
	if ((type & ~E_DONT_BAIL) & E_FATAL_ERRORS) {
		async_ended_by_error = true;
	}
	if (async_child.is_child && ((type & ~E_DONT_BAIL) & E_FATAL_ERRORS)) {
		PG(display_errors) = 0;
		if (!*ASYNC_SETTING(PG(error_log))) {
			PG(log_errors) = 0;
		}
	}
	async_previous_error_cb(type, file, line, message);
}

void async_errors_install(void)
{
	if (zend_error_cb != async_error_cb) {
		async_previous_error_cb = zend_error_cb;
		zend_error_cb = async_error_cb;
	}
}

void async_errors_uninstall(void)
{
	if (zend_error_cb == async_error_cb) {
		zend_error_cb = async_previous_error_cb;
	}
}

static void async_reseed(void)
{
	if (RANDOM_G(combined_lcg_seeded)) {
		RANDOM_G(combined_lcg_seeded) = false;
	}
	if (RANDOM_G(mt19937_seeded)) {
		RANDOM_G(mt19937_seeded) = false;
	}
#if PHP_VERSION_ID >= 80400
	if (RANDOM_G(fallback_seed_state).initialized) {
		RANDOM_G(fallback_seed_state).initialized = false;
	}
#endif
}

/* In any new process that runs PHP code. */
void async_process_forked(void)
{
#ifdef ASYNC_HAS_CHILD_INIT
	php_child_init();
#else
	zend_max_execution_timer_init();
#endif
}

/* In the parent, right before a fork: what is determined here needs no code in the child. */
void async_child_expected(void)
{
	async_stream_type();
	async_process_before_fork();
}

void async_child_begin(bool reseed)
{
	async_process_forked();
	/* The parent's output buffers are dropped, neither flushed nor freed: the parent prints their text. */
	if (OG(active)) {
		php_output_activate();
	}
	if (reseed) {
		async_reseed();
	}
	if (PG(last_error_type)) {
		PG(last_error_type) = 0;
		PG(last_error_message) = NULL;
		PG(last_error_file) = NULL;
		PG(last_error_lineno) = 0;
	}
	if (EG(exit_status)) {
		EG(exit_status) = 0;
	}
	zend_memory_reset_peak_usage();
	/* The fiber that has forked can be suspended by the parent only: here that would continue the parent's script. The
	 * code on its stack never returns, and fibers of the task itself return to that code. */
	if (EG(active_fiber)) {
		EG(active_fiber) = NULL;
	}
	/* The code that called the fork cannot be disturbed by a handler of the task. */
	async_floor_set();
	volatile bool *interrupt = async_vm_interrupt_addr();
	if (*interrupt) {
		*interrupt = false;
	}
	HashTable *functions = BG(user_shutdown_function_names);
	async_child.is_child = true;
	async_child.inherited_shutdown_functions = functions ? functions->nNumUsed : 0;
	async_child.time_limit = EG(timeout_seconds);
	async_child.first_own_resource = zend_hash_next_free_element(&EG(regular_list));
	async_process_begin_child();
	async_signals_forget();
}

/* A warm worker is ready for its first task: this task, and each one after it, is to find the state of now. */
void async_child_watch(void)
{
	async_child.time_limit = EG(timeout_seconds);
	async_process_watch();
}

/* Resets what belongs to one task, before the next task, and before each item of a map. False if something cannot be
 * reset. */
bool async_child_between(void)
{
	if (PG(last_error_type)) {
		PG(last_error_type) = 0;
		if (PG(last_error_message)) {
			zend_string_release(PG(last_error_message));
			PG(last_error_message) = NULL;
		}
		if (PG(last_error_file)) {
			zend_string_release(PG(last_error_file));
			PG(last_error_file) = NULL;
		}
		PG(last_error_lineno) = 0;
	}
	if (EG(timeout_seconds) != async_child.time_limit) {
		char seconds[MAX_LENGTH_OF_LONG + 1];
		zend_string *name = ZSTR_INIT_LITERAL("max_execution_time", false);
		snprintf(seconds, sizeof(seconds), ZEND_LONG_FMT, async_child.time_limit);
		zend_alter_ini_entry_chars(name, seconds, strlen(seconds), PHP_INI_USER, PHP_INI_STAGE_RUNTIME);
		zend_string_release(name);
	} else if (async_child.time_limit > 0) {
		zend_unset_timeout();
		zend_set_timeout(async_child.time_limit, true);
	}
	zend_memory_reset_peak_usage();
	return async_process_between();
}

size_t async_memory_left(bool holes)
{
	/* -1 means no limit, and is a huge number here. */
	size_t limit = (size_t) PG(memory_limit), used = zend_memory_usage(!holes);

	return limit > used ? limit - used : 0;
}

void async_memory_lift(size_t bytes)
{
	size_t used = zend_memory_usage(true);

	zend_set_memory_limit(used + MIN(bytes, SIZE_MAX - used));
}

bool async_memory_restore(void)
{
	if (zend_set_memory_limit((size_t) PG(memory_limit)) == SUCCESS) {
		return true;
	}
	zend_mm_gc(zend_mm_get_heap());
	return zend_set_memory_limit((size_t) PG(memory_limit)) == SUCCESS;
}

void async_memory_settle(void)
{
	if (!async_memory_restore()) {
		zend_set_memory_limit(zend_memory_usage(true));
	}
}

size_t async_memory_limit(const char *text, size_t length, size_t bytes)
{
	zend_string *name;

	/* Setting the entry alone would report the failure by a warning. */
	if (zend_set_memory_limit(bytes) == FAILURE) {
		return zend_memory_usage(true);
	}
	name = zend_string_init(ZEND_STRL("memory_limit"), false);
	zend_alter_ini_entry_chars(name, text, length, PHP_INI_USER, PHP_INI_STAGE_RUNTIME);
	zend_string_release(name);
	return 0;
}

/* Is this a stream that no PHP code can access? */
static bool async_is_hidden(const zend_resource *resource)
{
	const php_stream *stream = resource->type == async_stream_type() ? resource->ptr : NULL;

	return stream && !stream->__exposed && !(stream->flags & PHP_STREAM_FLAG_NO_FCLOSE);
}

/* The next file that a part of the engine has open for reading and that no PHP code can access, such as an archive of
 * ext/phar. Returns the descriptor, and in position where the next read begins; -1 at the end. SplFileObject does not
 * mark its stream as accessible, but as one that fclose() may not close. */
int async_hidden_file_next(uint32_t *cursor, int64_t *position)
{
	zend_resource *resource;
	bool some = false;

	/* Most processes have none; and this loop calls no function. */
	ZEND_HASH_FOREACH_PTR(&EG(regular_list), resource) {
		some |= async_is_hidden(resource);
	} ZEND_HASH_FOREACH_END();
	if (!some) {
		return -1;
	}
	for (; (resource = zend_hash_get_current_data_ptr_ex(&EG(regular_list), cursor));
		zend_hash_move_forward_ex(&EG(regular_list), cursor)) {
		php_stream *stream = resource->ptr;
		int fd;

		if (!async_is_hidden(resource) || !php_stream_is(stream, PHP_STREAM_IS_STDIO) || strpbrk(stream->mode, "waxc+")
			|| php_stream_cast(stream, PHP_STREAM_AS_FD_FOR_SELECT | PHP_STREAM_CAST_INTERNAL, (void *) &fd, 0) == FAILURE) {
			continue;
		}
		*position = (int64_t) stream->position + (stream->writepos - stream->readpos);
		zend_hash_move_forward_ex(&EG(regular_list), cursor);
		return fd;
	}
	return -1;
}

/* Has this child registered shutdown functions? */
bool async_child_has_shutdown_functions(void)
{
	HashTable *all = BG(user_shutdown_function_names);

	return all && all->nNumUsed > async_child.inherited_shutdown_functions;
}

/* Calls the shutdown functions that this child has registered. Earlier ones are the parent's, and are left alone. */
void async_child_shutdown_functions(void)
{
	HashTable *all = BG(user_shutdown_function_names);
	HashTable *own;
	php_shutdown_function_entry *entry;
	zend_ulong index;

	ALLOC_HASHTABLE(own);
	zend_hash_init(own, 0, NULL, NULL, 0);
	ZEND_HASH_FOREACH_NUM_KEY_PTR(all, index, entry) {
		if (index >= async_child.inherited_shutdown_functions) {
			zend_hash_next_index_insert_mem(own, entry, sizeof(*entry));
		}
	} ZEND_HASH_FOREACH_END();
	BG(user_shutdown_function_names) = own;
	async_child.inherited_shutdown_functions = 0;
	php_call_shutdown_functions();
}

/* Does this child have output buffers, or streams that it has opened? */
bool async_child_has_output(void)
{
	return OG(active) || zend_hash_next_free_element(&EG(regular_list)) > async_child.first_own_resource;
}

/* Flushes what the child itself has in buffers: its output layer, and the streams that it has opened. At its end its
 * files are closed as well, so that those of tmpfile() are deleted; other streams are not, since closing that of
 * popen() waits for its process. */
void async_child_flush(bool at_end)
{
	HashTable *list = &EG(regular_list);
	HashPosition at;
	zend_resource *resource;
	zend_ulong handle;

	php_output_end_all();
	for (zend_hash_internal_pointer_end_ex(list, &at); (resource = zend_hash_get_current_data_ptr_ex(list, &at));
		zend_hash_move_backwards_ex(list, &at)) {
		php_stream *stream = resource->type == async_stream_type() ? resource->ptr : NULL;
		php_stream_statbuf status;

		if (zend_hash_get_current_key_ex(list, NULL, &handle, &at) != HASH_KEY_IS_LONG || handle < async_child.first_own_resource) {
			return;
		}
		if (!stream) {
			continue;
		}
		php_stream_flush(stream);
		if (at_end && php_stream_is(stream, PHP_STREAM_IS_STDIO) && php_stream_stat(stream, &status) == 0
			&& S_ISREG(status.sb.st_mode)) {
			zend_list_close(resource);
		}
	}
}
