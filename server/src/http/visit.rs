//! Finds the session that a request comes with, or begins one for a browser that has none.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use postern_app::pages::views::message::Message;
use postern_app::portal::{Answer, UseCaseError};
use postern_app::web::browser;
use postern_app::web::context::{AppState, LoadedState};
use postern_app::web::session::{self, CookieChange};
use postern_core::model::{Network, Session, SessionKind, Visit};
use tower_sessions::Session as Cookie;

use super::audience::Audience;
use super::cookie::is_brought;
use super::outcome;
use crate::api::Problem;

/// What the layer needs.
#[derive(Clone)]
pub struct Visits {
    pub app: AppState,
    /// Whether a safe request to these routes begins a session for a browser that has none: pages do, forms do not.
    pub begin: bool,
}

pub async fn layer(
    State(Visits { app, begin }): State<Visits>,
    Extension(network): Extension<Network>,
    Extension(change): Extension<CookieChange>,
    Extension(audience): Extension<Audience>,
    cookie: Cookie,
    mut request: Request,
    next: Next,
) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    // One that cannot be read counts as well: a page puts no cookie over another unasked.
    let begins = begin && is_safe && !is_brought(request.headers(), app.is_https());
    let session = match session(&app, network, &cookie, &change, begins).await {
        Ok(Some(session)) => session,
        Ok(None) => return ended(audience, Message::TimeOver),
        Err(no) => return not_done(audience, &no, &app, request.uri().path()),
    };
    let browser = browser::of_request(request.headers(), app.is_https());
    let visit = Visit { session, network, browser };
    match app.portal.admit(&visit).await {
        Ok(state) => {
            request.extensions_mut().insert(visit);
            if let Some(state) = state {
                request.extensions_mut().insert(LoadedState(Arc::new(state)));
            }
            next.run(request).await
        }
        Err(UseCaseError::Refused(_)) => ended(audience, Message::SignedOut),
        Err(no) => not_done(audience, &no, &app, request.uri().path()),
    }
}

fn not_done(audience: Audience, no: &UseCaseError, app: &AppState, path: &str) -> Response {
    match audience {
        Audience::Program => Problem::of(no, app.portal.now()).into_response(),
        Audience::Person => outcome::no(no, app, path),
    }
}

/// The session that the cookie names; a new one where there is none and one may begin.
async fn session(
    app: &AppState,
    network: Network,
    cookie: &Cookie,
    change: &CookieChange,
    begins: bool,
) -> Answer<Option<Session>> {
    match session::load(cookie).await? {
        // Whether an account's session still lives is told where it is admitted.
        Some(session) if session.kind == SessionKind::Account || session.check_live(app.portal.now()).is_ok() => {
            Ok(Some(session))
        }
        None if begins => {
            let session = app.portal.begin_visit(network).await?;
            session::begin(cookie, change, &session).await?;
            Ok(Some(session))
        }
        // An id we do not know is never adopted.
        _ => Ok(None),
    }
}

fn ended(audience: Audience, message: Message) -> Response {
    if audience == Audience::Program {
        return Problem::no_session().into_response();
    }
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    response.extensions_mut().insert(message);
    response
}
