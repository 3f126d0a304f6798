# The one list of commands. `make` alone shows it.
# PHP and PHP_CONFIG choose the PHP: make test PHP=php8.4

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup services build demo test test-broker soak bench-supervisors storm property programs loom fuzz lint matrix memcheck engine-tests other-suites targets miri coverage mutants bench bench-compare bench-plot install uninstall clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "  PHP=... or PHP_CONFIG=... choose the PHP, for example: make test PHP=php8.4"

setup: ## install PHP, its headers, libclang, a C compiler, PHPUnit and GD, where they are missing
	@tools/setup

services: setup ## install what only tests ask for, such as databases and brokers, where it is missing; starts none
	@tools/services
	@tools/php-packages

build: ## build target/release/libasync.so
	@tools/setup --check
	tools/cargo build --release --locked

demo: setup build ## set up, build, and run an example on real files
	tools/php examples/quickstart.php
	tools/php examples/checksums.php

test: services build ## set up, build, and run all tests; SUITES="phpt phpunit" runs some, SERVICES=0 installs no servers
	@tests/summary $(SUITES)

storm: setup build ## random tasks for STORM_SECONDS=60, then 100,000 of one kind, then 1,000,000 messages; STORM_SEED=... repeats one
	tests/storm/run storm
	tests/storm/run flat
	tests/storm/run channel

property: setup build ## random values there and back; VALUES=20000 and SEED=... choose how many, and which
	tests/property/run "$(or $(VALUES),20000)" $(SEED)

programs: setup build ## random programs over the whole API; PROGRAMS=2000 and SEED=... choose how many, and which
	tests/programs/run "$(or $(PROGRAMS),2000)" $(SEED)

test-broker: services build ## kill workers of RabbitMQ and Redis, and count the messages: 20,000; BROKER_MESSAGES=... chooses
	BROKER_MESSAGES="$(or $(BROKER_MESSAGES),20000)" BROKER_WORKERS="$(or $(BROKER_WORKERS),8)" BROKER_LONG="$(or $(BROKER_LONG),8)" tests/broker/run

soak: setup build ## a day of a supervisor in SOAK_SECONDS=600, with crashes and reloads, then SOAK_TASKS=2000000 tasks; draws target/soak-*.svg
	tests/soak/run day
	tests/soak/run tasks

loom: ## try the orders in which processes can use shared memory; LOOM_MAX_PREEMPTIONS=... tries more; needs no PHP
	cargo test --release --locked --manifest-path tests/loom/Cargo.toml models

fuzz: ## feed random bytes to the readers, for FUZZ_SECONDS=60 each; needs cargo-fuzz and a nightly Rust, no PHP
	@fuzz/run "$(or $(FUZZ_SECONDS),60)"

lint: setup ## check formatting, lints and syntax
	@tools/lint

matrix: ## test one PHP after another, of Debian releases and built from sources, and print one table; MATRIX="sid/php8.4" chooses
	@tools/matrix --write $(MATRIX)

memcheck: setup build ## run tests under valgrind; MEMCHECK="tests/phpt/pool" chooses them
	@tools/memcheck $(MEMCHECK)

engine-tests: setup build ## run php-src's own tests with and without the extension; ENGINE="ext/posix" chooses folders
	@tools/engine-tests $(ENGINE)

other-suites: setup build ## run tests of PHPUnit, PHP-Parser, Twig, Monolog and Symfony with and without the extension; OTHER="twig" chooses
	@tools/other-suites $(OTHER)

targets: ## compile what knows no PHP for FreeBSD, macOS, musl and 64-bit ARM; needs rustup, no PHP
	@tools/targets $(TARGETS)

miri: ## run the tests of src/wire under Miri, but for two that take hours there; needs a nightly Rust with it, no PHP
	tools/pure +nightly miri test -- wire:: --skip a_frame_survives_any_fragmentation --skip changed_bytes_give_a_value_or_an_error

coverage: setup ## lines of src/wire, src/pool and src/process that tests run; COVERAGE="tests/phpt/warm" chooses tests/phpt, COVERAGE_BRANCHES=1 counts branches; needs cargo-llvm-cov
	@tools/coverage $(COVERAGE)

mutants: ## change src/pool and src/wire here and there, and count what no test notices; MUTANTS="src/pool/retry.rs"; needs cargo-mutants, no PHP
	@tools/mutants $(MUTANTS)

bench: setup build ## measure against fork and pcntl; BENCH="--only=latency,ints --rounds=9" passes options
	@tools/bench $(BENCH)

bench-compare: setup build ## measure this build beside that of REV=main~10, in turn; BENCH="--only=ints --rounds=15" passes options
	@tools/bench-compare "$(REV)" $(BENCH)

bench-supervisors: services build ## measure consumers beside Debian's supervisor and messenger:consume; SUPERVISORD=... is its command
	benches/supervisors/run

bench-plot: setup build ## draw what a fork costs under heaps from 1 MiB to 2 GiB, to benches/results/fork-curve.svg
	@tools/bench --curve $(BENCH)

# No target builds for these two: root, who installs, often has no Rust.
install: ## put async.so and its ini file where php-config says; DESTDIR is honoured
	@tools/install

uninstall: ## take them away again
	@tools/install --uninstall

clean: ## delete what was built
	rm -rf target benches/results
