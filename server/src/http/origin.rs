//! Unsafe requests come from our own pages, or from programs that are no browser.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::audience::Audience;
use super::host;
use crate::config::PublicOrigin;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub async fn layer(
    State(origin): State<Arc<PublicOrigin>>,
    Extension(audience): Extension<Audience>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() || is_ours(request.headers(), &origin, audience == Audience::Program) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// `Sec-Fetch-Site` decides where a browser sends it, else `Origin`. With neither it is no browser of today: a form is
/// refused, a program's request goes on.
fn is_ours(headers: &HeaderMap, origin: &PublicOrigin, program: bool) -> bool {
    if let Some(site) = headers.get(FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let is_same = |sender: &HeaderValue| {
        let sender = sender.to_str().ok().and_then(|sender| sender.split_once("://"));
        sender.is_some_and(|(scheme, host)| scheme == origin.scheme() && host::is_ours(host, origin))
    };
    headers.get(header::ORIGIN).map_or(program, is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(site: Option<&'static str>, origin: Option<&'static str>, program: bool) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in [(FETCH_SITE, site), (header::ORIGIN, origin)] {
            headers.extend(value.map(|value| (name, value.parse().expect("a value"))));
        }
        let origin = PublicOrigin::parse("https://door.example.org").expect("an origin");
        is_ours(&headers, &origin, program)
    }

    #[test]
    fn a_request_from_elsewhere_is_refused_whatever_else_it_says() {
        assert!(ours(Some("same-origin"), None, false));
        assert!(ours(Some("none"), None, false));
        assert!(ours(None, Some("https://door.example.org"), false));
        // As a browser writes it whose address bar says it so.
        assert!(ours(None, Some("https://door.example.org."), false));
        assert!(ours(None, None, true));
        assert!(!ours(None, None, false));
        for program in [false, true] {
            assert!(!ours(Some("cross-site"), Some("https://door.example.org"), program));
            assert!(!ours(Some("same-site"), None, program));
            assert!(!ours(None, Some("https://evil.example"), program));
            assert!(!ours(None, Some("null"), program));
            assert!(!ours(None, Some("https://door.example.org:8443"), program));
        }
    }
}
