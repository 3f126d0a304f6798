#include "../shim.h"

#include <signal.h>

#include "zend_exceptions.h"
#include "zend_signal.h"

#define BIT(signo) (UINT64_C(1) << ((signo) - 1))

/* In a child: the signals for which the parent had handlers. */
static uint64_t async_signals_handled;

#ifdef ZEND_SIGNALS

/* What the kernel calls for a signal that the engine manages: it waits for the end of a section that is protected by
 * HANDLE_BLOCK_INTERRUPTIONS(), and then does what the engine's own table says. Its symbol is not exported. */
static void *async_deferring;

/* The signals for which each request installs it, except SIGPROF. A constant, as a table would be a page for each child
 * to map. */
#define DEFERRED (BIT(SIGHUP) | BIT(SIGINT) | BIT(SIGQUIT) | BIT(SIGTERM) | BIT(SIGUSR1) | BIT(SIGUSR2))

static bool async_is_handler(const zend_signal_entry_t *entry)
{
	return entry->handler != (void *) SIG_DFL && entry->handler != (void *) SIG_IGN;
}

static void *async_action(int signo)
{
	struct sigaction action;

	return sigaction(signo, NULL, &action) == 0 ? (void *) action.sa_sigaction : (void *) SIG_DFL;
}

#endif

/* For MINIT. Has the engine manage a signal that nothing uses, for a moment, to see which handler it installs. NULL if
 * the engine has no handlers of its own. */
