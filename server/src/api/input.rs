//! Bodies of programs: JSON and nothing else, refused as a problem.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::Problem;

/// A JSON body. An empty one is an empty object, for routes where every member is optional.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec());
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let status = axum::response::IntoResponse::into_response(rejection).status();
            Problem::of_status(status)
        })?;
        if body.is_empty() {
            return serde_json::from_slice(b"{}").map(Json).map_err(|why| Problem::malformed(&why));
        }
        if !kind.is_some_and(|kind| is_json(&kind)) {
            return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        // Text in members that nobody reads would not be looked at (RFC 8259 8.1).
        let body = str::from_utf8(&body).map_err(|_| Problem::no_text())?;
        // A list would be taken for the members of an object, one after the other.
        if body.trim_ascii_start().starts_with('[') {
            return Err(Problem::no_object());
        }
        serde_json::from_str(body).map(Json).map_err(|why| Problem::malformed(&why))
    }
}

/// `application/json`, with parameters or without.
fn is_json(kind: &[u8]) -> bool {
    let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/json")
}
