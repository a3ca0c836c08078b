//! Pages and forms as handlers. A page is rendered whole, on the server: what Leptos would send along to wake it up in
//! the browser is left out, so that there is no script in it but the ones it names.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use leptos::prelude::{IntoView, provide_context};
use leptos_axum::handle_response_inner;
use leptos_integration_utils::{BoxedFnOnce, PinnedFuture, PinnedStream};
use postern_app::web::context::{AppState, RequestContext};
use postern_app::web::form::{FormContent, FormReply, FormRoute};
use postern_app::web::submission::provide_token;
use postern_core::model::Secret;

use crate::http::outcome;

/// A page's route.
pub fn page<V: IntoView + 'static>(view: fn() -> V) -> MethodRouter<AppState> {
    get(async move |State(app): State<AppState>, request: Request| {
        let provide = move || {
            provide_token(&app.portal);
            provide_context(app.clone());
        };
        let response = handle_response_inner(provide, view, request, whole).await;
        // There is no page to a fault or a way elsewhere; the ones that tell are made where all such pages are.
        if response.status().is_success() { response } else { emptied(response) }
    })
}

/// Collects a page in one piece; the second argument is what would hydrate it.
fn whole<V: IntoView + 'static>(
    view: V,
    _hydration: BoxedFnOnce<PinnedStream<String>>,
    _out_of_order: bool,
) -> PinnedFuture<PinnedStream<String>> {
    use futures::StreamExt as _;
    Box::pin(async move {
        let html: String = view.to_html_stream_in_order().collect().await;
        let html = without_marks(&html);
        Box::pin(futures::stream::once(async move { html })) as PinnedStream<String>
    })
}

/// Without the marks between text nodes, of use to hydration alone. Text is escaped, so this is never somebody's words.
pub fn without_marks(html: &str) -> String {
    html.replace("<!>", "")
}

/// A form's handler.
pub fn form(form: FormRoute) -> MethodRouter<AppState> {
    let form = Arc::new(form);
    post(async move |State(app): State<AppState>, parts: Parts, body: Bytes| {
        if !is_form(&parts.headers) {
            return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
        }
        let Ok(fields) = form.read(&body) else { return StatusCode::BAD_REQUEST.into_response() };
        let submitted = async { form.submit(RequestContext::of(app.clone(), &parts.extensions)?, fields).await };
        match submitted.await {
            Ok(reply) => replied(reply),
            Err(no) => outcome::no(&no, &app, form.path),
        }
    })
}

fn replied(FormReply { content, cookie }: FormReply) -> Response {
    let mut response = match content {
        FormContent::SeeOther(page) => Redirect::to(page.path()).into_response(),
        FormContent::Html(page) => html(&page),
        FormContent::File { name, json } => file(name, json),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A page as it was made.
pub fn html(html: &Secret<String>) -> Response {
    let html = without_marks(html.expose());
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response()
}

/// JSON to be saved.
fn file(name: &str, json: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_DISPOSITION, disposition.as_str())];
    (headers, json).into_response()
}

/// Without its body.
fn emptied(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

pub fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}
