//! Makes one stylesheet of `style/`, in the order that `style/order` lists; lists the modules of `public/` that import one
//! another, ours without their comments, with the licences of what is not ours; and tells which redb is built in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folders of `public/` whose files import one another.
const OF_MODULES: [&str; 2] = ["qr", "vault"];

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    write("styles.rs", &styles(&root));
    write("modules.rs", &modules(&root));
    println!("cargo::rustc-env=REDB_VERSION={}", redb_version(&root));
}

fn write(name: &str, source: &str) {
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join(name);
    fs::write(out, source).expect("cargo's folder can be written");
}

fn styles(root: &str) -> String {
    let style = Path::new(root).join("../style").canonicalize().expect("style/ stands beside server/");
    println!("cargo::rerun-if-changed={}", style.display());
    let order = fs::read_to_string(style.join("order")).expect("style/order can be read");
    let mut list = String::from("const STYLES: &[&str] = &[\n");
    for name in order.lines().map(str::trim).filter(|name| !name.is_empty()) {
        writeln!(list, "    include_str!(r#\"{}\"#),", style.join(name).display()).expect("a string takes text");
    }
    list.push_str("];\n");
    list
}

/// Name and content of each, in the order of their names.
fn modules(root: &str) -> String {
    let public = Path::new(root).join("../public").canonicalize().expect("public/ stands beside server/");
    let mut files = Vec::new();
    for folder in OF_MODULES.map(|folder| public.join(folder)) {
        println!("cargo::rerun-if-changed={}", folder.display());
        find_modules(&folder, &mut files);
    }
    files.sort();
    let mut list = String::from("const MODULES: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file.strip_prefix(&public).expect("it was found there").to_string_lossy();
        let source = fs::read_to_string(&file).expect("a module can be read");
        let served = if name.contains("/vendor/") { source } else { without_comments(&source) };
        writeln!(list, "    ({name:?}, {served:?}),").expect("a string takes text");
    }
    list.push_str("];\n");
    list
}

fn find_modules(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            find_modules(&path, found);
        } else if is_served(&path) {
            found.push(path);
        }
    }
}

fn is_served(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "js")
        || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("LICENSE"))
}

/// Without the lines that are comments only. They are there for who reads the code, and weigh as much as it.
fn without_comments(source: &str) -> String {
    let mut inside = false;
    let is_code = |line: &&str| {
        let line = line.trim();
        let within = inside || line.starts_with("/**");
        let ends = line.find("*/").map(|at| at + 2 == line.len());
        inside = within && ends.is_none();
        // A type in front of code, on one line with it, stays.
        !(line.is_empty() || line.starts_with("//") || within && ends != Some(false))
    };
    source.lines().filter(is_code).flat_map(|line| [line, "\n"]).collect()
}

/// The library tells nobody at run time.
fn redb_version(root: &str) -> String {
    let lock = Path::new(root).join("../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let lock = fs::read_to_string(lock).expect("Cargo.lock stands beside server/");
    let (_, package) = lock.split_once("name = \"redb\"\nversion = \"").expect("redb is locked");
    package.split('"').next().unwrap_or_default().to_owned()
}
