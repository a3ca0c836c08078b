//! Pages and forms as handlers. A page is rendered whole, on the server: what Leptos would send along to wake it up in
//! the browser is left out, so that there is no script in it but the ones it names.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::{Method, StatusCode, header};
use leptos::prelude::{IntoView, provide_context};
use leptos_axum::{handle_response_inner, handle_server_fns_with_context};
use leptos_integration_utils::{BoxedFnOnce, PinnedFuture, PinnedStream};
use postern_app::web::front::House;
use postern_app::web::submission::provide_token;

/// Leptos marks a server function's failure so.
const FORM_ERROR: &str = "serverfnerror";

/// A page's route.
pub fn page<V: IntoView + 'static>(view: fn() -> V) -> MethodRouter<House> {
    get(async move |State(house): State<House>, request: Request| {
        let provide = move || {
            provide_token(&house.portal);
            provide_context(house.clone());
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
pub async fn form(State(house): State<House>, mut request: Request) -> Response {
    if !is_form(&request) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    // With these Leptos would send a failed form back to its Referer, the failure in the address.
    for name in [header::ACCEPT, header::REFERER] {
        request.headers_mut().remove(name);
    }
    let response =
        handle_server_fns_with_context(move || provide_context(house.clone()), request).await.into_response();
    if response.headers().contains_key(FORM_ERROR) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    emptied(response)
}

/// Without its body. The answer to a form is where it leads.
fn emptied(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

pub fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// The paths of all forms.
pub fn forms() -> impl Iterator<Item = &'static str> {
    leptos::server_fn::axum::server_fn_paths().filter(|(_, method)| *method == Method::POST).map(|(path, _)| path)
}
