//! Raw FIDO U2F of clients' users.

use axum::extract::{Path, State};
use axum::{Router, routing};
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use postern_app::client::{U2fChallenge, U2fSignChallenge};
use postern_app::factor::security_key::u2f::{AppId, RegisterAnswer, SignAnswer, VERSION};
use postern_app::model::Refusal;
use postern_app::portal::No;
use postern_app::web::front::House;
use serde::{Deserialize, Serialize};

use super::{FromClient, VALID, Valid, subject};
use crate::api::{Json, Problem, Refused, Shown};

pub fn routes() -> Router<House> {
    Router::new()
        .route("/u2f", routing::post(begin))
        .route("/u2f/{uuid}", routing::put(finish).delete(remove))
        .route("/u2f/{uuid}/auth", routing::post(begin_auth).put(finish_auth))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begin {
    app_id: String,
}

#[derive(Serialize)]
struct Begun {
    uuid: String,
    challenge: ToRegister,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToRegister {
    version: &'static str,
    app_id: String,
    challenge: String,
}

async fn begin(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Json(Begin { app_id }): Json<Begin>,
) -> Shown<axum::Json<Begun>> {
    let begun = async {
        let app_id: AppId = app_id.parse().map_err(|_| Refusal::BadSetting("appId".to_owned()))?;
        house.clients.begin_u2f(&caller, app_id).await
    };
    let U2fChallenge { id, app_id, challenge } = begun.await.map_err(Refused::by(&house))?;
    let challenge = ToRegister { version: VERSION, app_id: app_id.as_str().to_owned(), challenge };
    Ok(axum::Json(Begun { uuid: id.to_string(), challenge }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed<T> {
    sign_result: T,
}

async fn finish(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
    Json(Signed { sign_result }): Json<Signed<RegisterAnswer>>,
) -> Shown<StatusCode> {
    let finished = async { house.clients.finish_u2f(&caller, &subject(&uuid)?, &sign_result).await };
    finished.await.map_err(refused(&house))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToSign {
    uuid: String,
    version: &'static str,
    app_id: String,
    challenge: String,
    key_handle: String,
}

async fn begin_auth(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
) -> Shown<axum::Json<ToSign>> {
    let begun = async {
        let id = subject(&uuid)?;
        Ok((id, house.clients.begin_u2f_sign(&caller, &id).await?))
    };
    let (id, U2fSignChallenge { app_id, challenge, key_handle }) = begun.await.map_err(Refused::by(&house))?;
    Ok(axum::Json(ToSign {
        uuid: id.to_string(),
        version: VERSION,
        app_id: app_id.as_str().to_owned(),
        challenge,
        key_handle: BASE64URL_NOPAD.encode(&key_handle),
    }))
}

async fn finish_auth(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
    Json(Signed { sign_result }): Json<Signed<SignAnswer>>,
) -> Shown<axum::Json<Valid>> {
    let finished = async { house.clients.finish_u2f_sign(&caller, &subject(&uuid)?, &sign_result).await };
    finished.await.map_err(refused(&house))?;
    Ok(axum::Json(VALID))
}

/// Clients of old read every refusal of an answer as 400.
fn refused(house: &House) -> impl FnOnce(No) -> Refused + use<> {
    let now = house.portal.now();
    move |no| Refused(Problem::of_u2f(&no, now))
}

async fn remove(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
) -> Shown<StatusCode> {
    let removed = async { house.clients.remove_u2f(&caller, &subject(&uuid)?).await };
    removed.await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}
