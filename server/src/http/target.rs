//! Addresses that are longer than any of ours.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};

/// The longest path and query, in bytes (RFC 9110 4.1 recommends to take 8,000).
const LONGEST: usize = 8_000;

pub async fn layer(request: Request, next: Next) -> Response {
    if length(request.uri()) > LONGEST { StatusCode::URI_TOO_LONG.into_response() } else { next.run(request).await }
}

fn length(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |path| path.as_str().len())
}
