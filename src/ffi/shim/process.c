#include "../shim.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zend_virtual_cwd.h"

/* State of a process that no PHP variable shows: a timer, the file mode mask, the signal mask, resource limits. Between
 * two tasks a warm worker restores what a task has changed of it by a PHP function. Asking the kernel after each task
 * would cost as much as a task, so the few functions that can change this state are watched; what a library changes by
 * itself is not noticed. */
static struct {
	bool watches;
	bool changed;
	bool has_umask;
	bool has_mask;
	bool has_limits;
	mode_t umask;
	sigset_t mask;
	struct rlimit limits[RLIM_NLIMITS];
} async_process;

#define WATCHED(X) X(pcntl_alarm) X(umask) X(pcntl_sigprocmask) X(posix_setrlimit) X(pcntl_signal) X(pcntl_async_signals)

enum {
#define INDEX(name) async_index_##name,
	WATCHED(INDEX)
#undef INDEX
	async_watched_count
};

static zif_handler async_originals[async_watched_count];

/* Saves the state that is about to be changed. */
static void async_before(int index, zend_execute_data *execute_data)
{
	if (!async_process.watches) {
		return;
	}
	if (index == async_index_pcntl_signal || index == async_index_pcntl_async_signals) {
		if (ZEND_NUM_ARGS() > 0) {
			async_signals_before(index == async_index_pcntl_signal ? ZEND_CALL_ARG(execute_data, 1) : NULL);
		}
		return;
	}
	async_process.changed = true;
	if (index == async_index_umask && !async_process.has_umask) {
		async_process.umask = umask(0);
		umask(async_process.umask);
		async_process.has_umask = true;
	}
	if (index == async_index_pcntl_sigprocmask && !async_process.has_mask) {
		async_process.has_mask = sigprocmask(SIG_SETMASK, NULL, &async_process.mask) == 0;
	}
	if (index == async_index_posix_setrlimit && !async_process.has_limits) {
		for (int i = 0; i < RLIM_NLIMITS; i++) {
			getrlimit(i, &async_process.limits[i]);
		}
		async_process.has_limits = true;
	}
}

