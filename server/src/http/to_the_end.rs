//! Runs what may change something to its end, whether or not whoever sent it is still there: an owner hears of a change,
//! and the log of an attempt, also when the connection was cut in between.

use std::panic::resume_unwind;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use tracing::Instrument as _;

use crate::figures::Figures;

pub async fn layer(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let figures = request.extensions().get::<Figures>().cloned();
    let running = async move {
        match figures {
            Some(figures) => figures.within(next.run(request)).await,
            None => next.run(request).await,
        }
    };
    match tokio::spawn(running.in_current_span()).await {
        Ok(response) => response,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use futures::poll;
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn request_whose_sender_is_gone_comes_to_its_end() {
        let (released, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (begins, ends) = (Arc::clone(&released), Arc::clone(&done));
        let handler = move || async move {
            begins.notified().await;
            ends.notify_one();
        };
        let router = Router::new().route("/", post(handler)).layer(from_fn(layer));
        let request = Request::post("/").body(Body::empty()).expect("a request");
        let mut call = Box::pin(router.oneshot(request));
        assert!(poll!(&mut call).is_pending());
        drop(call);
        released.notify_one();
        done.notified().await;
    }
}
