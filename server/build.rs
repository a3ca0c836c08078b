//! Makes one stylesheet of `style/`, in the order that `style/order` lists.

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
}
