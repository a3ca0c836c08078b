//! The pages of quorums, as plain handlers: no session of a browser, no note and no store for what is typed and shown. The
//! private half of a quorum's session is in a cookie of its own page alone.

mod cookie;
mod events;

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use postern_app::pages::quorum::{
    self as pages, AskForm, AskOutcome, Asker, DealForm, Joined, Over, Said, ShareForm, Shown,
};
use postern_app::portal::{Answer, UseCaseError as Unable};
use postern_app::quorum::{SessionId, UseCaseError};
use postern_app::web::context::AppState;
use postern_app::web::path::Page;
use postern_core::model::{Network, Secret};
use serde::Deserialize;

use crate::http::outcome;
use crate::render::html;

pub use events::Streams;

pub fn routes(streams: Streams) -> Router<AppState> {
    Router::new()
        .route(Page::Quorum.path(), get(deal_page).post(deal))
        .route(Page::AskTogether.path(), get(ask_page).post(ask))
        .route(pages::SESSION, get(session))
        .route(pages::SHARES, post(join))
        .route(pages::END, post(end))
        .route(pages::EVENTS, get(events::events))
        .layer(Extension(streams))
}

/// What a form's fields were read as.
type Typed<T> = Result<Form<T>, FormRejection>;

/// As the other forms answer: 415 for what is no form, 413 for too much of it, 400 for one that does not parse.
fn unreadable(why: &FormRejection) -> Response {
    match why.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    }
    .into_response()
}

async fn deal_page(State(app): State<AppState>) -> Response {
    answer(pages::deal_page(&app))
}

async fn ask_page(State(app): State<AppState>) -> Response {
    answer(pages::ask_page(&app))
}

async fn deal(State(app): State<AppState>, Extension(network): Extension<Network>, form: Typed<DealForm>) -> Response {
    let typed = match form {
        Ok(form) => form.0,
        Err(why) => return unreadable(&why),
    };
    shown(pages::deal(&app, network, typed).await, &app, Page::Quorum.path())
}

async fn ask(State(app): State<AppState>, Extension(network): Extension<Network>, form: Typed<AskForm>) -> Response {
    let typed = match form {
        Ok(form) => form.0,
        Err(why) => return unreadable(&why),
    };
    let asked = match pages::ask(&app, network, typed).await {
        Ok(AskOutcome::Asked(asked)) => asked,
        Ok(AskOutcome::Refused(page)) => return answer(page),
        Err(no) => return outcome::no(&no, &app, Page::AskTogether.path()),
    };
    let lasts = app.portal.now().secs_until(asked.ends_at);
    to_session(&asked.id, &[cookie::PRIVATE.set(&asked.id, asked.private.expose(), lasts, app.is_https())])
}

async fn session(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<SessionId>() else { return answer(pages::over_page(&app, Over::Unknown)) };
    let https = app.is_https();
    let private = cookie::PRIVATE.brought(&headers, https).map(Secret::new);
    let said = cookie::SAID.brought(&headers, https);
    let asker = Asker {
        network,
        private: private.as_ref().map(|private| private.expose().as_str()),
        said: said.as_deref().and_then(Said::named),
    };
    let mut response = shown(pages::session_page(&app, &id, asker).await, &app, &path_of(&id));
    // Said once.
    if said.is_some() && !response.status().is_server_error() {
        append(&mut response, cookie::SAID.forget(&id, https));
    }
    response
}

async fn join(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Path(id): Path<String>,
    form: Typed<ShareForm>,
) -> Response {
    let typed = match form {
        Ok(form) => form.0,
        Err(why) => return unreadable(&why),
    };
    let Ok(id) = id.parse::<SessionId>() else { return answer(pages::over_page(&app, Over::Unknown)) };
    match pages::join(&app, network, &id, typed).await {
        Ok(Joined::Done(said)) => to_session(&id, &[say(&id, said, &app)]),
        Ok(Joined::Refused(page)) => answer(page),
        Err(no) => outcome::no(&no, &app, &path_of(&id)),
    }
}

/// A form that is a button.
#[derive(Deserialize)]
struct Nothing {}

async fn end(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Typed<Nothing>,
) -> Response {
    if let Err(why) = form {
        return unreadable(&why);
    }
    let Ok(id) = id.parse::<SessionId>() else { return answer(pages::over_page(&app, Over::Unknown)) };
    let https = app.is_https();
    let private = cookie::PRIVATE.brought(&headers, https).map(Secret::new).unwrap_or_default();
    match app.quorum.end(&id, network, private.expose()).await {
        Ok(()) => to_session(&id, &[cookie::PRIVATE.forget(&id, https), say(&id, Said::Ended, &app)]),
        // The page tells: it is over, or this browser is not the one that asked.
        Err(UseCaseError::Refused(_)) => to_session(&id, &[]),
        Err(UseCaseError::InternalError(fault)) => outcome::no(&Unable::InternalError(fault), &app, &path_of(&id)),
    }
}

fn path_of(id: &SessionId) -> String {
    format!("{}/{id}", Page::Quorum.path())
}

fn say(id: &SessionId, said: Said, app: &AppState) -> Option<HeaderValue> {
    cookie::SAID.set(id, said.as_str(), 60, app.is_https())
}

fn to_session(id: &SessionId, cookies: &[Option<HeaderValue>]) -> Response {
    let mut response = Redirect::to(&path_of(id)).into_response();
    for cookie in cookies {
        append(&mut response, cookie.clone());
    }
    response
}

fn append(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn answer(Shown { status, html: page }: Shown) -> Response {
    (status, html(&page)).into_response()
}

fn shown(made: Answer<Shown>, app: &AppState, path: &str) -> Response {
    match made {
        Ok(page) => answer(page),
        Err(no) => outcome::no(&no, app, path),
    }
}
