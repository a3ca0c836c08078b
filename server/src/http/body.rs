//! Bodies: read as a whole before anything is done with them, within a limit and a time, so that a slow sender keeps
//! nothing but its own connection.

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use http::StatusCode;

use crate::connections::Timeouts;

/// What a body may weigh.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub u64);

pub async fn layer(State(BodyLimit(most)): State<BodyLimit>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    if body.size_hint().lower() > most {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let Timeouts { body: patience, .. } = parts.extensions.get().copied().unwrap_or_default();
    match tokio::time::timeout(patience, collect(body.into_data_stream(), most, |_| true)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, body)).await,
        Ok(Err(refused)) => refused.into_response(),
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// All of a body, whatever length it has in front. `may_hold` is asked before each part is kept, with the length that all
/// of them would have; where it may not, the answer is [`StatusCode::TOO_MANY_REQUESTS`].
pub(super) async fn collect(
    mut stream: BodyDataStream,
    most: u64,
    mut may_hold: impl FnMut(usize) -> bool,
) -> Result<Body, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        let length = bytes.len() + chunk.len();
        if length as u64 > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        if !may_hold(length) {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Body::from(bytes))
}
