//! Forms with a submission token run once. The same submission again (a double click, a reload, Back and again, after a
//! cut connection) gets the first one's outcome, its new session cookie included; two at once wait for one another.
//!
//! It stands outside of the session layer: the cookie that a repeated submission brings may name a session that the first
//! one gave another id.

use std::fmt::Debug;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use postern_app::pages::views::message::Message;
use postern_app::portal::{
    Answer, Begun, InternalError, LARGEST_OUTCOME, Lease, Submission, SubmissionToken, Submitter,
};
use postern_app::web::context::AppState;
use postern_app::web::session;
use postern_app::web::submission::FIELD;
use postern_core::model::{Network, SessionHandle};
use serde::{Deserialize, Serialize};
use tower_sessions::SessionStore;
use tower_sessions::session::Id;

use super::{cookie, outcome};
use crate::render::is_form;

/// The largest form; the layer for bodies lets no larger one through.
const LARGEST_FORM: usize = 64 * 1024;

/// How often and how long a submission waits for the one before it.
const POLL: (u32, Duration) = (600, Duration::from_millis(50));

/// Session cookies of one request that are looked at.
const MOST_COOKIES: usize = 4;

/// What the layer needs.
#[derive(Clone)]
pub struct Submissions<S> {
    pub app: AppState,
    pub sessions: S,
    /// Whether its forms belong to a session; those of others belong to nobody.
    pub of_sessions: bool,
}

pub async fn layer<S: SessionStore + Clone>(
    State(submissions): State<Submissions<S>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST || !is_form(request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_FORM).await else { return StatusCode::BAD_REQUEST.into_response() };
    let token = token(&body);
    let path = parts.uri.path().to_owned();
    let (headers, network) = (parts.headers.clone(), parts.extensions.get::<Network>().copied());
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let Some(token) = token else { return next.run(request).await };
    let app = submissions.app.clone();
    if token.is_too_old(app.portal.now()) {
        return outcome::page(&Message::PageTooOld, StatusCode::CONFLICT, &app, &path);
    }
    let submission = match submissions.submission(&headers, network, &path, &body).await {
        Ok(Some(submission)) => submission,
        Ok(None) => return next.run(request).await,
        Err(no) => return outcome::no(&no, &app, &path),
    };
    match submissions.wait(&submission).await {
        Ok(Begun::First(lease)) => keep(&app, &submission, lease, next.run(request).await).await,
        Ok(Begun::Done(Some(kept))) => match StoredResponse::read(&kept) {
            Some(kept) => submissions.answer_again(kept, &headers).await,
            None => outcome::page(&Message::AlreadySubmitted, StatusCode::CONFLICT, &app, &path),
        },
        Ok(Begun::Done(None)) => outcome::page(&Message::AlreadySubmitted, StatusCode::CONFLICT, &app, &path),
        Ok(Begun::Unprotected) => next.run(request).await,
        Ok(Begun::Running) => outcome::no(&InternalError::Contended.into(), &app, &path),
        Err(no) => outcome::no(&no, &app, &path),
    }
}

/// The one token in a form.
fn token(body: &[u8]) -> Option<SubmissionToken> {
    let mut tokens = url::form_urlencoded::parse(body).filter(|(name, _)| name == FIELD);
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => SubmissionToken::read(&token),
        _ => None,
    }
}

/// A response as it is kept: status, headers, body.
#[derive(Serialize, Deserialize)]
struct StoredResponse {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: String,
}

impl StoredResponse {
    fn read(bytes: &[u8]) -> Option<Self> {
        rmp_serde::from_slice(bytes).ok()
    }

    fn response(self, with_cookies: bool) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        for (name, value) in self.headers {
            let pair = HeaderName::try_from(name).ok().zip(HeaderValue::from_bytes(&value).ok());
            let Some((name, value)) = pair else { continue };
            if with_cookies || name != header::SET_COOKIE {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

impl<S: SessionStore + Clone> Submissions<S> {
    /// Whose submission it is, and which; `None`: nobody's that is known.
    async fn submission(
        &self,
        headers: &HeaderMap,
        network: Option<Network>,
        path: &str,
        body: &Bytes,
    ) -> Answer<Option<Submission>> {
        let portal = &self.app.portal;
        if !self.of_sessions {
            // The body has the token, which that page alone has. Cookies may be anybody's, and change in between.
            return Ok(network.map(|network| portal.submission(Submitter::Network(network), path, body)));
        }
        let ids = self.ids(headers);
        for id in &ids {
            if let Some(handle) = self.live(id).await? {
                portal.remember_submitter(&id.to_string(), handle).await?;
                return Ok(Some(portal.submission(Submitter::Session(handle), path, body)));
            }
        }
        for id in &ids {
            if let Some(handle) = portal.recall_submitter(&id.to_string()).await? {
                return Ok(Some(portal.submission(Submitter::Session(handle), path, body)));
            }
        }
        Ok(None)
    }

    /// The session ids that a request brings.
    fn ids(&self, headers: &HeaderMap) -> Vec<Id> {
        let brought = cookie::brought(headers, self.app.is_https());
        brought.iter().filter_map(|id| id.parse().ok()).take(MOST_COOKIES).collect()
    }

    /// The handle of a session that is good.
    async fn live(&self, id: &Id) -> Result<Option<SessionHandle>, InternalError> {
        let record = self.sessions.load(id).await.map_err(session::store_fault)?;
        Ok(record.and_then(|record| session::of_record(&record.data)).map(|session| session.handle))
    }

    /// Waits while somebody else runs it.
    async fn wait(&self, submission: &Submission) -> Answer<Begun> {
        let (times, pause) = POLL;
        for _ in 0..times {
            match self.app.portal.begin_submission(submission).await? {
                Begun::Running => tokio::time::sleep(pause).await,
                begun => return Ok(begun),
            }
        }
        Ok(Begun::Running)
    }

    /// The cookies of the outcome are for a browser that has not got them: one whose session is good has a newer one.
    async fn answer_again(&self, kept: StoredResponse, headers: &HeaderMap) -> Response {
        let mut has_session = false;
        if self.of_sessions {
            for id in self.ids(headers) {
                has_session |= matches!(self.live(&id).await, Ok(Some(_)));
            }
        }
        kept.response(!has_session)
    }
}

/// Keeps what came of a submission. What was refused or failed outright may be sent again.
async fn keep(app: &AppState, submission: &Submission, lease: Lease, response: Response) -> Response {
    let status = response.status();
    if !(status.is_success() || status.is_redirection()) {
        report(app.portal.give_up_submission(submission, lease).await);
        return response;
    }
    let fits = response.body().size_hint().exact().is_some_and(|size| size <= LARGEST_OUTCOME as u64);
    if !fits {
        report(app.portal.finish_submission(submission, lease, None).await);
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_OUTCOME).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    let headers = headers.collect();
    let text = String::from_utf8(body.to_vec()).ok();
    let kept = text.map(|body| StoredResponse { status: status.as_u16(), headers, body });
    let kept = kept.and_then(|kept| rmp_serde::to_vec_named(&kept).ok());
    report(app.portal.finish_submission(submission, lease, kept.as_deref()).await);
    Response::from_parts(parts, Body::from(body))
}

/// What was done stands, whether or not it can be answered again.
fn report(kept: Result<(), impl Debug + std::fmt::Display>) {
    if let Err(fault) = kept {
        tracing::warn!(%fault, "the outcome of a submission could not be kept");
    }
}
