//! The modules of `public/` that import one another: in one folder, under one fingerprint.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use postern::assets;
use postern_core::testing::MemoryStore;
use reqwest::Url;

use crate::headers::assert_headers;
use crate::wired::Wired;

#[tokio::test]
async fn every_import_of_a_module_leads_to_one_that_is_served() {
    let (_, assets) = assets::routes::<()>();
    let modules = || assets.scripts.iter().filter(|(_, path)| path.starts_with("/assets/modules."));
    let folder = modules().find_map(|(name, path)| path.strip_suffix(name)).expect("there are modules");
    assert_eq!(folder.len(), "/assets/modules.0123456789ab/".len(), "{folder}");
    let mut browser = Wired::over(Arc::new(MemoryStore::default()), true).await.browser().await;
    let mut imports = 0;
    for (name, path) in modules() {
        assert_eq!(*path, format!("{folder}{name}"));
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"), "{path}");
        assert_headers(&answer, path);
        let here = Url::parse("http://localhost/").and_then(|root| root.join(path)).expect("a path");
        let is_relative = |text: &&str| text.starts_with("./") || text.starts_with("../");
        for import in answer.body.split(['"', '\'']).filter(is_relative) {
            let to = here.join(import).expect("a relative path");
            assert!(modules().any(|(_, path)| path == to.path()), "{name} imports {import}");
            imports += 1;
        }
    }
    assert!(imports > modules().count(), "{imports}");
}

#[tokio::test]
async fn modules_of_ours_are_served_whole_but_for_their_comments() {
    let (_, assets) = assets::routes::<()>();
    let mut browser = Wired::over(Arc::new(MemoryStore::default()), true).await.browser().await;
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public");
    let is_comment = |line: &str| {
        let line = line.trim();
        let opens = line.starts_with("/**") && (line.ends_with("*/") || !line.contains("*/"));
        opens || line.is_empty() || ["//", "* ", "*/"].iter().any(|mark| line.starts_with(mark)) || line == "*"
    };
    for (name, path) in assets.scripts.iter().filter(|(name, _)| name.contains('/')) {
        let source = fs::read_to_string(public.join(name)).expect("it is there");
        let served = browser.get(path).await.body;
        if name.contains("/vendor/") {
            assert_eq!(served, source, "{name}");
        } else {
            let code: Vec<_> = source.lines().filter(|line| !is_comment(line)).collect();
            assert_eq!(served.lines().collect::<Vec<_>>(), code, "{name}");
            assert!(served.len() < source.len(), "{name}");
        }
    }
}

#[tokio::test]
async fn the_licence_of_what_is_not_ours_is_served_beside_it() {
    let (_, assets) = assets::routes::<()>();
    let beside = assets.script("qr/vendor/decode.js").expect("it is served").replace("decode.js", "LICENSE-MIT");
    let mut browser = Wired::over(Arc::new(MemoryStore::default()), true).await.browser().await;
    let licence = browser.get(&beside).await;
    assert_eq!((licence.status, licence.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    assert!(licence.body.contains("Paul Miller"), "{}", licence.body);
}
