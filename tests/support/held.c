/* A library with a thread, which stays in a handler of signals as long as it is held there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static pthread_t thread;
static atomic_bool ready, held, inside;

static void on_signal(int signal)
{
	if (!atomic_load(&ready) || !pthread_equal(pthread_self(), thread)) {
		return;
	}
	atomic_store(&inside, true);
	while (atomic_load(&held)) {
		usleep(100);
	}
	atomic_store(&inside, false);
}

static void *run(void *unused)
{
	sigset_t all;

	sigemptyset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	for (;;) {
		pause();
	}
	return NULL;
}

void handle(int signal)
{
	struct sigaction action;
	Dl_info self;

	if (dladdr((void *) on_signal, &self)) {
		dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE); /* the thread outlives the FFI object */
	}
	memset(&action, 0, sizeof action);
	action.sa_handler = on_signal;
	action.sa_flags = SA_RESTART;
	sigaction(signal, &action, NULL);
}

/* The thread handles the signal from now on, until it is let go. */
void hold(int signal)
{
	if (!atomic_exchange(&ready, true)) {
		pthread_create(&thread, NULL, run, NULL);
	}
	atomic_store(&held, true);
	pthread_kill(thread, signal);
	while (!atomic_load(&inside)) {
		usleep(100);
	}
}

void let_go(void)
{
	atomic_store(&held, false);
	while (atomic_load(&inside)) {
		usleep(100);
	}
}
