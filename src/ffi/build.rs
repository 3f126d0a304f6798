//! Compiles the C shim against the headers of the PHP that `php-config` names.

use std::{error::Error, process::Command};

use ext_php_rs_build::{ApiVersion, PHPInfo, emit_check_cfg, emit_php_cfg_flags, find_php, path_from_env};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/ffi/shim");
    println!("cargo:rerun-if-changed=src/ffi/shim.h");
    // Without these the shim stays compiled for the PHP of the build before.
    println!("cargo:rerun-if-env-changed=PHP");
    println!("cargo:rerun-if-env-changed=PHP_CONFIG");

    let php = PHPInfo::get(&find_php()?)?;
    emit_check_cfg();
    emit_php_cfg_flags(ApiVersion::try_from(php.zend_version()?)?);
    if php.thread_safety()? {
        println!("cargo:rustc-cfg=php_zts");
    }

    let mut shim = cc::Build::new();
    for noun in
        ["array", "call", "child", "class", "closure", "date", "graph", "iterate", "object", "state", "value"]
    {
        shim.file(format!("src/ffi/shim/{noun}.c"));
    }
    shim.warnings(true).extra_warnings(false);
    // At -O0 the headers of newer patch releases leave references that older ones do not export.
    shim.opt_level(2);
    for flag in includes()?.split_whitespace() {
        shim.flag(flag);
    }
    shim.try_compile("async_shim")?;
    Ok(())
}

/// The `-I` flags of the PHP to build for.
fn includes() -> Result<String, Box<dyn Error>> {
    let config = path_from_env("PHP_CONFIG").unwrap_or_else(|| "php-config".into());
    let output = Command::new(&config).arg("--includes").output()?;
    if !output.status.success() {
        return Err(format!("{} --includes failed", config.display()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
