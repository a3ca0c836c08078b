//! `/api/openapi.json`, and `/api/docs` to read it in a browser: a page of ours around Swagger UI, whose files are in the
//! binary. Nothing is loaded from elsewhere.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Extension;
use axum::response::{Html, IntoResponse};
use axum::{Router, routing};
use http::header;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::Config;

use super::refusals::{Asked, ErrorResponses};
use super::{Description, tag};
use crate::assets::{File, JAVASCRIPT};

/// Where the description is read in a browser.
pub const DOCS: &str = "/api/docs";

const SCRIPT: &str = include_str!("../../../public/reference.js");
const STYLE: &str = include_str!("../../../public/reference.css");
const PAGE: &str = include_str!("../../../public/reference.html");

/// The description as it is sent.
#[derive(Clone)]
struct Described(Bytes);

/// The description of everything that was described so far, its own route too, and the page that shows it.
pub fn routes<S: Clone + Send + Sync + 'static>(mut description: Description, icon: &str) -> Router<S> {
    let own: Router<S> = description.of(OpenApiRouter::new().routes(routes!(openapi)));
    let described = serde_json::to_vec(&description.finish()).unwrap_or_default();
    page(icon).merge(own.layer(Extension(Described(described.into()))))
}

/// Tell what every route takes and answers
///
/// This document: OpenAPI 3.1, made from the handlers themselves. It is the same for everybody.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "showDescription",
    tag = tag::REFERENCE,
    security(()),
    responses((status = OK, description = "An OpenAPI document.", body = Object), ErrorResponses<(Asked,)>),
)]
async fn openapi(Extension(Described(bytes)): Extension<Described>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], bytes)
}

fn page<S: Clone + Send + Sync + 'static>(icon: &str) -> Router<S> {
    let viewer = [("swagger-ui.css", "text/css; charset=utf-8"), ("swagger-ui-bundle.js", JAVASCRIPT)];
    let viewer = viewer.map(|(name, kind)| File::new(name, kind, of_swagger_ui(name)));
    let ours = [
        File::new("reference.js", JAVASCRIPT, SCRIPT.as_bytes().into()),
        File::new("reference.css", "text/css; charset=utf-8", STYLE.as_bytes().into()),
    ];
    let files: Vec<File> = viewer.into_iter().chain(ours).collect();
    let mut html = PAGE.replace("{favicon.svg}", icon);
    for file in &files {
        html = html.replace(&format!("{{{}}}", file.name), &file.path);
    }
    let show = move || async move { Html(html) };
    files.into_iter().fold(Router::new(), |router, file| file.route(router)).route(DOCS, routing::get(show))
}

/// A file of Swagger UI, as it was when this was built.
fn of_swagger_ui(name: &str) -> Bytes {
    let found = utoipa_swagger_ui::serve(name, Arc::new(Config::default())).ok().flatten();
    found.map(|file| Bytes::from(file.bytes.into_owned())).unwrap_or_default()
}
