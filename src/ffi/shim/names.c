#include "../shim.h"

#include "zend_exceptions.h"
#include "zend_extensions.h"
#include "zend_system_id.h"

/* Functions and a class in the global namespace, which give way to what a script declares under the same names.
 *
 * The functions are in the engine's function table. To hide one, its bucket is given another key, so that it keeps its
 * position. They are hidden while code is compiled: then a declaration that is bound early finds its name free, and a
 * call is resolved when it first runs, instead of being bound to our function for ever. Where a declaration is executed
 * (in an `if`, or in a function), its name is hidden just before. The class has no name until code looks it up and no
 * autoloader knows it; from then on it is hidden in the same way. */

#define ASYNC_NAMES 3

typedef struct {
	zend_string *name;
	/* A key that no code can write, like the engine's own keys of classes that are not declared yet. */
	zend_string *hidden;
	/* Identifies the function, or the class. */
	zif_handler handler;
	zend_class_entry *class;
	const char *written;
} async_name;

static async_name async_names[ASYNC_NAMES];
static uint32_t async_name_count;

/* How many compilations are in progress, one inside of another, and which names referred to ours before. */
ZEND_TLS uint32_t async_compiling;
ZEND_TLS bool async_was_shown[ASYNC_NAMES];

static zif_handler async_original_function_exists, async_original_class_exists, async_original_compile;
static zend_op_array *(*async_previous_compile_file)(zend_file_handle *, int);
#if PHP_VERSION_ID >= 80200
static zend_op_array *(*async_previous_compile_string)(zend_string *, const char *, zend_compile_position);
#else
static zend_op_array *(*async_previous_compile_string)(zend_string *, const char *);
#endif
static zend_class_entry *(*async_previous_autoload)(zend_string *, zend_string *);
static const uint8_t async_declarations[] = { ZEND_DECLARE_FUNCTION, ZEND_DECLARE_CLASS, ZEND_DECLARE_CLASS_DELAYED };
static user_opcode_handler_t async_previous_declare[sizeof(async_declarations)];

static HashTable *async_table(const async_name *name)
{
	return name->class ? CG(class_table) : CG(function_table);
}

static bool async_is_ours(const async_name *name, const zval *entry)
{
	if (name->class) {
		return Z_PTR_P(entry) == name->class;
	}
	const zend_function *function = Z_PTR_P(entry);
	return function->type == ZEND_INTERNAL_FUNCTION && function->internal_function.handler == name->handler;
}

/* Does the name refer to ours? */
static bool async_is_shown(const async_name *name)
{
	const zval *entry = zend_hash_find(async_table(name), name->name);

	return entry && async_is_ours(name, entry);
}

/* Hides a name. False if it is hidden already. */
static bool async_hide(const async_name *name)
{
	HashTable *table = async_table(name);
	zval *entry = zend_hash_find(table, name->name);

	if (!entry || !async_is_ours(name, entry)) {
		return false;
	}
	zend_hash_set_bucket_key(table, (Bucket *) entry, name->hidden);
	return true;
}

/* Shows a name again. False if other code has declared the name. */
static bool async_show(const async_name *name)
{
	HashTable *table = async_table(name);
	zval *entry = zend_hash_find(table, name->hidden);

	return !entry || zend_hash_set_bucket_key(table, (Bucket *) entry, name->name);
}

/* The name belongs to other code now. Each string that names a class as a type has a cache slot for the class, and
 * several strings may have the same name: removes our class from all of these slots. */
static void async_lose(const async_name *name)
{
	for (size_t i = 0; name->class && i < CG(map_ptr_last); i++) {
		void **slot = ZEND_MAP_PTR_OFFSET2PTR(i * sizeof(void *) + 1);
		if (*slot == name->class) {
			*slot = NULL;
		}
	}
}

static void async_enter_compiler(void)
{
	if (async_compiling++ > 0) {
		return;
	}
	for (uint32_t i = 0; i < async_name_count; i++) {
		async_was_shown[i] = async_hide(&async_names[i]);
	}
}

/* Preloaded code is optimized once all of it is compiled, and kept for other requests: no name of ours may be bound in
 * it. */
static void async_leave_compiler(void)
{
	if (--async_compiling > 0 || (CG(compiler_options) & ZEND_COMPILE_PRELOAD)) {
		return;
	}
	for (uint32_t i = 0; i < async_name_count; i++) {
		if (!async_show(&async_names[i]) && async_was_shown[i]) {
			async_lose(&async_names[i]);
		}
	}
}

