//! What came of a request: one line in the log, and a page or a problem for every error that has no words yet.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use postern_app::pages;
use postern_app::pages::views::message::Message;
use postern_app::portal::{InternalError, UseCaseError};
use postern_app::web::context::AppState;
use postern_app::web::reply::{FaultReport, REFERENCE};
use postern_core::model::{Network, Refusal};
use postern_core::port::WorkError;
use tracing::Instrument as _;

use super::audience::Audience;
use super::figures::{known, route_of};
use super::request_id::{self, RequestId};
use crate::api::Problem;
use crate::render::without_marks;
use crate::store::sessions::{Trouble, watched};

/// How long a client waits before it asks again when the store is away.
const AWAY: u64 = 5;

pub async fn layer(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let id = RequestId::next();
    let (method, route, path) = (known(request.method()), route_of(&request), request.uri().path().to_owned());
    let audience = Audience::of(&path);
    request.extensions_mut().insert(audience);
    // At the level that no filter leaves out, so that every line of the request has its id.
    let span = tracing::error_span!(target: "postern::http", "request", request_id = %id);
    let answered = async {
        let (response, trouble) = watched(next.run(request)).await;
        let store_failed = trouble == Some(Trouble::StoreFailed);
        let mut response = worded(response, store_failed, &app, &path, audience);
        response.headers_mut().insert(request_id::HEADER, id.header());
        let (status, duration_ms) = (response.status().as_u16(), milliseconds(begun.elapsed()));
        tracing::info!(target: "postern::http", method, route, status, %network, duration_ms, "request");
        response
    };
    answered.instrument(span).await
}

/// With three decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// Gives words to an error that has none.
fn worded(response: Response, store_failed: bool, app: &AppState, path: &str, audience: Audience) -> Response {
    let status = response.status();
    let has_words = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        [b"text/html".as_slice(), b"application/"].iter().any(|words| kind.as_bytes().starts_with(words))
    });
    if !(status.is_client_error() || status.is_server_error())
        || (has_words && response.extensions().get::<Message>().is_none())
    {
        return response;
    }
    let away = status == StatusCode::SERVICE_UNAVAILABLE || (status.is_server_error() && store_failed);
    let status = if away { StatusCode::SERVICE_UNAVAILABLE } else { status };
    let worded = match audience {
        Audience::Program => problem(status, &response, app).into_response(),
        Audience::Person => {
            let message = response.extensions().get::<Message>().cloned();
            let message = message.unwrap_or_else(|| message_of(status, &response, app));
            page(&message, status, app, path)
        }
    };
    kept(&response, worded)
}

/// The words in place of the old body; what else the answer said stays.
fn kept(old: &Response, mut new: Response) -> Response {
    for (name, value) in old.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) && !new.headers().contains_key(name) {
            new.headers_mut().append(name, value.clone());
        }
    }
    new
}

fn problem(status: StatusCode, response: &Response, app: &AppState) -> Problem {
    if status == StatusCode::MISDIRECTED_REQUEST {
        return Problem::other_host(&app.origin);
    }
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        Problem::fault(status, &reference(response))
    } else {
        Problem::of_status(status)
    }
}

fn message_of(status: StatusCode, response: &Response, app: &AppState) -> Message {
    match status {
        StatusCode::MISDIRECTED_REQUEST => Message::OtherHost { origin: app.origin.to_string() },
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Message::NotFound,
        StatusCode::FORBIDDEN => Message::Refused,
        StatusCode::UNAUTHORIZED => Message::SignedOut,
        StatusCode::PAYLOAD_TOO_LARGE => Message::TooLarge,
        StatusCode::TOO_MANY_REQUESTS => Message::TooMany { wait_secs: wait_secs(response) },
        StatusCode::SERVICE_UNAVAILABLE => Message::Away { wait_secs: AWAY },
        status if status.is_client_error() => Message::Unreadable,
        _ => Message::InternalError { reference: reference(response) },
    }
}

/// As the answer says already, or a moment.
fn wait_secs(response: &Response) -> u64 {
    let said = response.headers().get(header::RETRY_AFTER).and_then(|secs| secs.to_str().ok()?.parse().ok());
    said.unwrap_or(WorkError::RETRY_AFTER)
}

/// Of a fault that was logged; or of an error that nobody accounted for, which is logged now.
fn reference(response: &Response) -> String {
    let report = response.headers().get(REFERENCE).and_then(|reference| reference.to_str().ok());
    report.map_or_else(unexplained, str::to_owned)
}

fn unexplained() -> String {
    let reference = postern_app::web::reference::next();
    tracing::error!(%reference, "an answer failed without a reason");
    reference
}

/// A page that says why something did not happen.
pub fn page(message: &Message, status: StatusCode, app: &AppState, path: &str) -> Response {
    let mut response = Response::new(Body::from(without_marks(&pages::message(app, message, path))));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Message::Away { wait_secs } | Message::TooMany { wait_secs } | Message::Busy { wait_secs } = message {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*wait_secs));
    }
    response
}

/// The page for a use case that did not do what a person asked for.
pub fn no(no: &UseCaseError, app: &AppState, path: &str) -> Response {
    match no {
        UseCaseError::Refused(Refusal::TooManySessions { until }) => {
            let wait_secs = app.portal.now().secs_until(*until);
            page(&Message::TooMany { wait_secs }, StatusCode::TOO_MANY_REQUESTS, app, path)
        }
        UseCaseError::Refused(_) => page(&Message::Refused, StatusCode::FORBIDDEN, app, path),
        UseCaseError::InternalError(fault) => {
            let FaultReport { status, reference } = FaultReport::of(fault);
            let message = match status {
                _ if matches!(fault, InternalError::Work(WorkError::QueueFull)) => {
                    Message::Busy { wait_secs: WorkError::RETRY_AFTER }
                }
                StatusCode::SERVICE_UNAVAILABLE => Message::Away { wait_secs: AWAY },
                StatusCode::TOO_MANY_REQUESTS => Message::TooMany { wait_secs: WorkError::RETRY_AFTER },
                _ => Message::InternalError { reference },
            };
            page(&message, status, app, path)
        }
    }
}

/// A panic is a fault: logged where it happened, answered as any other.
#[expect(clippy::needless_pass_by_value, reason = "shaped for the layer")]
pub fn panicked(why: Box<dyn Any + Send>) -> Response {
    let why = why.downcast_ref::<&str>().map(|why| (*why).to_owned()).or_else(|| why.downcast_ref::<String>().cloned());
    let reference = postern_app::web::reference::next();
    tracing::error!(%reference, why = why.unwrap_or_default(), "panic");
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    if let Ok(reference) = HeaderValue::from_str(&reference) {
        response.headers_mut().insert(REFERENCE, reference);
    }
    response
}
