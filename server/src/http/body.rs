//! Bodies that are too large: read to their end and thrown away, so that whoever sends one hears why it was refused. A
//! connection closed in its middle tells nobody anything.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use http::{Method, StatusCode};
use tokio::sync::Semaphore;

use crate::api::{Problem, kind};

/// What we read and throw away at most, and for how long.
const PATIENCE: (u64, Duration) = (8 << 20, Duration::from_secs(10));

/// How many large bodies are there at a time, and how long each may take to arrive.
const TURNS: usize = 4;
const ARRIVAL: Duration = Duration::from_secs(30);

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

/// What bodies may weigh that add to a list or take from it; each of them is whole in memory, so that only a few may be on
/// their way at a time.
#[derive(Clone, Debug)]
pub struct Large {
    most: Most,
    /// Up to here a body is like any other.
    usual: Most,
    turns: Arc<Semaphore>,
    arrival: Duration,
}

impl Large {
    pub fn new(most: Most, usual: Most) -> Self {
        Self { most, usual, turns: Arc::new(Semaphore::new(TURNS)), arrival: ARRIVAL }
    }
}

pub async fn large_layer(State(large): State<Large>, request: Request, next: Next) -> Response {
    let may_be_large = [Method::POST, Method::DELETE].contains(request.method());
    if !may_be_large || request.body().size_hint().upper().is_some_and(|upper| upper <= large.usual.0) {
        return layer(State(large.usual), request, next).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(_turn) = large.turns.try_acquire() else {
        refuse(body.into_data_stream()).await;
        return Problem::new(kind::BUSY, "Other large bodies are being read. Try again in a moment.")
            .after(1)
            .into_response();
    };
    if body.size_hint().lower() > large.most.0 {
        return refuse(body.into_data_stream()).await.into_response();
    }
    match tokio::time::timeout(large.arrival, collect(body.into_data_stream(), large.most.0)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, body)).await,
        Ok(Err(refused)) => refused.into_response(),
        Err(_) => Problem::new(kind::TOO_SLOW, "The body did not arrive within 30 seconds.").into_response(),
    }
}

/// All of a body that has no length in front.
async fn collect(mut stream: BodyDataStream, most: u64) -> Result<Body, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(|_| StatusCode::BAD_REQUEST)?);
        if bytes.len() as u64 > most {
            return Err(refuse(stream).await);
        }
    }
    Ok(Body::from(bytes))
}

async fn refuse(rest: BodyDataStream) -> StatusCode {
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

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Bytes;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use futures::stream;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_large_body_that_does_not_arrive_gives_its_turn_back() {
        let turns = Arc::new(Semaphore::new(1));
        let large = Large { most: Most(10), usual: Most(5), turns, arrival: Duration::from_millis(10) };
        let router = Router::new()
            .route("/", post(async |body: Bytes| body.len().to_string()))
            .layer(from_fn_with_state(large, large_layer));
        let ask = async |body: Body| {
            let request = Request::post("/").body(body).expect("a request");
            router.clone().oneshot(request).await.expect("an answer").status()
        };
        let begun = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"a")) });
        let slow = Body::from_stream(begun.chain(stream::pending()));
        assert_eq!(ask(slow).await, StatusCode::REQUEST_TIMEOUT);
        for (length, status) in [(5, 200), (10, 200), (11, 413)] {
            assert_eq!(ask(Body::from(vec![b'a'; length])).await, status, "{length}");
        }
    }
}