/* Makes a call that may bail out, with our names hidden. */
#define ASYNC_COMPILING(call) do { \
		bool bailed = false; \
		async_enter_compiler(); \
		zend_try { \
			call; \
		} zend_catch { \
			bailed = true; \
		} zend_end_try(); \
		async_leave_compiler(); \
		if (bailed) { \
			zend_bailout(); \
		} \
	} while (0)

static zend_op_array *async_compile_file(zend_file_handle *file, int type)
{
	zend_op_array *volatile code = NULL;

	ASYNC_COMPILING(code = async_previous_compile_file(file, type));
	return code;
}

#if PHP_VERSION_ID >= 80200
static zend_op_array *async_compile_string(zend_string *source, const char *filename, zend_compile_position position)
{
	zend_op_array *volatile code = NULL;

	ASYNC_COMPILING(code = async_previous_compile_string(source, filename, position));
	return code;
}
#else
static zend_op_array *async_compile_string(zend_string *source, const char *filename)
{
	zend_op_array *volatile code = NULL;

	ASYNC_COMPILING(code = async_previous_compile_string(source, filename));
	return code;
}
#endif

/* opcache_compile_file() calls no hook before it compiles. */
static ZEND_NAMED_FUNCTION(async_asks_opcache)
{
	ASYNC_COMPILING(async_original_compile(INTERNAL_FUNCTION_PARAM_PASSTHRU));
}

static int async_declare(zend_execute_data *execute_data)
{
	const zend_op *op = execute_data->opline;
	user_opcode_handler_t previous = NULL;

	for (uint32_t i = 0; i < async_name_count; i++) {
		if ((op->opcode != ZEND_DECLARE_FUNCTION) == (async_names[i].class != NULL)
			&& zend_string_equals(Z_STR_P(RT_CONSTANT(op, op->op1)), async_names[i].name)
			&& async_hide(&async_names[i])) {
			async_lose(&async_names[i]);
		}
	}
	for (size_t i = 0; i < sizeof(async_declarations); i++) {
		if (async_declarations[i] == op->opcode) {
			previous = async_previous_declare[i];
		}
	}
	return previous ? previous(execute_data) : ZEND_USER_OPCODE_DISPATCH;
}

static ZEND_NAMED_FUNCTION(async_asks_class);

/* Returns our class if no autoloader knows the name. A script that only asks whether the class exists means one of its
 * own. */
static zend_class_entry *async_autoload(zend_string *name, zend_string *lc_name)
{
	zend_class_entry *found = async_previous_autoload ? async_previous_autoload(name, lc_name) : NULL;
	const zend_execute_data *asking = EG(current_execute_data);

	if (found || EG(exception) || (CG(compiler_options) & ZEND_COMPILE_PRELOAD)
		|| (asking && asking->func && asking->func->type == ZEND_INTERNAL_FUNCTION
			&& asking->func->internal_function.handler == async_asks_class)) {
		return found;
	}
	for (uint32_t i = 0; i < async_name_count; i++) {
		const async_name *ours = &async_names[i];
		if (!ours->class || !zend_string_equals(lc_name, ours->name)) {
			continue;
		}
		/* In code that runs during a compilation, such as that of a stream wrapper, the name stays hidden. */
		if (!async_compiling && !zend_hash_exists(CG(class_table), ours->hidden)) {
			zend_register_class_alias_ex(ours->written, strlen(ours->written), ours->class, false);
		}
		return ours->class;
	}
	return NULL;
}

/* Answers no if the name in the first argument refers to ours: a script that asks is about to declare its own. */
static void async_deny_ours(zend_execute_data *execute_data, zval *return_value, bool class)
{
	const zval *argument = ZEND_CALL_NUM_ARGS(execute_data) ? ZEND_CALL_ARG(execute_data, 1) : NULL;

	if (Z_TYPE_P(return_value) != IS_TRUE || !argument || Z_TYPE_P(argument) != IS_STRING) {
		return;
	}
	const char *text = Z_STRVAL_P(argument);
	size_t length = Z_STRLEN_P(argument);
	if (*text == '\\') {
		text++;
		length--;
	}
	for (uint32_t i = 0; i < async_name_count; i++) {
		const async_name *name = &async_names[i];
		if ((name->class != NULL) == class && async_is_shown(name)
			&& zend_binary_strcasecmp(text, length, ZSTR_VAL(name->name), ZSTR_LEN(name->name)) == 0) {
			ZVAL_FALSE(return_value);
		}
	}
}

