//! Routes on which a whole vault may go in or out. Each is in memory as a whole, so what all of them hold is bounded, and so
//! is what one network holds of it. A body counts by what has arrived, not by what was announced: who sends slowly holds
//! little. An answer counts until its reader has taken it.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use postern_core::model::Network;
use tokio::sync::Semaphore;

use super::body::{BodyLimit, collect};
use super::byte_budget::{ByteBudget, Share};
use crate::api::{Problem, kind};
use crate::connections::Timeouts;

/// What all bodies on their way in hold together, in bytes, and those of one network: two of the largest.
const ARRIVING: (usize, usize) = (32 << 20, 9 << 20);

/// What all answers on their way out hold together, in bytes, and those of one network: ten of the largest.
const LEAVING: (usize, usize) = (128 << 20, 48 << 20);

/// How many requests are worked on, since any may be answered with a whole vault. One more waits, which takes milliseconds.
const IN_FLIGHT: usize = 8;

/// What is bounded here.
#[derive(Clone, Debug)]
pub struct LargeBodyLimiter {
    /// What a body may weigh that adds to a list or takes from it; no answer weighs more.
    most: BodyLimit,
    /// What any other may; up to here a body or an answer counts nothing.
    usual: BodyLimit,
    arriving: ByteBudget,
    leaving: ByteBudget,
    in_flight: Arc<Semaphore>,
}

impl LargeBodyLimiter {
    pub fn new(most: BodyLimit, usual: BodyLimit) -> Self {
        let [arriving, leaving] = [ARRIVING, LEAVING].map(|(total, share)| ByteBudget::new(total, share));
        Self { most, usual, arriving, leaving, in_flight: Arc::new(Semaphore::new(IN_FLIGHT)) }
    }

    /// How much of a length counts.
    fn counted(&self, length: usize) -> usize {
        if length as u64 > self.usual.0 { length } else { 0 }
    }
}

