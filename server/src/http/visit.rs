//! Finds the session that a request comes with, or begins one for a browser that has none.

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use postern_app::pages::views::message::Message;
use postern_app::portal::{Answer, UseCaseError};
use postern_app::web::browser;
use postern_app::web::context::AppState;
use postern_app::web::session::{self, CookieChange};
use postern_core::model::{Network, Session, SessionKind, Visit};
use tower_sessions::Session as Cookie;

use super::cookie::is_brought;
use super::{is_for_programs, outcome};
use crate::api::Problem;

pub async fn layer(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    mut request: Request,
    next: Next,
) -> Response {
    // One that cannot be read counts as well: a page puts no cookie over another unasked.
    let begins = may_begin(&request) && !is_brought(request.headers(), app.origin.starts_with("https:"));
    let session = match session(&app, network, &cookie, &change, begins).await {
        Ok(Some(session)) => session,
        Ok(None) => return ended(request.uri().path(), Message::TimeOver),
        Err(no) => return outcome::no(&no, &app, request.uri().path()),
    };
    let browser = browser::of_request(request.headers(), app.origin.starts_with("https:"));
    let visit = Visit { session, network, browser };
    match app.portal.admit(&visit).await {
        Ok(()) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(UseCaseError::Refused(_)) => ended(request.uri().path(), Message::SignedOut),
        Err(no) => outcome::no(&no, &app, request.uri().path()),
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

/// A page begins a session, and so does asking for it.
fn may_begin(request: &Request) -> bool {
    let path = request.uri().path();
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_page = !is_for_programs(path) && !path.starts_with("/forms/");
    safe && (is_page || path == "/api/v1/session")
}

fn ended(path: &str, message: Message) -> Response {
    if is_for_programs(path) {
        return Problem::no_session().into_response();
    }
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    response.extensions_mut().insert(message);
    response
}
