//! How the two libraries are built: who may import whom, what they may depend on, how files are kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// A library of this workspace, and every crate it may depend on with the reason why that opens no socket and no file.
struct Library {
    folder: &'static str,
    dependencies: &'static [(&'static str, &'static str)],
}

/// The domain knows neither HTTP nor HTML.
const CORE: [(&str, &str); 30] = [
    ("argon2", "arithmetic"),
    ("async-trait", "a macro"),
    ("chacha20poly1305", "arithmetic"),
    ("data-encoding", "text"),
    ("hkdf", "arithmetic"),
    ("hmac", "arithmetic"),
    ("idna", "text; its tables are compiled in"),
    ("metrics", "macros; whoever listens has the socket"),
    ("p256", "arithmetic"),
    ("png", "bytes"),
    ("qrcode", "renders to strings"),
    ("rmp-serde", "bytes"),
    ("serde", "traits"),
    ("serde_bytes", "bytes"),
    ("serde_cbor_2", "bytes"),
    ("serde_json", "text"),
    ("sha2", "arithmetic"),
    ("subtle", "arithmetic"),
    ("thiserror", "a macro"),
    ("time", "calendar; its clock is banned by clippy.toml"),
    ("tokio", "optional, for the races of the store suite"),
    ("totp-rs", "arithmetic"),
    ("tracing", "macros; whoever listens has the file"),
    ("unicode-properties", "text; its tables are compiled in"),
    ("url", "text"),
    ("uuid", "text; the randomness is ours"),
    ("webauthn-rs-core", "arithmetic; its clock is for attestation certificates, of which we ask for none"),
    ("webauthn-rs-proto", "text"),
    ("x509-parser", "bytes; we check no time by it"),
    ("zeroize", "memory"),
];

const APP: [(&str, &str); 24] = [
    ("age", "arithmetic and text, without its command line"),
    ("askama", "letters; templates are read when compiling"),
    ("async-trait", "a macro"),
    ("blahaj", "arithmetic"),
    ("data-encoding", "text"),
    ("futures", "waits for several at once"),
    ("hkdf", "arithmetic"),
    ("http", "types"),
    ("leptos", "renders to strings"),
    ("leptos_axum", "the answer that a page is rendered into; whoever serves it has the socket"),
    ("percent-encoding", "text"),
    ("postern-core", "the domain, held to the same list"),
    ("rmp-serde", "bytes"),
    ("serde", "traits"),
    ("serde_bytes", "bytes"),
    ("serde_json", "text"),
    ("sha2", "arithmetic"),
    ("subtle", "arithmetic"),
    ("thiserror", "a macro"),
    ("time", "calendar; its clock is banned by clippy.toml"),
    ("tower-sessions", "the session's types; its stores are the process's"),
    ("tracing", "macros; whoever listens has the file"),
    ("url", "text"),
    ("zeroize", "memory"),
];

const LIBRARIES: [Library; 2] =
    [Library { folder: "app/core", dependencies: &CORE }, Library { folder: "app", dependencies: &APP }];

impl Library {
    fn root(&self) -> PathBuf {
        Path::new(HERE).join("..").join(self.folder)
    }

    fn src(&self) -> PathBuf {
        self.root().join("src")
    }

    fn manifest(&self) -> String {
        read(&self.root().join("Cargo.toml"))
    }
}

/// What opens a socket or a file, or reads a clock.
const OUTSIDE: [&str; 14] = [
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "std::process",
    "std::env",
    "tokio::net",
    "tokio::fs",
    "tokio::time",
    "SystemTime::now",
    "Instant::now",
    "OffsetDateTime::now",
];

const VAGUE: [&str; 8] = ["util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"];

const LONGEST: usize = 400;

/// All Rust files below a folder, as paths from it.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path.strip_prefix(root).expect("below the root").to_owned());
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {}", root.display());
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// A file's code without its comments and its own tests.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let uncommented = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text[..end].lines().map(uncommented).collect::<Vec<_>>().join("\n")
}

/// The modules as lib.rs documents them, from the top.
fn order(library: &Library) -> Vec<String> {
    let map = read(&library.src().join("lib.rs"));
    let row = |line: &str| {
        let cell = line.strip_prefix("//! | ")?.split(" |").next()?;
        let name = cell.trim_matches(|c| "[]`".contains(c));
        (name != "module").then(|| name.to_owned())
    };
    let rows: Vec<_> = map.lines().filter_map(row).collect();
    assert!(rows.len() >= 7, "no map in lib.rs: {rows:?}");
    rows
}

