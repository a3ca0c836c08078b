//! Forms that are answered with what they make, and never again: recovery codes, an API secret, an export; and what a
//! sign-in asks a security key. They are plain handlers, as nothing of it may go through a redirect, a note or a store.

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Form, Json, Router};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use postern_app::pages::{self, KeyForm, Once, PairsForm};
use postern_app::portal::Answer;
use postern_app::web::front::{Front, House};
use postern_core::model::{Secret, Visit};

use crate::api::Problem;
use crate::http::outcome;
use crate::render::without_marks;

pub fn routes() -> Router<House> {
    Router::new()
        .route(pages::NEW_CODES, post(new_codes))
        .route(pages::EXPORT, post(export))
        .route(pages::ACTIVATE, post(activate))
        .route(pages::ROTATE, post(rotate))
        .route(pages::SIGN_IN_KEY_OPTIONS, post(key_options))
}

async fn new_codes(State(house): State<House>, parts: Parts) -> Response {
    let made = async { pages::new_codes(&Front::of(house.clone(), &parts.extensions)?).await };
    answered(made.await, |page| html(&page), &house, pages::NEW_CODES)
}

async fn activate(State(house): State<House>, parts: Parts, form: Typed<KeyForm>) -> Response {
    let typed = match form {
        Ok(Form(typed)) => typed,
        Err(why) => return unreadable(&why),
    };
    let made = async { pages::activate(&Front::of(house.clone(), &parts.extensions)?, typed).await };
    answered(made.await, |page| html(&page), &house, pages::ACTIVATE)
}

async fn rotate(State(house): State<House>, parts: Parts, form: Typed<PairsForm>) -> Response {
    let typed = match form {
        Ok(Form(typed)) => typed,
        Err(why) => return unreadable(&why),
    };
    let made = async { pages::rotate(&Front::of(house.clone(), &parts.extensions)?, typed).await };
    answered(made.await, |page| html(&page), &house, pages::ROTATE)
}

/// What a form's fields were read as.
pub type Typed<T> = Result<Form<T>, FormRejection>;

/// As the other forms answer: 415 for what is no form, 413 for too much of it, 400 for one that does not parse.
pub fn unreadable(why: &FormRejection) -> Response {
    match why.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    }
    .into_response()
}

/// A page as it was made.
pub fn html(html: &Secret<String>) -> Response {
    let html = without_marks(html.expose());
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response()
}

async fn export(State(house): State<House>, parts: Parts) -> Response {
    let made = async { pages::export(&Front::of(house.clone(), &parts.extensions)?).await };
    let file = |export| {
        let name = HeaderValue::from_static("attachment; filename=\"postern-account.json\"");
        ([(header::CONTENT_DISPOSITION, name)], Json(export)).into_response()
    };
    answered(made.await, file, &house, pages::EXPORT)
}

fn answered<T>(made: Answer<Once<T>>, show: impl FnOnce(T) -> Response, house: &House, path: &str) -> Response {
    match made {
        Ok(Once::Shown(shown)) => show(shown),
        Ok(Once::Elsewhere(page)) => Redirect::to(page.path()).into_response(),
        Err(no) => outcome::no(&no, house, path),
    }
}

/// PublicKeyCredentialRequestOptionsJSON, for the script on the page.
async fn key_options(State(house): State<House>, Extension(visit): Extension<Visit>) -> Response {
    match house.portal.ask_sign_in_keys(&visit).await {
        Ok(options) => Json(options).into_response(),
        Err(no) => Problem::of(&no, house.portal.now()).into_response(),
    }
}
