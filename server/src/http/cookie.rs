//! The session cookie, made by tower-sessions and let out only when a handler began, rotated or ended the session.
//! Otherwise a late answer could put an old cookie back over a new one.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use postern_app::web::session::CookieChange;
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use crate::store::sessions::handover::told_of;

/// The cookie outlives every session, so that a page can say that the session has ended; our own times decide.
const KEPT: Duration = Duration::hours(13);

pub const fn name(https: bool) -> &'static str {
    if https { "__Host-postern" } else { "postern" }
}

pub fn sessions<S: SessionStore>(store: S, https: bool) -> SessionManagerLayer<S> {
    SessionManagerLayer::new(store)
        .with_name(name(https))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(KEPT))
}

/// The values of the session cookies that a request brings, one by one.
pub fn brought(headers: &HeaderMap, https: bool) -> Vec<String> {
    let value = |pair: &[u8]| {
        let rest = pair.trim_ascii().strip_prefix(name(https).as_bytes())?.trim_ascii_start().strip_prefix(b"=")?;
        String::from_utf8(rest.trim_ascii().to_vec()).ok()
    };
    let lines = headers.get_all(header::COOKIE).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';')).filter_map(value).collect()
}

/// Whether a request brings a session cookie, be it one of ours or not.
pub fn is_brought(headers: &HeaderMap, https: bool) -> bool {
    let named = |pair: &[u8]| pair.trim_ascii_start().strip_prefix(name(https).as_bytes()).is_some_and(is_value);
    headers.get_all(header::COOKIE).iter().any(|line| line.as_bytes().split(|byte| *byte == b';').any(named))
}

fn is_value(rest: &[u8]) -> bool {
    rest.trim_ascii_start().starts_with(b"=")
}

/// Outside the session layer.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let change = CookieChange::default();
    request.extensions_mut().insert(change.clone());
    let mut response = told_of(change.clone(), next.run(request)).await;
    if response.status().is_server_error() {
        // Who is told that nothing was done is given nothing.
        response.headers_mut().remove(header::SET_COOKIE);
    } else if !change.is_allowed() {
        hold_back(&mut response);
    }
    response
}

fn hold_back(response: &mut Response) {
    let is_session = |cookie: &HeaderValue| {
        let bytes = cookie.as_bytes();
        [name(true), name(false)]
            .iter()
            .any(|name| bytes.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")))
    };
    let cookies: Vec<HeaderValue> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    response.headers_mut().remove(header::SET_COOKIE);
    for cookie in cookies.into_iter().filter(|cookie| !is_session(cookie)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
