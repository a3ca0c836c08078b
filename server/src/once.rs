//! Forms that are answered with what they make, and never again: recovery codes, an export; and what a sign-in asks a
//! security key. They are plain handlers, as nothing of it may go through a redirect, a note or a store.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use http::request::Parts;
use http::{HeaderValue, header};
use postern_app::model::Visit;
use postern_app::pages::{self, Once};
use postern_app::portal::Answer;
use postern_app::web::front::{Front, House};

use crate::api::Problem;
use crate::http::outcome;
use crate::render::without_marks;

pub fn routes() -> Router<House> {
    Router::new()
        .route(pages::NEW_CODES, post(new_codes))
        .route(pages::EXPORT, post(export))
        .route(pages::SIGN_IN_KEY_OPTIONS, post(key_options))
}

async fn new_codes(State(house): State<House>, parts: Parts) -> Response {
    let made = async { pages::new_codes(&Front::of(house.clone(), &parts.extensions)?).await };
    let page = |html: postern_app::model::Secret<String>| {
        let html = without_marks(html.expose());
        ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response()
    };
    answered(made.await, page, &house, pages::NEW_CODES)
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