static ZEND_NAMED_FUNCTION(async_asks_function)
{
	async_original_function_exists(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	async_deny_ours(INTERNAL_FUNCTION_PARAM_PASSTHRU, false);
}

static ZEND_NAMED_FUNCTION(async_asks_class)
{
	async_original_class_exists(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	async_deny_ours(INTERNAL_FUNCTION_PARAM_PASSTHRU, true);
}

static zif_handler async_replace(const char *function_name, zif_handler handler)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), function_name, strlen(function_name));
	zif_handler original;

	if (!function || function->type != ZEND_INTERNAL_FUNCTION || function->internal_function.handler == handler) {
		return NULL;
	}
	original = function->internal_function.handler;
	function->internal_function.handler = handler;
#if PHP_VERSION_ID >= 80400
	/* Frameless calls would bypass the handler. */
	function->internal_function.frameless_function_infos = NULL;
#endif
	return original;
}

static void async_put_back(const char *function_name, zif_handler handler, zif_handler original)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), function_name, strlen(function_name));

	if (function && function->type == ZEND_INTERNAL_FUNCTION && function->internal_function.handler == handler) {
		function->internal_function.handler = original;
	}
}

static zend_string *async_permanent(const char *text, size_t length)
{
	return zend_new_interned_string(zend_string_init(text, length, true));
}

void async_name_add(const char *written, zend_class_entry *class)
{
	async_name *name = &async_names[async_name_count];
	size_t length = strlen(written);
	char *key = zend_str_tolower_dup(written, length);
	char *hidden = emalloc(length + 2);

	memcpy(hidden + 1, key, length + 1);
	hidden[0] = '\0';
	name->name = async_permanent(key, length);
	name->hidden = async_permanent(hidden, length + 1);
	name->class = class;
	name->written = written;
	efree(key);
	efree(hidden);
	async_name_count++;
	if (!class) {
		zval *entry = zend_hash_find(CG(function_table), name->name);
		name->handler = ((zend_function *) Z_PTR_P(entry))->internal_function.handler;
		async_hide(name);
	}
}

void async_names_startup(void)
{
	zif_handler original;

	if ((original = async_replace("function_exists", async_asks_function))) {
		async_original_function_exists = original;
	}
	if ((original = async_replace("class_exists", async_asks_class))) {
		async_original_class_exists = original;
	}
	if (zend_autoload != async_autoload) {
		async_previous_autoload = zend_autoload;
		zend_autoload = async_autoload;
	}
	/* Code that opcache keeps in files refers to the handlers of declarations. */
	zend_add_system_entropy("async", "names", "1", 1);
}

/* For the first request: by now all other extensions have installed their hooks, and opcache has checked for handlers
 * that its JIT does not support. The JIT leaves declarations to their handlers. */
void async_names_activate(void)
{
	zif_handler original;

	if (!async_name_count || zend_compile_file == async_compile_file) {
		return;
	}
	async_previous_compile_file = zend_compile_file;
	zend_compile_file = async_compile_file;
	async_previous_compile_string = zend_compile_string;
	zend_compile_string = async_compile_string;
	if ((original = async_replace("opcache_compile_file", async_asks_opcache))) {
		async_original_compile = original;
	}
	for (size_t i = 0; i < sizeof(async_declarations); i++) {
		async_previous_declare[i] = zend_get_user_opcode_handler(async_declarations[i]);
		zend_set_user_opcode_handler(async_declarations[i], async_declare);
	}
}

void async_names_shutdown(void)
{
	if (!async_name_count) {
		return;
	}
	async_name_count = 0;
	async_put_back("function_exists", async_asks_function, async_original_function_exists);
	async_put_back("class_exists", async_asks_class, async_original_class_exists);
	async_put_back("opcache_compile_file", async_asks_opcache, async_original_compile);
	if (zend_autoload == async_autoload) {
		zend_autoload = async_previous_autoload;
	}
	if (zend_compile_file == async_compile_file) {
		zend_compile_file = async_previous_compile_file;
	}
	if (zend_compile_string == async_compile_string) {
		zend_compile_string = async_previous_compile_string;
	}
	for (size_t i = 0; i < sizeof(async_declarations); i++) {
		if (zend_get_user_opcode_handler(async_declarations[i]) == async_declare) {
			zend_set_user_opcode_handler(async_declarations[i], async_previous_declare[i]);
		}
	}
}