#define WATCH(name) \
	static ZEND_NAMED_FUNCTION(async_watched_##name) \
	{ \
		async_before(async_index_##name, execute_data); \
		async_originals[async_index_##name](INTERNAL_FUNCTION_PARAM_PASSTHRU); \
	}
WATCHED(WATCH)
#undef WATCH

/* Called before the process can change its rights. */
static void (*async_rights_hook)(void);

void async_rights_install(void (*hook)(void))
{
	async_rights_hook = hook;
}

#define RIGHTS(X) X(posix_setuid) X(posix_seteuid) X(posix_setgid) X(posix_setegid) X(posix_initgroups)

#define WATCH_RIGHTS(name) \
	static zif_handler async_original_##name; \
	static ZEND_NAMED_FUNCTION(async_watched_##name) \
	{ \
		async_rights_hook(); \
		async_original_##name(INTERNAL_FUNCTION_PARAM_PASSTHRU); \
	}
RIGHTS(WATCH_RIGHTS)
#undef WATCH_RIGHTS

/* Through these methods PHP code can call C functions, which can close any descriptor: PHP's own functions cannot. */
#define NATIVE(X) X(cdef) X(load) X(scope)

static bool async_native;

#define WATCH_NATIVE(name) \
	static zif_handler async_original_##name; \
	static ZEND_NAMED_FUNCTION(async_watched_native_##name) \
	{ \
		async_native = true; \
		async_rights_hook(); \
		async_original_##name(INTERNAL_FUNCTION_PARAM_PASSTHRU); \
	}
NATIVE(WATCH_NATIVE)
#undef WATCH_NATIVE

bool async_process_is_native(void)
{
	return async_native;
}

static void async_watch(HashTable *functions, const char *name, zif_handler handler, zif_handler *original)
{
	zend_function *function = zend_hash_str_find_ptr(functions, name, strlen(name));

	if (function && function->type == ZEND_INTERNAL_FUNCTION && function->internal_function.handler != handler) {
		*original = function->internal_function.handler;
		function->internal_function.handler = handler;
	}
}

/* For RINIT, when all modules are loaded, and before anything is compiled: the JIT uses the handlers of functions as
 * they are then. */
void async_process_startup(void)
{
	static const struct {
		const char *name;
		zif_handler handler;
	} watched[] = {
#define ENTRY(name) {#name, async_watched_##name},
		WATCHED(ENTRY)
#undef ENTRY
	};

	zend_class_entry *ffi = zend_hash_str_find_ptr(CG(class_table), "ffi", sizeof("ffi") - 1);

	for (size_t i = 0; i < async_watched_count; i++) {
		async_watch(CG(function_table), watched[i].name, watched[i].handler, &async_originals[i]);
	}
#define ENTRY(name) async_watch(CG(function_table), #name, async_watched_##name, &async_original_##name);
	RIGHTS(ENTRY)
#undef ENTRY
	if (ffi && ffi->type == ZEND_INTERNAL_CLASS) {
#define ENTRY(name) async_watch(&ffi->function_table, #name, async_watched_native_##name, &async_original_##name);
		NATIVE(ENTRY)
#undef ENTRY
	}
}

/* The working directory of the script. A thread-safe PHP keeps one for each thread, which is not the process's. */
bool async_folder(char *path, size_t size)
{
	return VCWD_GETCWD(path, size) != NULL;
}

/* The root is the working directory of the script from now on. */
void async_folder_leave(void)
{
	(void) !VCWD_CHDIR("/");
}

/* Does this path mean something else in each process? */
static bool async_is_own(const char *path)
{
	static const char *const own[] = {"/proc/self", "/proc/thread-self"};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (!strncmp(path, own[i], strlen(own[i]))) {
			return true;
		}
	}
	return false;
}

/* Does the cache of real paths contain such paths? */
static bool async_has_own_paths;

/* In the parent, right before a fork: checks what a child would otherwise have to check, with code that it does not
 * need for anything else and would have to map. Only what differs is written. */
void async_process_before_fork(void)
{
	bool has = false;

	if (realpath_cache_size()) {
		realpath_cache_bucket **buckets = realpath_cache_get_buckets();
		for (zend_long i = 0, count = realpath_cache_max_buckets(); i < count; i++) {
			for (realpath_cache_bucket *bucket = buckets[i]; bucket; bucket = bucket->next) {
				has |= async_is_own(bucket->path);
			}
		}
	}
	if (async_has_own_paths != has) {
		async_has_own_paths = has;
	}
}

/* In a new child: drops state below PHP's variables that is the parent's. The lists are dropped and not freed, as their
 * memory is shared with the parent. */
void async_process_begin_child(void)
{
	HashTable *persistent = &EG(persistent_list);

	/* Persistent connections that wait for their next use: the parent goes on using them. */
	if (persistent->nNumOfElements) {
		zend_hash_init(persistent, 8, NULL, persistent->pDestructor, true);
	}
	if (async_has_own_paths) {
		realpath_cache_bucket **buckets = realpath_cache_get_buckets();
		for (zend_long i = 0, count = realpath_cache_max_buckets(); i < count; i++) {
			for (realpath_cache_bucket *bucket = buckets[i], *next; bucket; bucket = next) {
				next = bucket->next;
				if (async_is_own(bucket->path)) {
					realpath_cache_del(bucket->path, bucket->path_len);
				}
			}
		}
	}
	if (async_process.watches || async_process.changed) {
		async_process.watches = async_process.changed = false;
		async_process.has_umask = async_process.has_mask = async_process.has_limits = false;
	}
}

/* In a warm worker that is ready for its first task: each task will find the state of now, whether a hook or the parent
 * set it. */
void async_process_watch(void)
{
	async_process.watches = true;
}

/* Restores what the last task has changed. False if that is impossible: a limit that was lowered for good. */
bool async_process_between(void)
{
	bool whole = true;

	if (EXPECTED(!async_process.changed)) {
		return true;
	}
	async_process.changed = false;
	alarm(0);
	if (async_process.has_umask) {
		umask(async_process.umask);
	}
	if (async_process.has_mask) {
		sigprocmask(SIG_SETMASK, &async_process.mask, NULL);
	}
	for (int i = 0; async_process.has_limits && i < RLIM_NLIMITS; i++) {
		struct rlimit now;
		if (getrlimit(i, &now) == 0 && memcmp(&now, &async_process.limits[i], sizeof(now)) != 0) {
			whole &= setrlimit(i, &async_process.limits[i]) == 0;
		}
	}
	return whole;
}