pub async fn layer(
    State(large): State<LargeBodyLimiter>,
    Extension(network): Extension<Network>,
    request: Request,
    next: Next,
) -> Response {
    let may_be_large = [Method::POST, Method::DELETE].contains(request.method());
    let BodyLimit(most) = if may_be_large { large.most } else { large.usual };
    // Adding answers with the whole vault; other changes answer little.
    let answers_with_all = request.method() == Method::POST;
    let (parts, body) = request.into_parts();
    if body.size_hint().lower() > most {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let mut arriving = large.arriving.share(network);
    let may_hold = |length| arriving.hold(large.counted(length));
    let Timeouts { body: patience, .. } = parts.extensions.get().copied().unwrap_or_default();
    let body = match tokio::time::timeout(patience, collect(body.into_data_stream(), most, may_hold)).await {
        Ok(Ok(body)) => body,
        Ok(Err(StatusCode::TOO_MANY_REQUESTS)) => return busy(),
        Ok(Err(refused)) => return refused.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let Ok(_turn) = large.in_flight.acquire().await else {
        // Nobody closes it.
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut leaving = large.leaving.share(network);
    // Before the work, as nothing may be refused that is done. What only reads counts what its answer weighs.
    if answers_with_all && !leaving.hold(usize::try_from(large.most.0).unwrap_or(usize::MAX)) {
        return busy();
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    held_until_sent(response, leaving, &large).await
}

fn busy() -> Response {
    let detail = "Other large bodies are being read or sent. Try again in a moment.";
    Problem::new(kind::BUSY, detail).after(1).into_response()
}

/// The same answer, which holds its share of the budget until the last byte is with the operating system.
async fn held_until_sent(response: Response, mut share: Share, large: &LargeBodyLimiter) -> Response {
    let (parts, body) = response.into_parts();
    // It is in memory already.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Less than what a change holds already.
    if !share.hold(large.counted(bytes.len())) {
        return busy();
    }
    if large.counted(bytes.len()) == 0 {
        return Response::from_parts(parts, Body::from(bytes));
    }
    Response::from_parts(parts, Body::from(Bytes::from_owner(Held { bytes, _share: share })))
}

struct Held {
    bytes: Bytes,
    _share: Share,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use futures::future::join_all;
    use futures::{StreamExt as _, stream};
    use tower::ServiceExt as _;

    use super::*;

    /// One request at a time; room for two of the largest bodies, and two of the largest answers.
    fn small() -> LargeBodyLimiter {
        LargeBodyLimiter {
            most: BodyLimit(10),
            usual: BodyLimit(5),
            arriving: ByteBudget::new(40, 20),
            leaving: ByteBudget::new(40, 20),
            in_flight: Arc::new(Semaphore::new(1)),
        }
    }

    fn network(last: u8) -> Network {
        Network::from(std::net::IpAddr::from([192, 0, 2, last]))
    }

    async fn answer(router: &Router, last: u8, body: Body) -> Response {
        let patience = Timeouts { body: Duration::from_millis(10), ..Timeouts::default() };
        let request = Request::post("/").extension(network(last)).extension(patience).body(body).expect("a request");
        router.clone().oneshot(request).await.expect("an answer")
    }

    async fn status(router: &Router, last: u8, body: Body) -> StatusCode {
        answer(router, last, body).await.status()
    }

    fn of(length: usize) -> Body {
        Body::from(vec![b'a'; length])
    }

    /// Sends this and then no more.
    fn slow(begun: &'static [u8]) -> Body {
        let begun = stream::once(async move { Ok::<_, std::io::Error>(Bytes::from_static(begun)) });
        Body::from_stream(begun.chain(stream::pending()))
    }

    #[tokio::test]
    async fn slow_body_is_refused_in_time_and_holds_nothing_afterwards() {
        let read = post(async |body: Bytes| body.len().to_string());
        let large = small();
        let router = Router::new().route("/", read).layer(from_fn_with_state(large.clone(), layer));
        assert_eq!(status(&router, 1, slow(b"aaaaaaaa")).await, StatusCode::REQUEST_TIMEOUT);
        for (length, expected) in [(5, 200), (10, 200), (11, 413)] {
            assert_eq!(status(&router, 1, of(length)).await, expected, "{length}");
        }
        assert!(large.arriving.share(network(1)).hold(20), "all of it is free");
    }

    #[tokio::test]
    async fn bodies_count_by_what_has_arrived_and_one_network_cannot_hold_all() {
        let read = post(async |body: Bytes| body.len().to_string());
        let large = small();
        let router = Router::new().route("/", read).layer(from_fn_with_state(large.clone(), layer));
        let mut held = large.arriving.share(network(1));
        assert!(held.hold(11));
        assert_eq!(status(&router, 1, of(10)).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(status(&router, 1, of(5)).await, StatusCode::OK, "a small one counts nothing");
        assert_eq!(status(&router, 1, slow(b"a")).await, StatusCode::REQUEST_TIMEOUT, "nor does a beginning");
        assert_eq!(status(&router, 2, of(10)).await, StatusCode::OK, "another network has its own");
    }

    #[tokio::test]
    async fn an_answer_holds_its_share_until_it_is_dropped_and_a_small_one_none() {
        let grow = post(async |body: Bytes| vec![b'b'; if body.len() > 1 { 10 } else { 5 }]);
        let large = small();
        let router = Router::new().route("/", grow).layer(from_fn_with_state(large.clone(), layer));
        let mut unread = vec![answer(&router, 1, of(1)).await, answer(&router, 1, of(1)).await];
        unread.extend([answer(&router, 1, of(2)).await, answer(&router, 1, of(2)).await]);
        assert!(unread.iter().all(|answer| answer.status() == StatusCode::OK));
        assert_eq!(status(&router, 1, of(2)).await, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(status(&router, 2, of(2)).await, StatusCode::OK);
        drop(unread);
        let read = to_bytes(answer(&router, 1, of(2)).await.into_body(), 100).await.expect("a body");
        assert_eq!(read.len(), 10);
    }

    #[tokio::test]
    async fn requests_are_worked_on_as_many_at_a_time_as_may_be_and_none_is_refused() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        let work = post(async || {
            let others = NOW.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            NOW.fetch_sub(1, Ordering::SeqCst);
            if others == 0 { StatusCode::OK } else { StatusCode::CONFLICT }
        });
        let router = Router::new().route("/", work).layer(from_fn_with_state(small(), layer));
        let statuses = join_all((0..20).map(|_| status(&router, 1, of(1)))).await;
        assert_eq!(statuses, [StatusCode::OK; 20]);
    }
}
