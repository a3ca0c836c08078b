//! Finds the session that a request comes with, or begins one for a browser that has none.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use postern_app::model::{Network, Visit};
use postern_app::pages::views::message::Message;
use postern_app::portal::{Answer, No};
use postern_app::web::front::House;
use postern_app::web::session::{self, CookieChange};
use tower_sessions::Session as Cookie;

use super::{is_for_programs, outcome};
use crate::api::Problem;

pub async fn layer(State(house): State<House>, mut request: Request, next: Next) -> Response {
    match visit(&house, &request).await {
        Ok(Some(visit)) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Ok(None) => ended(request.uri().path()),
        Err(no) => outcome::no(&no, &house, request.uri().path()),
    }
}

async fn visit(house: &House, request: &Request) -> Answer<Option<Visit>> {
    let of = request.extensions();
    let (Some(network), Some(cookie), Some(change)) =
        (of.get::<Network>().copied(), of.get::<Cookie>(), of.get::<CookieChange>())
    else {
        return Err(postern_app::portal::Fault::Unplaced.into());
    };
    // Asked before the store is: a miss forgets it.
    let named = cookie.id().is_some();
    let session = match session::load(cookie).await? {
        Some(session) if house.portal.now() < session.ends_at => session,
        None if !named && may_begin(request) => {
            let session = house.portal.begin_visit(network).await?;
            session::begin(cookie, change, &session).await?;
            session
        }
        // An id we do not know is never adopted, and a page does not put a new one in its place unasked.
        _ => return Ok(None),
    };
    Ok(Some(Visit { session, network }))
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
