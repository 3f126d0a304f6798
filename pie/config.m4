dnl phpize && ./configure && make && make install: what PIE runs, and what works by hand too. cargo does the building.

PHP_ARG_ENABLE([async],
  [whether to build async.so],
  [AS_HELP_STRING([--disable-async], [Do not build async.so])],
  [yes])

if test "$PHP_ASYNC" != "no"; then
  AC_PATH_PROG([CARGO], [cargo], [no], [$PATH:$HOME/.cargo/bin])
  if test "$CARGO" = "no"; then
    AC_MSG_ERROR([cargo not found: install Rust 1.88 or newer (https://rustup.rs)])
  fi

  AC_MSG_CHECKING([for libclang])
  ASYNC_LIBCLANG="$LIBCLANG_PATH"
  for candidate in /usr/lib*/llvm*/lib*/libclang*.so* /usr/lib*/libclang*.so* /usr/lib/*-linux-*/libclang*.so* /usr/local/lib/libclang* /opt/homebrew/opt/llvm/lib/libclang*; do
    if test -e "$candidate"; then
      ASYNC_LIBCLANG="$candidate"
    fi
  done
  if test -n "$ASYNC_LIBCLANG"; then
    AC_MSG_RESULT([$ASYNC_LIBCLANG])
  else
    AC_MSG_RESULT([no])
    AC_MSG_WARN([the build reads PHP's headers with libclang; if it fails, install it: apt-get install libclang-dev, dnf install clang-devel, apk add clang-dev clang-libclang])
  fi

  ASYNC_CRATE_DIR=`cd "$srcdir/.." && pwd`
  ASYNC_TARGET_DIR=`pwd`/target
  ASYNC_PHP_CONFIG="$PHP_PHP_CONFIG"
  if test -z "$ASYNC_PHP_CONFIG"; then
    ASYNC_PHP_CONFIG="$PHP_CONFIG"
  fi
  dnl The build wants a path, not a name.
  ASYNC_PHP_CONFIG=`command -v "$ASYNC_PHP_CONFIG"`
  PHP_SUBST([CARGO])
  PHP_SUBST([ASYNC_CRATE_DIR])
  PHP_SUBST([ASYNC_TARGET_DIR])
  PHP_SUBST([ASYNC_PHP_CONFIG])

  dnl make, make test and make install all look at this name. There is no libtool archive behind it.
  PHP_MODULES="$PHP_MODULES \$(phplibdir)/async.la"
  PHP_ADD_MAKEFILE_FRAGMENT([$srcdir/Makefile.frag])
fi
