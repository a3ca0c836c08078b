//! WebAuthn for any relying party of a client.

use axum::extract::{Path, State};
use axum::{Router, routing};
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use postern_app::factor::security_key::{AssertionAnswer, RegistrationAnswer, RequestChallengeResponse};
use postern_app::web::front::House;
use serde::Serialize;

use super::FromClient;
use super::headers::{For, User};
use crate::api::{Json, Refused, Shown};

pub fn routes() -> Router<House> {
    Router::new()
        .route("/webauthn/register", routing::post(begin_registration).put(finish_registration))
        .route("/webauthn/login", routing::post(begin_login).put(finish_login))
        .route("/webauthn/user", routing::delete(remove_user))
        .route("/webauthn/credential/{key_handle_hash}", routing::delete(remove_credential))
}

#[derive(Serialize)]
struct Registering<O> {
    uuid: String,
    #[serde(flatten)]
    options: O,
}

async fn begin_registration(
    State(house): State<House>,
    FromClient(caller): FromClient,
    For { user, id }: For,
) -> Shown<axum::Json<impl Serialize>> {
    let begun = house.clients.begin_registration(&caller, &user, id).await;
    let (uuid, options) = begun.map_err(Refused::by(&house))?;
    Ok(axum::Json(Registering { uuid: uuid.to_string(), options }))
}

#[derive(Serialize)]
struct Registered {
    key_handle_hash: String,
}

async fn finish_registration(
    State(house): State<House>,
    FromClient(caller): FromClient,
    whom: For,
    Json(answer): Json<RegistrationAnswer>,
) -> Shown<axum::Json<Registered>> {
    let registered = async { house.clients.finish_registration(&caller, &whom.user.rp, whom.named()?, &answer).await };
    let key = registered.await.map_err(Refused::by(&house))?;
    Ok(axum::Json(Registered { key_handle_hash: key.hash() }))
}

async fn begin_login(
    State(house): State<House>,
    FromClient(caller): FromClient,
    whom: For,
) -> Shown<axum::Json<RequestChallengeResponse>> {
    let begun = async { house.clients.begin_login(&caller, &whom.user.rp, whom.named()?).await };
    Ok(axum::Json(begun.await.map_err(Refused::by(&house))?))
}

#[derive(Serialize)]
struct Passed {
    #[serde(rename = "credentialId")]
    credential_id: String,
    key_handle_hash: String,
}

async fn finish_login(
    State(house): State<House>,
    FromClient(caller): FromClient,
    whom: For,
    Json(answer): Json<AssertionAnswer>,
) -> Shown<axum::Json<Passed>> {
    let passed = async { house.clients.finish_login(&caller, &whom.user.rp, whom.named()?, &answer).await };
    let key = passed.await.map_err(Refused::by(&house))?;
    let (credential_id, key_handle_hash) = (BASE64URL_NOPAD.encode(&key.credential_id), key.hash());
    Ok(axum::Json(Passed { credential_id, key_handle_hash }))
}

async fn remove_user(State(house): State<House>, FromClient(caller): FromClient, User(id): User) -> Shown<StatusCode> {
    house.clients.remove_user(&caller, &id).await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_credential(
    State(house): State<House>,
    FromClient(caller): FromClient,
    User(id): User,
    Path(hash): Path<String>,
) -> Shown<StatusCode> {
    house.clients.remove_credential(&caller, &id, &hash).await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}
