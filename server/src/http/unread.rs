//! What is left of a body when a request was refused before it was read. A client that is still sending would have its
//! connection cut and never see the answer; so the rest is read and thrown away within bounds, and where that is not
//! enough the answer says that the connection ends (RFC 9112 9.6).

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt as _;
use http::{HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};

use crate::connections::Activity;

/// What is read and thrown away at most, in bytes, and for how long.
const PATIENCE: (u64, Duration) = (8 << 20, Duration::from_secs(10));

/// Outside every layer that may refuse.
pub async fn layer(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let activity = parts.extensions.remove::<Arc<Activity>>();
    // A client that asked whether to send has sent nothing until somebody reads (RFC 9110 10.1.1).
    let waits_to_send = parts.headers.contains_key(header::EXPECT);
    let left = Left::default();
    let body = Body::new(Returned { body: Some(body), is_read: false, left: left.clone() });
    let mut response = next.run(Request::from_parts(parts, body)).await;
    // Where a body broke off, nobody can tell where the next request begins.
    if left.is_damaged() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let Some(rest) = left.take() else { return response };
    let is_over = if waits_to_send && !rest.is_read || response.status() == StatusCode::REQUEST_TIMEOUT {
        false
    } else {
        tokio::time::timeout(PATIENCE.1, drain(rest.body)).await.unwrap_or(false)
    };
    if !is_over {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        if let Some(activity) = activity {
            activity.leave_unread();
        }
    }
    response
}

/// Whether it came to its end.
async fn drain(body: Body) -> bool {
    if body.size_hint().lower() > PATIENCE.0 {
        return false;
    }
    let mut left = PATIENCE.0;
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else { return false };
        match left.checked_sub(chunk.len() as u64) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}

/// Where a body goes that was dropped before its end, and whether it could not be read to its end.
#[derive(Clone, Default)]
struct Left(Arc<Mutex<Option<Rest>>>, Arc<AtomicBool>);

struct Rest {
    body: Body,
    is_read: bool,
}

impl Left {
    fn put(&self, rest: Rest) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
    }

    fn damage(&self) {
        self.1.store(true, Ordering::Relaxed);
    }

    fn is_damaged(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }

    fn take(&self) -> Option<Rest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A body that comes back when it is dropped before its end.
struct Returned {
    /// `None` once it has come to its end, well or not.
    body: Option<Body>,
    /// Whether any of it was asked for.
    is_read: bool,
    left: Left,
}

impl HttpBody for Returned {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.is_read = true;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = Pin::new(body).poll_frame(cx);
        match frame {
            Poll::Ready(None) => self.body = None,
            Poll::Ready(Some(Err(_))) => {
                self.body = None;
                self.left.damage();
            }
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Returned {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            self.left.put(Rest { body, is_read: self.is_read });
        }
    }
}
