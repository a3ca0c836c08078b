//! Makes one stylesheet of `style/`, in the order that `style/order` lists; and tells which redb is built in.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let style = Path::new(&root).join("../style").canonicalize().expect("style/ stands beside server/");
    println!("cargo::rerun-if-changed={}", style.display());
    let order = fs::read_to_string(style.join("order")).expect("style/order can be read");
    let mut list = String::from("const STYLES: &[&str] = &[\n");
    for name in order.lines().map(str::trim).filter(|name| !name.is_empty()) {
        writeln!(list, "    include_str!(r#\"{}\"#),", style.join(name).display()).expect("a string takes text");
    }
    list.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("styles.rs");
    fs::write(out, list).expect("cargo's folder can be written");
    println!("cargo::rustc-env=REDB_VERSION={}", redb_version(&root));
}

/// The library tells nobody at run time.
fn redb_version(root: &str) -> String {
    let lock = Path::new(root).join("../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let lock = fs::read_to_string(lock).expect("Cargo.lock stands beside server/");
    let (_, package) = lock.split_once("name = \"redb\"\nversion = \"").expect("redb is locked");
    package.split('"').next().unwrap_or_default().to_owned()
}
