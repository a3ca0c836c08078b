//! Stylesheet, icon and scripts: in the binary, under paths with a fingerprint, kept by browsers for good.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::routing::get;
use data_encoding::HEXLOWER;
use http::header;
use postern_app::web::context::Assets;
use sha2::{Digest, Sha256};

/// A file that pages load.
pub struct File {
    pub name: &'static str,
    pub path: String,
    kind: &'static str,
    body: Bytes,
}

/// What `style/order` lists, in that order.
static STYLE: LazyLock<String> = LazyLock::new(|| STYLES.concat());

include!(concat!(env!("OUT_DIR"), "/styles.rs"));
include!(concat!(env!("OUT_DIR"), "/modules.rs"));

const ICON: &str = include_str!("../../public/favicon.svg");

const SCRIPTS: [(&str, &str); 6] = [
    ("copy.js", include_str!("../../public/copy.js")),
    ("countdown.js", include_str!("../../public/countdown.js")),
    ("local-time.js", include_str!("../../public/local-time.js")),
    ("quorum.js", include_str!("../../public/quorum.js")),
    ("save.js", include_str!("../../public/save.js")),
    ("security-key.js", include_str!("../../public/security-key.js")),
];

pub const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// For good: another content is another path.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// Where all of them are.
pub const BELOW: &str = "/assets/";

impl File {
    pub fn new(name: &'static str, kind: &'static str, body: Bytes) -> Self {
        let print = print(&Sha256::digest(&body));
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        Self { name, path: format!("{BELOW}{stem}.{print}.{ending}"), kind, body }
    }

    pub fn route<S: Clone + Send + Sync + 'static>(self, router: Router<S>) -> Router<S> {
        let Self { path, kind, body, .. } = self;
        let serve = move || async move {
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_GOOD)], body).into_response()
        };
        router.route(&path, get(serve))
    }
}

fn print(digest: &[u8]) -> String {
    HEXLOWER.encode(&digest[..6])
}

/// The modules that import one another by relative paths, and so stand in one folder under the fingerprint of them all.
fn modules() -> impl Iterator<Item = File> {
    let mut digest = Sha256::new();
    for (name, body) in MODULES {
        digest.update(format!("{name} {}\n{body}", body.len()));
    }
    let folder = format!("/assets/modules.{}", print(&digest.finalize()));
    MODULES.iter().map(move |(name, body)| File {
        name,
        path: format!("{folder}/{name}"),
        kind: if name.contains("LICENSE") { "text/plain; charset=utf-8" } else { JAVASCRIPT },
        body: body.as_bytes().into(),
    })
}

/// The routes of all files, and where pages find them.
pub fn routes<S: Clone + Send + Sync + 'static>() -> (Router<S>, Arc<Assets>) {
    let style = File::new("postern.css", "text/css; charset=utf-8", STYLE.as_bytes().into());
    let icon = File::new("favicon.svg", "image/svg+xml", ICON.as_bytes().into());
    let single = SCRIPTS.into_iter().map(|(name, body)| File::new(name, JAVASCRIPT, body.as_bytes().into()));
    let scripts: Vec<File> = single.chain(modules()).collect();
    let assets = Assets {
        stylesheet: style.path.clone(),
        icon: icon.path.clone(),
        scripts: scripts
            .iter()
            .filter(|file| file.kind == JAVASCRIPT)
            .map(|file| (file.name, file.path.clone()))
            .collect(),
    };
    let files = [style, icon].into_iter().chain(scripts);
    (files.fold(Router::new(), |router, file| file.route(router)), Arc::new(assets))
}