/// The modules that a text imports from this crate's root: `crate::a`, `crate::{a, b::c}`.
fn imports(code: &str) -> BTreeSet<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, marker) in code.match_indices("crate::") {
        let rest = &code[at + marker.len()..];
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        match rest.strip_prefix('{') {
            None => drop(found.insert(name(rest))),
            Some(group) => found.extend(top_level(group).map(|part| name(part.trim()))),
        }
    }
    found.remove("");
    found
}

/// The parts of a group up to its closing brace, split at the commas that stand in no deeper brace.
fn top_level(group: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let mut begin = 0;
    let mut parts = Vec::new();
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' => {
                parts.push(&group[begin..at]);
                break;
            }
            ',' if depth == 0 => {
                parts.push(&group[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.into_iter()
}

/// What a module imports although it stands below it in the list, or not in it at all.
fn climbs_down(order: &[String], module: &str, code: &str) -> Vec<String> {
    let place = |name: &str| order.iter().position(|known| known == name);
    let own = place(module).unwrap_or_else(|| panic!("{module} is not in the map of lib.rs"));
    let below = |name: &String| name != module && place(name).is_none_or(|at| at > own);
    imports(code).into_iter().filter(below).collect()
}

/// The module of a file, and how deep below the crate's root it is.
fn module_of(file: &Path) -> (String, usize) {
    let mut parts: Vec<_> = file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    (parts[0].clone(), parts.len())
}

#[test]
fn imports_go_up_the_list_in_lib_rs_only() {
    for library in &LIBRARIES {
        let order = order(library);
        for file in sources(&library.src()) {
            let (module, _) = module_of(&file);
            if module != "lib" {
                let wrong = climbs_down(&order, &module, &code(&read(&library.src().join(&file))));
                // The suite's macro names itself where it is expanded.
                let wrong: Vec<_> = wrong.into_iter().filter(|name| name != "store_suite").collect();
                assert!(wrong.is_empty(), "{} imports {wrong:?}, which stand below {module}", file.display());
            }
        }
    }
}

#[test]
fn nobody_reaches_another_module_by_way_of_super() {
    for library in &LIBRARIES {
        for file in sources(&library.src()) {
            let (module, depth) = module_of(&file);
            let too_far = "super::".repeat(depth);
            let reaches = module != "lib" && code(&read(&library.src().join(&file))).contains(&too_far);
            assert!(!reaches, "{} says {too_far}: name the module from crate::", file.display());
        }
    }
}

#[test]
fn the_check_sees_imports_in_every_form() {
    let order: Vec<String> = ["model", "rules", "portal"].map(str::to_owned).to_vec();
    for wrong in [
        "use crate::portal::Portal;",
        "use crate::{model::Holder, portal::{Portal, Look}};",
        "fn f() -> crate::portal::Look {}",
        "use crate::{\n    model,\n    portal,\n};",
    ] {
        assert_eq!(climbs_down(&order, "rules", &code(wrong)), ["portal"], "{wrong}");
    }
    let right = "// crate::portal\nuse crate::model::Holder;\nuse crate::rules::level;\nuse my_crate::portal;\n";
    assert!(climbs_down(&order, "rules", &code(right)).is_empty());
    assert_eq!(climbs_down(&order, "rules", "use crate::unheard_of::X;"), ["unheard_of"]);
}

#[test]
fn the_map_in_lib_rs_names_every_module() {
    for library in &LIBRARIES {
        let order = order(library);
        for file in sources(&library.src()) {
            let (module, _) = module_of(&file);
            assert!(module == "lib" || order.contains(&module), "{module} is not in the map of lib.rs");
        }
    }
}

#[test]
fn every_dependency_is_known_to_open_no_socket_and_no_file() {
    for library in &LIBRARIES {
        let manifest = library.manifest();
        let section = manifest.split("\n[dependencies]\n").nth(1).expect("dependencies");
        let section = section.split("\n[").next().expect("a section");
        let lines = section.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let mut seen = 0;
        for line in lines {
            let name = line.split(['.', ' ', '=']).next().expect("a name");
            let known = library.dependencies.iter().any(|(known, _)| *known == name);
            assert!(known, "{}: {name}: does it open a socket or a file?", library.folder);
            let for_tests = name == "tokio";
            assert!(!for_tests || line.contains("optional = true"), "{name} is for tests: {line}");
            seen += 1;
        }
        assert_eq!(seen, library.dependencies.len(), "{}: a crate of the list is not depended on", library.folder);
        assert!(!manifest.contains("[target.") && !manifest.contains("[build-dependencies]"), "unread dependencies");
    }
}

#[test]
fn no_code_here_opens_a_socket_or_a_file_or_reads_a_clock() {
    for library in &LIBRARIES {
        for file in sources(&library.src()) {
            let code = code(&read(&library.src().join(&file)));
            for outside in OUTSIDE {
                assert!(!code.contains(outside), "{} says {outside}: ask a port", file.display());
            }
        }
    }
}

/// The folders of this repository that hold Rust, all of it written by hand.
fn hand_written() -> Vec<PathBuf> {
    let root = Path::new(HERE).join("..");
    ["app/core/src", "app/src", "app/tests", "server/src", "server/tests"].map(|folder| root.join(folder)).to_vec()
}

#[test]
fn every_file_says_in_its_first_line_what_it_owns_and_stays_short() {
    for folder in hand_written() {
        for file in sources(&folder) {
            let (text, path) = (read(&folder.join(&file)), folder.join(&file));
            assert!(text.starts_with("//! "), "{} does not begin with //!", path.display());
            assert!(text.lines().count() <= LONGEST, "{} has over {LONGEST} lines", path.display());
        }
    }
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    for folder in hand_written() {
        for file in sources(&folder) {
            let vague = file.with_extension("").iter().any(|part| VAGUE.iter().any(|name| part == *name));
            assert!(!vague, "{}: what does it own?", file.display());
        }
    }
}

/// Elements whose children the renderer does not escape.
const RAW_TEXT: [&str; 3] = ["textarea", "style", "script"];

/// What stands between the tags of each raw text element of a source, and calls of the renderer's own functions for them.
fn raw_text_contents(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in RAW_TEXT {
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        for (at, _) in code.match_indices(&open) {
            let rest = &code[at + open.len()..];
            if !rest.starts_with(|c: char| c.is_whitespace() || c == '>') {
                continue;
            }
            let inside = rest.split(&close).next().unwrap_or_default();
            // The tag ends at the last `>` that no attribute's expression follows.
            let content = inside.rsplit_once('>').map_or(inside, |(_, content)| content);
            found.push(content.trim().to_owned());
        }
        if code.contains(&format!("html::{name}(")) || code.contains(&format!("::{name}().child(")) {
            found.push(format!("the renderer's function {name}()"));
        }
    }
    found
}

fn is_escaped(content: &str) -> bool {
    content.is_empty() || (content.starts_with("{escapable_text(") && content.ends_with(")}"))
}

#[test]
fn raw_text_elements_hold_only_escaped_text() {
    let mut seen = 0;
    for folder in hand_written().into_iter().filter(|folder| folder.ends_with("src")) {
        // Tests search pages for such tags.
        for file in sources(&folder).into_iter().filter(|file| !file.ends_with("tests.rs")) {
            for content in raw_text_contents(&code(&read(&folder.join(&file)))) {
                assert!(is_escaped(&content), "{}: {content:?} is not escaped", file.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 3, "{seen} elements were seen");
}

#[test]
fn the_check_sees_unescaped_text_in_every_form() {
    for wrong in [
        "<textarea name=name>{value}</textarea>",
        "<textarea\n rows=a.then(|| b > c)\n>\n {value}\n</textarea>",
        "<textarea>{escapable_text(&a)}{b}</textarea>",
        "<style>{css}</style>",
        "<script>{format!(\"{x}\")}</script>",
        "leptos::html::textarea().child(value)",
    ] {
        assert!(raw_text_contents(wrong).iter().any(|content| !is_escaped(content)), "{wrong}");
    }
    for right in
        ["<script src=a></script>", "<textarea rows=4>{escapable_text(&value)}</textarea>", "<title>{a}</title>"]
    {
        assert!(raw_text_contents(right).iter().all(|content| is_escaped(content)), "{right}");
    }
}
