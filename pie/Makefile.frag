# PHP is asked about itself without its php.ini, which may load an async.so that no longer works.
.PHONY: async-cargo
async-cargo:
	@mkdir -p '$(ASYNC_TARGET_DIR)'
	@printf '#!/bin/sh\nexec "%s" -n "$$@"\n' '$(PHP_EXECUTABLE)' >'$(ASYNC_TARGET_DIR)/php'
	@chmod +x '$(ASYNC_TARGET_DIR)/php'
	PHP='$(ASYNC_TARGET_DIR)/php' PHP_CONFIG='$(ASYNC_PHP_CONFIG)' CARGO_TARGET_DIR='$(ASYNC_TARGET_DIR)' \
		'$(CARGO)' build --release --locked --manifest-path '$(ASYNC_CRATE_DIR)/Cargo.toml'

# Root, who installs, often has no Rust: installing takes what was built.
$(phplibdir)/async.la: $(if $(filter install install-modules,$(MAKECMDGOALS)),,async-cargo)
	@mkdir -p '$(phplibdir)'
	cp -f '$(ASYNC_TARGET_DIR)/release/libasync.so' '$(phplibdir)/async.so'
	@printf "dlname='async.so'\n" >'$@'
