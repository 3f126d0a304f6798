# shellcheck shell=bash
# Sourced by the scripts of this project: which PHP they use, and how they run it.
#
# PHP and PHP_CONFIG from the environment are honoured. With one of them the other is derived from it; with neither,
# they are `php` and a php-config of the same version. Both come out as absolute paths.
# Nothing here prints or exits but the functions that say so.

# Same minor version and same extension directory: a header of one PHP never meets the binary of another.
php_agrees() { # PHP PHP_CONFIG
    local of_php of_config
    of_php=$("$1" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION, " ", PHP_EXTENSION_DIR;' 2>/dev/null) || return 1
    of_config="$("$2" --version 2>/dev/null | cut -d. -f1,2) $("$2" --extension-dir 2>/dev/null)" || return 1
    [ "$of_php" = "$of_config" ]
}

# Sets PHP, PHP_CONFIG (absolute, empty when there is none) and PHP_VERSION_MINOR ("8.2").
php_find() {
    local asked_php=${PHP:-} asked_config=${PHP_CONFIG:-} candidate
    [ -n "$asked_config" ] && [ -z "$asked_php" ] && asked_php=$("$asked_config" --php-binary 2>/dev/null || true)
    PHP=$(command -v "${asked_php:-php}" || true)
    PHP_VERSION_MINOR=
    if [ -n "$PHP" ]; then
        PHP_VERSION_MINOR=$("$PHP" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;' 2>/dev/null || true)
    fi
    if [ -n "$asked_config" ]; then
        PHP_CONFIG=$(command -v "$asked_config" || true)
        return 0
    fi
    PHP_CONFIG=
    [ -n "$PHP" ] || return 0
    for candidate in "php-config$PHP_VERSION_MINOR" "$(dirname "$PHP")/php-config" php-config; do
        candidate=$(command -v "$candidate" || true)
        if [ -n "$candidate" ] && php_agrees "$PHP" "$candidate"; then
            PHP_CONFIG=$candidate
            return 0
        fi
    done
}

# Exits with an explanation unless PHP, its headers and PHP_CONFIG are there and belong together.
php_require() {
    if [ -z "$PHP" ] || [ -z "$PHP_CONFIG" ]; then
        echo "async.so: no ${PHP:+php-config for }${PHP:-PHP command} here; run: make setup" >&2
        exit 1
    fi
    if ! php_agrees "$PHP" "$PHP_CONFIG"; then
        echo "async.so: PHP and PHP_CONFIG do not belong together:" >&2
        echo "  PHP=$PHP is $("$PHP" -n -r 'echo PHP_VERSION, ", extensions in ", PHP_EXTENSION_DIR;' 2>&1 | head -n 1)" >&2
        echo "  PHP_CONFIG=$PHP_CONFIG is $("$PHP_CONFIG" --version 2>&1 | head -n 1), extensions in $("$PHP_CONFIG" --extension-dir 2>/dev/null)" >&2
        echo "Set both to the same PHP, or only one of them." >&2
        exit 1
    fi
}

# True when $PHP has the extension built in, or can load it.
php_has() { # EXTENSION
    "$PHP" -n -d display_startup_errors=0 -d extension="$1" -r 'exit((int) !extension_loaded($argv[1]));' "$1" >/dev/null 2>&1
}

# PHP without php.ini: what an installed, older or broken async.so would do cannot reach what is tried here.
# Sets php_command to PHP and the named shared extensions, those that are there.
php_plain() { # EXTENSION...
    php_command=("$PHP" -n)
    php_load "$@"
}

# PHP as its php.ini makes it, and the named shared extensions. Sets php_command.
php_as_set_up() { # EXTENSION...
    php_command=("$PHP")
    php_load "$@"
}

# Adds to php_command what is not loaded by it, and is there.
php_load() { # EXTENSION...
    local extension loaded directory
    loaded=" $("${php_command[@]}" -m | tr '[:upper:]\n' '[:lower:] ') "
    directory=$("${php_command[@]}" -r 'echo PHP_EXTENSION_DIR;')
    for extension in "$@"; do
        case $loaded in *" $extension "*) continue ;; esac
        [ -f "$directory/$extension.so" ] || continue
        php_command+=(-d "extension=$extension")
    done
}

php_find
