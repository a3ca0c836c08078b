//! Bodies that are too large: read to their end and thrown away, so that whoever sends one hears why it was refused. A
//! connection closed in its middle tells nobody anything.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use http::StatusCode;

/// What we read and throw away at most, and for how long.
const PATIENCE: (u64, Duration) = (8 << 20, Duration::from_secs(10));

/// What a body may weigh.
#[derive(Clone, Copy, Debug)]
pub struct Most(pub u64);

pub async fn layer(State(Most(most)): State<Most>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let size = body.size_hint();
    let known_to_fit = size.upper().is_some_and(|upper| upper <= most);
    let whole = match body {
        body if known_to_fit => Ok(body),
        body if size.lower() > most => Err(refuse(body.into_data_stream()).await),
        body => collect(body.into_data_stream(), most).await,
    };
    match whole {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => refused.into_response(),
    }
}

/// All of a body, whatever length it has in front.
pub(super) async fn collect(mut stream: BodyDataStream, most: u64) -> Result<Body, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(|_| StatusCode::BAD_REQUEST)?);
        if bytes.len() as u64 > most {
            return Err(refuse(stream).await);
        }
    }
    Ok(Body::from(bytes))
}

pub(super) async fn refuse(rest: BodyDataStream) -> StatusCode {
    // Who sends for longer than that is cut off.
    let _ = tokio::time::timeout(PATIENCE.1, drain(rest)).await;
    StatusCode::PAYLOAD_TOO_LARGE
}

async fn drain(mut stream: BodyDataStream) {
    let mut left = PATIENCE.0;
    while let Some(Ok(chunk)) = stream.next().await {
        match left.checked_sub(chunk.len() as u64) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
