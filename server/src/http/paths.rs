//! What is asked of a path besides what its route does: OPTIONS of the health routes, and paths with a slash at the end.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};

use crate::health;

pub async fn layer(request: Request, next: Next) -> Response {
    if *request.method() == Method::OPTIONS && health::PATHS.contains(&request.uri().path()) {
        let allow = HeaderValue::from_static("GET, HEAD, OPTIONS");
        return (StatusCode::NO_CONTENT, [(header::ALLOW, allow)]).into_response();
    }
    let without = without_slash(request.uri());
    let response = next.run(request).await;
    match without {
        // 308 keeps method and body (RFC 9110 15.4.9), so it does for every method: nothing was done yet.
        Some(location) if response.status() == StatusCode::NOT_FOUND => {
            (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response()
        }
        _ => response,
    }
}

/// Where a path with slashes at its end leads without them. `None`: it has none, or it is not made of plain names alone, so
/// that a browser could take it for another host (`//host`, `/\host`) or go up by it (`..`).
fn without_slash(uri: &Uri) -> Option<HeaderValue> {
    let path = uri.path();
    let bare = path.trim_end_matches('/');
    let is_plain = |name: &str| {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !name.trim_matches('.').is_empty() && name.bytes().all(is_of_name)
    };
    let is_ours = bare.strip_prefix('/').is_some_and(|names| names.split('/').all(is_plain));
    if bare.len() == path.len() || !is_ours {
        return None;
    }
    let location = uri.query().map_or_else(|| bare.to_owned(), |query| format!("{bare}?{query}"));
    HeaderValue::from_str(&location).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_at_the_end_are_dropped_and_no_other_host_is_led_to() {
        for (asked, led_to) in [
            ("/totp/", Some("/totp")),
            ("/totp///?a=b/", Some("/totp?a=b/")),
            ("/api/v1/otp/", Some("/api/v1/otp")),
            ("/", None),
            ("//", None),
            ("/totp", None),
            ("//evil.example/", None),
            ("//evil.example/x/", None),
            ("///evil.example/", None),
            ("/totp/../", None),
            ("/%2e%2e/", None),
            ("/a//b/", None),
        ] {
            let uri: Uri = asked.parse().expect(asked);
            assert_eq!(without_slash(&uri).as_ref().and_then(|to| to.to_str().ok()), led_to, "{asked}");
        }
    }
}
