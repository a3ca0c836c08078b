//! Routes on which a whole vault may go in or out. Each is in memory as a whole, so that few are there at a time.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use tokio::sync::Semaphore;

use super::body::{Most, collect, refuse};
use crate::api::{Problem, kind};

/// How many large bodies may be on their way in or worked on. One more is refused.
const BODIES: usize = 4;

/// How many requests are worked on, since any may be answered with a whole vault. One more waits, which takes milliseconds.
const WORKED_ON: usize = 8;

/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);

/// What is bounded here.
#[derive(Clone, Debug)]
pub struct Large {
    /// What a body may weigh that adds to a list or takes from it.
    most: Most,
    /// What any other may; up to here a body waits for nobody.
    usual: Most,
    bodies: Arc<Semaphore>,
    worked_on: Arc<Semaphore>,
    arrival: Duration,
}

impl Large {
    pub fn new(most: Most, usual: Most) -> Self {
        let [bodies, worked_on] = [BODIES, WORKED_ON].map(|turns| Arc::new(Semaphore::new(turns)));
        Self { most, usual, bodies, worked_on, arrival: ARRIVAL }
    }
}

pub async fn layer(State(large): State<Large>, request: Request, next: Next) -> Response {
    let may_be_large = [Method::POST, Method::DELETE].contains(request.method());
    let Most(most) = if may_be_large { large.most } else { large.usual };
    let (parts, body) = request.into_parts();
    let size = body.size_hint();
    let body = body.into_data_stream();
    if size.lower() > most {
        return refuse(body).await.into_response();
    }
    let is_large = may_be_large && size.upper().is_none_or(|upper| upper > large.usual.0);
    let Ok(_turn) = (if is_large { large.bodies.try_acquire().map(Some) } else { Ok(None) }) else {
        refuse(body).await;
        let detail = "Other large bodies are being read. Try again in a moment.";
        return Problem::new(kind::BUSY, detail).after(1).into_response();
    };
    // First all of the body, so that whoever is slow keeps nobody from being worked on.
    let body = match tokio::time::timeout(large.arrival, collect(body, most)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return refused.into_response(),
        Err(_) => return Problem::new(kind::TOO_SLOW, "The body did not arrive within 30 seconds.").into_response(),
    };
    match large.worked_on.acquire().await {
        Ok(_turn) => next.run(Request::from_parts(parts, body)).await,
        // Nobody closes it.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::body::{Body, Bytes};
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use futures::future::join_all;
    use futures::{StreamExt as _, stream};
    use tower::ServiceExt as _;

    use super::*;

    /// One at a time of each.
    fn one() -> Large {
        let one = || Arc::new(Semaphore::new(1));
        let arrival = Duration::from_millis(10);
        Large { most: Most(10), usual: Most(5), bodies: one(), worked_on: one(), arrival }
    }

    async fn ask(router: &Router, body: Body) -> StatusCode {
        let request = Request::post("/").body(body).expect("a request");
        router.clone().oneshot(request).await.expect("an answer").status()
    }

    #[tokio::test]
    async fn a_large_body_that_does_not_arrive_gives_its_turn_back() {
        let read = post(async |body: Bytes| body.len().to_string());
        let router = Router::new().route("/", read).layer(from_fn_with_state(one(), layer));
        let begun = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"a")) });
        let slow = Body::from_stream(begun.chain(stream::pending()));
        assert_eq!(ask(&router, slow).await, StatusCode::REQUEST_TIMEOUT);
        for (length, status) in [(5, 200), (10, 200), (11, 413)] {
            assert_eq!(ask(&router, Body::from(vec![b'a'; length])).await, status, "{length}");
        }
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
        let router = Router::new().route("/", work).layer(from_fn_with_state(one(), layer));
        let statuses = join_all((0..20).map(|_| ask(&router, Body::from("a")))).await;
        assert_eq!(statuses, [StatusCode::OK; 20]);
    }
}
