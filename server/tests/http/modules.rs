//! The modules of `public/` that import one another: in one folder, under one fingerprint.

use std::sync::Arc;

use postern::assets;
use postern_app::testing::MemoryStore;
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
async fn the_licence_of_what_is_not_ours_is_served_beside_it() {
    let (_, assets) = assets::routes::<()>();
    let beside = assets.script("qr/vendor/decode.js").expect("it is served").replace("decode.js", "LICENSE-MIT");
    let mut browser = Wired::over(Arc::new(MemoryStore::default()), true).await.browser().await;
    let licence = browser.get(&beside).await;
    assert_eq!((licence.status, licence.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    assert!(licence.body.contains("Paul Miller"), "{}", licence.body);
}
