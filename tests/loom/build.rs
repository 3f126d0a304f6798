//! Sets `cfg(loom)` for this package alone. RUSTFLAGS would set it for its dependencies, too, and for those of loom.

fn main() {
    println!("cargo::rustc-cfg=loom");
    println!("cargo::rustc-check-cfg=cfg(loom)");
}