void *async_signals_startup(int unused)
{
#ifdef ZEND_SIGNALS
	zend_signal_entry_t entry = SIGG(handlers)[unused - 1];
	struct sigaction before;
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	sigaction(unused, NULL, &before);
	zend_signal(unused, SIG_DFL);
	async_deferring = async_action(unused);
	sigaction(unused, &before, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	SIGG(handlers)[unused - 1] = entry;
	return async_deferring;
#else
	return NULL;
#endif
}

/* In a new child, while all signals are blocked. Signals that the engine defers get their default action, and are still
 * deferred by the engine; what the parent ignores stays ignored. Returns the signals whose actions are the engine's
 * from now on, a bit for each. Only what differs is written. */
uint64_t async_signals_begin_child(void)
{
	uint64_t own = BIT(SIGPROF); /* set_time_limit() */

#ifdef ZEND_MAX_EXECUTION_TIMERS
	own |= BIT(SIGRTMIN);
#endif
#ifdef ZEND_SIGNALS
	/* The fork may have been made inside of a protected section: this process never reaches the end of that, and the
	 * signals that wait for it are the parent's. */
	if (SIGG(depth) || SIGG(blocked) || SIGG(running)) {
		SIGG(depth) = SIGG(blocked) = SIGG(running) = 0;
	}
	if (SIGG(phead)) {
		SIGG(ptail)->next = SIGG(pavail);
		SIGG(pavail) = SIGG(phead);
		SIGG(phead) = SIGG(ptail) = NULL;
	}
	uint64_t handled = 0;
	for (int signo = 1; signo < NSIG; signo++) {
		zend_signal_entry_t *entry = &SIGG(handlers)[signo - 1];

		if (!(own & BIT(signo)) && async_is_handler(entry)) {
			handled |= BIT(signo);
			entry->flags = 0;
			entry->handler = (void *) SIG_DFL;
		}
	}
	if (async_signals_handled != handled) {
		async_signals_handled = handled;
	}
	for (int signo = 1; signo < NSIG; signo++) {
		if (!(DEFERRED & BIT(signo))) {
			continue;
		}
		void *action = async_action(signo);

		/* A library's handler; or the default action, which a process keeps that has survived it: process 1. */
		if (action != async_deferring && action != (void *) SIG_IGN) {
			zend_signal(signo, SIG_DFL);
		}
	}
	own |= DEFERRED;
#endif
	return own;
}

/* Does the engine's table have a handler for this signal? */
bool async_signals_handles(int signo)
{
#ifdef ZEND_SIGNALS
	return async_is_handler(&SIGG(handlers)[signo - 1]);
#else
	return false;
#endif
}

/* Is the engine or an extension inside of a section that no signal may interrupt? Async-signal-safe. */
bool async_signals_deferred(void)
{
#ifdef ZEND_SIGNALS
	return SIGG(active) && SIGG(depth) > 0;
#else
	return false;
#endif
}

/* False if pcntl calls handlers only in pcntl_signal_dispatch(). */
bool async_signals_dispatched(void)
{
	zend_function *asks = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_async_signals"));
	zval result;

	if (!asks) {
		return true;
	}
	ZVAL_UNDEF(&result);
	zend_call_known_function(asks, NULL, NULL, &result, 0, NULL, NULL);
	return Z_TYPE(result) != IS_FALSE;
}

/* What tasks of a warm worker have changed, with the values from before. */
static struct {
	bool changed;
	bool has_dispatched;
	bool dispatched;
	uint64_t replaced;
	struct {
		zval handler;
		struct sigaction action;
#ifdef ZEND_SIGNALS
		zend_signal_entry_t entry;
#endif
	} before[NSIG];
} async_signals;

/* A task of a warm worker is about to set the handler of a signal; or, if signal is NULL, how handlers are called. */
void async_signals_before(zval *signal)
{
	zend_function *get = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_signal_get_handler"));
	zend_long signo = signal && Z_TYPE_P(signal) < IS_ARRAY ? zval_get_long(signal) : 0;
	zval arg;

	if (!signal && !async_signals.has_dispatched) {
		async_signals.dispatched = async_signals_dispatched();
		async_signals.has_dispatched = async_signals.changed = true;
	}
	if (signo < 1 || signo >= NSIG || (async_signals.replaced & BIT(signo)) || !get) {
		return;
	}
	ZVAL_LONG(&arg, signo);
	ZVAL_LONG(&async_signals.before[signo].handler, (zend_long) SIG_DFL);
	zend_call_known_function(get, NULL, NULL, &async_signals.before[signo].handler, 1, &arg, NULL);
	if (EG(exception)) {
		zend_clear_exception(); /* PHP 8.2 knows only the first 32 signals here */
		ZVAL_LONG(&async_signals.before[signo].handler, (zend_long) SIG_DFL);
	}
	sigaction(signo, NULL, &async_signals.before[signo].action);
#ifdef ZEND_SIGNALS
	async_signals.before[signo].entry = SIGG(handlers)[signo - 1];
#endif
	async_signals.replaced |= BIT(signo);
	async_signals.changed = true;
}

bool async_signals_changed(void)
{
	return async_signals.changed;
}

/* Between two tasks: restores one setting that the last task has changed. False if there is none left. Runs PHP code:
 * destructors of what handlers refer to. */
bool async_signals_put_back(void)
{
	zend_function *set = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_signal"));
	zend_function *dispatched = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_async_signals"));
	zval args[2], result;

	ZVAL_UNDEF(&result);
	if (async_signals.replaced) {
		int signo = __builtin_ctzll(async_signals.replaced) + 1;
		zval before = async_signals.before[signo].handler;

		ZVAL_LONG(&args[0], signo);
		ZVAL_COPY_VALUE(&args[1], &before);
		zend_call_known_function(set, NULL, NULL, &result, 2, args, NULL);
#ifdef ZEND_SIGNALS
		SIGG(handlers)[signo - 1] = async_signals.before[signo].entry;
#endif
		sigaction(signo, &async_signals.before[signo].action, NULL);
		async_signals.replaced &= ~BIT(signo);
		zval_ptr_dtor(&before);
		return true;
	}
	if (async_signals.has_dispatched) {
		ZVAL_BOOL(&args[0], async_signals.dispatched);
		zend_call_known_function(dispatched, NULL, NULL, &result, 1, args, NULL);
		async_signals.has_dispatched = false;
	}
	async_signals.changed = false;
	return false;
}

/* In a child, before any PHP code: makes pcntl forget the parent's handlers, and the signals that it has queued for
 * them. The handlers are not released: the destructors of what only they refer to run in the parent. */
void async_signals_forget(void)
{
	zend_function *get, *set, *dispatch;
	zval args[2], result;

	/* These belong to another worker, which has forked this child. */
	if (async_signals.changed || async_signals.has_dispatched || async_signals.replaced) {
		async_signals.changed = async_signals.has_dispatched = false;
		async_signals.replaced = 0;
	}
	if (!async_signals_handled) {
		return;
	}
	get = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_signal_get_handler"));
	set = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_signal"));
	dispatch = zend_hash_str_find_ptr(CG(function_table), ZEND_STRL("pcntl_signal_dispatch"));
	if (!get || !set || !dispatch) {
		return;
	}
	for (int signo = 1; signo < NSIG; signo++) {
		struct sigaction action;

		if (!(async_signals_handled & BIT(signo))) {
			continue;
		}
		ZVAL_LONG(&args[0], signo);
		ZVAL_LONG(&args[1], (zend_long) SIG_DFL);
		zend_call_known_function(get, NULL, NULL, &result, 1, args, NULL);
		sigaction(signo, NULL, &action);
		zend_call_known_function(set, NULL, NULL, &result, 2, args, NULL);
		sigaction(signo, &action, NULL);
	}
	zend_call_known_function(dispatch, NULL, NULL, &result, 0, NULL, NULL);
}
