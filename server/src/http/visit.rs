//! Finds the session that a request comes with, or begins one for a browser that has none.

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use postern_app::model::{Network, Session, Visit};
use postern_app::pages::views::message::Message;
use postern_app::portal::Answer;
use postern_app::web::front::House;
use postern_app::web::session::{self, CookieChange};
use tower_sessions::Session as Cookie;

use super::{is_for_programs, outcome};
use crate::api::Problem;

pub async fn layer(
    State(house): State<House>,
    Extension(network): Extension<Network>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    mut request: Request,
    next: Next,
) -> Response {
    let may_begin = may_begin(&request);
    match session(&house, network, &cookie, &change, may_begin).await {
        Ok(Some(session)) => {
            request.extensions_mut().insert(Visit { session, network });
            next.run(request).await
        }
        Ok(None) => ended(request.uri().path()),
        Err(no) => outcome::no(&no, &house, request.uri().path()),
    }
}

/// The session that the cookie names; a new one where there is no cookie and one may begin.
async fn session(
    house: &House,
    network: Network,
    cookie: &Cookie,
    change: &CookieChange,
    may_begin: bool,
) -> Answer<Option<Session>> {
    // Asked before the store is: a miss forgets it.
    let named = cookie.id().is_some();
    match session::load(cookie).await? {
        Some(session) if house.portal.now() < session.ends_at => Ok(Some(session)),
        None if !named && may_begin => {
            let session = house.portal.begin_visit(network).await?;
            session::begin(cookie, change, &session).await?;
            Ok(Some(session))
        }
        // An id we do not know is never adopted, and a page does not put a new one in its place unasked.
        _ => Ok(None),
    }
}

/// A page begins a session, and so does asking for it.
fn may_begin(request: &Request) -> bool {
    let path = request.uri().path();
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    safe && (!is_for_programs(path) || path == "/api/v1/session")
}

fn ended(path: &str) -> Response {
    if is_for_programs(path) {
        return Problem::no_session().into_response();
    }
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    response.extensions_mut().insert(Message::TimeOver);
    response
}
