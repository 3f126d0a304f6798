/* An extension for a thread-safe PHP: functions that run PHP code in another thread, as a server with threads or
 * ext-parallel do. */
#include <pthread.h>
#include <semaphore.h>

#include "php.h"
#include "php_main.h"
#include "SAPI.h"

static sem_t ready, leave;
static pthread_t thread;
static bool waits;
static char *code;

static void *run(void *context)
{
	ts_resource(0);
	SG(server_context) = context;
	PG(expose_php) = 0;
	php_request_startup();
	PG(during_request_startup) = 0;
	SG(sapi_started) = 0;
	SG(headers_sent) = 1;
	SG(request_info).no_headers = 1;
	zend_first_try {
		zend_eval_string_ex(code, NULL, "thread", true);
		if (waits) {
			sem_post(&ready);
			sem_wait(&leave);
		}
	} zend_end_try();
	php_request_shutdown(NULL);
	ts_free_thread();
	return NULL;
}

static void start(const char *text)
{
	code = strdup(text);
	pthread_create(&thread, NULL, run, SG(server_context));
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_in_thread, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, code, IS_STRING, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_thread, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

/* Runs code in another thread, to its end. */
PHP_FUNCTION(in_thread)
{
	char *text;
	size_t length;
	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STRING(text, length)
	ZEND_PARSE_PARAMETERS_END();
	waits = false;
	start(text);
	pthread_join(thread, NULL);
	free(code);
}

/* Starts another thread, which has run a piece of code and stays. */
PHP_FUNCTION(thread_starts)
{
	ZEND_PARSE_PARAMETERS_NONE();
	waits = true;
	start(";");
	while (sem_wait(&ready) != 0) {
	}
}

/* Ends it. */
PHP_FUNCTION(thread_ends)
{
	ZEND_PARSE_PARAMETERS_NONE();
	sem_post(&leave);
	pthread_join(thread, NULL);
	free(code);
}

static const zend_function_entry functions[] = {
	PHP_FE(in_thread, arginfo_in_thread)
	PHP_FE(thread_starts, arginfo_thread)
	PHP_FE(thread_ends, arginfo_thread)
	PHP_FE_END
};

static PHP_MINIT_FUNCTION(php_thread)
{
	sem_init(&ready, 0, 0);
	sem_init(&leave, 0, 0);
	return SUCCESS;
}

zend_module_entry php_thread_module_entry = {
	STANDARD_MODULE_HEADER, "php_thread", functions, PHP_MINIT(php_thread), NULL, NULL, NULL, NULL, "0.0.0",
	STANDARD_MODULE_PROPERTIES
};

ZEND_DLEXPORT zend_module_entry *get_module(void)
{
	return &php_thread_module_entry;
}
