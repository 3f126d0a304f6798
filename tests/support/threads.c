/* An extension that hurts whoever forks without care: a thread of its own takes and gives back a lock all the time, handlers of
 * pthread_atfork() keep the lock whole over a fork, and MSHUTDOWN waits for the thread, which no child has. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "php.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;
static atomic_bool stop, stopped;
static int children;

static void *run(void *unused)
{
	while (!atomic_load(&stop)) {
		pthread_mutex_lock(&lock);
		sched_yield();
		pthread_mutex_unlock(&lock);
	}
	atomic_store(&stopped, true);
	return NULL;
}

static void prepare(void) { pthread_mutex_lock(&lock); }
static void in_parent(void) { pthread_mutex_unlock(&lock); }
static void in_child(void) { pthread_mutex_unlock(&lock); children++; }

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_threads, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

/* How many forks lie between this process and the first; takes the lock to tell. */
PHP_FUNCTION(threads)
{
	ZEND_PARSE_PARAMETERS_NONE();
	pthread_mutex_lock(&lock);
	RETVAL_LONG(children);
	pthread_mutex_unlock(&lock);
}

static const zend_function_entry functions[] = {
	PHP_FE(threads, arginfo_threads)
	PHP_FE_END
};

static PHP_MINIT_FUNCTION(threads)
{
	pthread_atfork(prepare, in_parent, in_child);
	return pthread_create(&thread, NULL, run, NULL) == 0 ? SUCCESS : FAILURE;
}

static PHP_MSHUTDOWN_FUNCTION(threads)
{
	atomic_store(&stop, true);
	while (!atomic_load(&stopped)) { /* the C library lets a child join at once what is not there */
		usleep(1000);
	}
	pthread_join(thread, NULL);
	return SUCCESS;
}

zend_module_entry threads_module_entry = {
	STANDARD_MODULE_HEADER, "threads", functions, PHP_MINIT(threads), PHP_MSHUTDOWN(threads), NULL, NULL, NULL, "0.0.0",
	STANDARD_MODULE_PROPERTIES
};

ZEND_DLEXPORT zend_module_entry *get_module(void)
{
	return &threads_module_entry;
}
