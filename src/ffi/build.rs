//! Compiles the C shim against the headers of the PHP that `php-config` names.

use std::{error::Error, process::Command};

use ext_php_rs_build::{ApiVersion, PHPInfo, emit_check_cfg, emit_php_cfg_flags, find_php, path_from_env};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/ffi/shim");
    println!("cargo:rerun-if-changed=src/ffi/shim.h");
    println!("cargo:rerun-if-changed=src/ffi/child.ld");
    // Otherwise the shim would stay compiled for the PHP of the previous build.
    println!("cargo:rerun-if-env-changed=PHP");
    println!("cargo:rerun-if-env-changed=PHP_CONFIG");

    let php = PHPInfo::get(&find_php()?)?;
    emit_check_cfg();
    emit_php_cfg_flags(ApiVersion::try_from(php.zend_version()?)?);
    if php.thread_safety()? {
        println!("cargo:rustc-cfg=php_zts");
    }

    let mut shim = cc::Build::new();
    for noun in [
        "array",
        "call",
        "child",
        "class",
        "closure",
        "date",
        "graph",
        "iterate",
        "names",
        "object",
        "process",
        "signal",
        "state",
        "statement",
        "value",
    ] {
        shim.file(format!("src/ffi/shim/{noun}.c"));
    }
    shim.warnings(true).extra_warnings(false);
    // At -O0 the headers of newer patch releases leave references to symbols that older ones do not export.
    shim.opt_level(2);
    // A child would have a page fault for the table of jumps.
    shim.flag_if_supported("-fno-plt");
    for flag in includes()?.split_whitespace() {
        shim.flag(flag);
    }
    for (capability, source) in CAPABILITIES {
        if compiles(&shim, capability, source)? {
            shim.define(capability, None);
        }
    }
    shim.try_compile("async_shim")?;
    // Not every linker knows such scripts; rustc's own choices, lld and GNU ld, do.
    let chosen =
        ["RUSTC_LINKER", "CARGO_ENCODED_RUSTFLAGS"].map(|name| std::env::var(name).unwrap_or_default());
    if chosen[0].is_empty() && !["linker=", "fuse-ld"].iter().any(|choice| chosen[1].contains(choice)) {
        // A copy, because the path is kept for later builds: what is built moves with its folder, the sources need not.
        let copy = format!("{}/child.ld", std::env::var("OUT_DIR")?);
        std::fs::copy("src/ffi/child.ld", &copy)?;
        println!("cargo:rustc-cdylib-link-arg=-Wl,-T,{copy}");
    }
    Ok(())
}

/// Differences between PHP versions: a macro, and C code that compiles without a warning where it is to be defined. The
/// headers are tested, not version numbers: a change may come with a patch release, or be reverted before a minor
/// release.
const CAPABILITIES: [(&str, &str); 4] = [
    ("ASYNC_HAS_CHILD_INIT", "#include \"php_main.h\"\nvoid f(void) { php_child_init(); }"),
    (
        "ASYNC_SHUTDOWN_ENTRY_HAS_FCI",
        "#include \"ext/standard/basic_functions.h\"\nsize_t f(php_shutdown_function_entry *e) { return e->fci.size; }",
    ),
    (
        "ASYNC_CLOSURES_TAKE_OBJECTS",
        "#include \"zend_closures.h\"\nzend_object *f(zval *c) { return zend_get_closure_this_ptr(c); }",
    ),
    ("ASYNC_SETTINGS_ARE_STRINGS", "zend_string *f(void) { return PG(error_log); }"),
];

/// Does `source` compile with the headers of this PHP?
fn compiles(shim: &cc::Build, name: &str, source: &str) -> Result<bool, Box<dyn Error>> {
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let file = out.join(format!("{name}.c"));
    std::fs::write(&file, format!("#include \"php.h\"\n{source}\n"))?;
    let mut compiler = shim.get_compiler().to_command();
    compiler.args(["-Werror", "-fsyntax-only"]).arg(&file);
    Ok(compiler.output()?.status.success())
}

/// The `-I` flags for the PHP to build for.
fn includes() -> Result<String, Box<dyn Error>> {
    let config = path_from_env("PHP_CONFIG").unwrap_or_else(|| "php-config".into());
    let output = Command::new(&config).arg("--includes").output()?;
    if !output.status.success() {
        return Err(format!("{} --includes failed", config.display()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
