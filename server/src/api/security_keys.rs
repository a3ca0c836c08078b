//! The session's security keys: options out, answers in.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::{Extension, Router, routing};
use http::StatusCode;
use postern_app::factor::security_key::{AssertionAnswer, RegistrationAnswer};
use postern_app::model::{FactorId, Refusal, Visit};
use postern_app::portal::{Answer, KeyAdded};
use postern_app::web::front::House;
use postern_app::web::session::{self, CookieChange};
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;

use super::{Json, Refused};

pub fn routes() -> Router<House> {
    Router::new()
        .route("/security-keys/registration", routing::post(begin_registration).put(finish_registration))
        .route("/security-keys/authentication", routing::post(begin_authentication).put(finish_authentication))
        .route("/security-keys/{id}", routing::patch(rename).delete(remove))
}

type Shown<T> = Result<T, Refused>;

#[derive(Deserialize)]
struct Begin {
    name: Option<String>,
}

async fn begin_registration(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Json(Begin { name }): Json<Begin>,
) -> Shown<impl IntoResponse> {
    let options = house.portal.begin_registration(&visit, name.as_deref()).await.map_err(Refused::by(&house))?;
    Ok(axum::Json(options))
}

#[derive(Serialize)]
struct Named {
    id: String,
    name: String,
}

async fn finish_registration(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(answer): Json<RegistrationAnswer>,
) -> Shown<impl IntoResponse> {
    let added = async {
        let added = house.portal.finish_registration(&visit, &answer, None).await?;
        if added.rose {
            session::rotate(&cookie, &change).await?;
        }
        Ok(added)
    };
    let KeyAdded { id, name, .. } = added.await.map_err(Refused::by(&house))?;
    Ok((StatusCode::CREATED, axum::Json(Named { id: id.to_string(), name })))
}

async fn begin_authentication(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
) -> Shown<impl IntoResponse> {
    Ok(axum::Json(house.portal.begin_authentication(&visit).await.map_err(Refused::by(&house))?))
}

#[derive(Serialize)]
struct Verified {
    status: bool,
    id: String,
}

/// A new session id after a rise.
async fn finish_authentication(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(answer): Json<AssertionAnswer>,
) -> Shown<impl IntoResponse> {
    let verified = async {
        let passed = house.portal.finish_authentication(&visit, &answer).await?;
        if passed.rose {
            session::rotate(&cookie, &change).await?;
        }
        Ok(Verified { status: true, id: passed.factor.to_string() })
    };
    Ok(axum::Json(verified.await.map_err(Refused::by(&house))?))
}

#[derive(Deserialize)]
struct Rename {
    name: String,
}

async fn rename(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    Json(Rename { name }): Json<Rename>,
) -> Shown<impl IntoResponse> {
    let renamed = async {
        let id = key(&id)?;
        house.portal.rename_key(&visit, id, &name).await?;
        Ok(Named { id: id.to_string(), name: name.trim().to_owned() })
    };
    Ok(axum::Json(renamed.await.map_err(Refused::by(&house))?))
}

async fn remove(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Shown<StatusCode> {
    let removed = async { house.portal.remove_key(&visit, key(&id)?).await };
    removed.await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is no id of ours names no key.
fn key(id: &str) -> Answer<FactorId> {
    id.parse().map_err(|_| Refusal::NotEnrolled.into())
}
