//! Bodies that are too large: read to their end and thrown away, so that whoever sends one hears why it was refused. A
//! connection closed in its middle tells nobody anything.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
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
    let body = if size.upper().is_some_and(|upper| upper <= most) {
        body
    } else {
        match whole(body, most).await {
            Ok(bytes) => Body::from(bytes),
            Err(refused) => return refused.into_response(),
        }
    };
    next.run(Request::from_parts(parts, body)).await
}

/// All of a body that may have no length in front.
async fn whole(body: Body, most: u64) -> Result<Bytes, StatusCode> {
    let announced = body.size_hint().lower();
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while announced <= most {
        match stream.next().await {
            None => return Ok(Bytes::from(bytes)),
            Some(Err(_)) => return Err(StatusCode::BAD_REQUEST),
            Some(Ok(chunk)) => bytes.extend_from_slice(&chunk),
        }
        if bytes.len() as u64 > most {
            break;
        }
    }
    // Who sends for longer than that is cut off.
    let _ = tokio::time::timeout(PATIENCE.1, drain(stream)).await;
    Err(StatusCode::PAYLOAD_TOO_LARGE)
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
