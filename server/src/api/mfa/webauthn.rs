//! WebAuthn for any relying party of a client.

use axum::extract::{Path, State};
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use postern_app::web::context::AppState;
use postern_core::factor::security_key::{AssertionAnswer, RegistrationAnswer, RequestChallengeResponse};
use postern_core::model::Refusal;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::FromClient;
use super::headers::{For, ForKnown, NamedUser, Relying, User, UserIfKnown, WantedKey, Whoever};
use super::messages::ClientCreationOptions;
use crate::api::refusals::{
    Bounded, Challenged, Changing, Enrolled, ErrorResponses, KeyPassing, OfClient, OneMoreKey,
    Registering as NotRegistered, Sent, TriedByClient,
};
use crate::api::webauthn::{AuthenticationResponseJSON, RegistrationResponseJSON, RequestOptions};
use crate::api::{Json, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(begin_registration, finish_registration))
        .routes(routes!(begin_login, finish_login))
        .routes(routes!(remove_user))
        .routes(routes!(remove_credential))
}

#[derive(Serialize)]
struct Registering<O> {
    uuid: String,
    #[serde(flatten)]
    options: O,
}

/// Ask for a new key of a user
///
/// Without `x-mfa-UserUUID` for a new user, who is gone after 24 hours without a key. Keys that the user has for this
/// relying party are excluded. The challenge is good once, for 5 minutes, and only with the same `x-mfa-RPID` and
/// `x-mfa-RPOrigin`. A user has 20 keys at most.
#[utoipa::path(
    post,
    path = "/webauthn/register",
    operation_id = "beginClientRegistration",
    tag = tag::CLIENT_KEYS,
    security(("apiKey" = [], "apiSecret" = [])),
    params(Relying, UserIfKnown, WantedKey),
    responses(
        (status = OK, description = "What to ask the browser for.", body = ClientCreationOptions),
        ErrorResponses<(OfClient, Changing, Bounded, Enrolled, OneMoreKey, Challenged)>,
    ),
)]
async fn begin_registration(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    For { user, id }: For,
) -> RouteResult<axum::Json<impl Serialize>> {
    let begun = app.clients.begin_registration(&caller, &user, id).await;
    let (uuid, options) = begun.map_err(RouteError::by(&app))?;
    Ok(axum::Json(Registering { uuid: uuid.to_string(), options }))
}

/// A key that is registered.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientKey)]
struct Registered {
    /// Names the key: SHA-256 of its credential id, as unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$", example = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")]
    key_handle_hash: String,
}

/// Register the key
///
/// Every check of WebAuthn Level 3, 7.1, with the relying party that the challenge was asked for.
#[utoipa::path(
    put,
    path = "/webauthn/register",
    operation_id = "finishClientRegistration",
    tag = tag::CLIENT_KEYS,
    security(("apiKey" = [], "apiSecret" = [])),
    params(Relying, NamedUser),
    request_body(content = RegistrationResponseJSON, description = "What the browser answered."),
    responses(
        (status = OK, description = "It is registered.", body = Registered),
        ErrorResponses<(OfClient, Changing, Sent, Bounded, Enrolled, NotRegistered)>,
    ),
)]
async fn finish_registration(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    ForKnown { rp, id }: ForKnown,
    Json(answer): Json<RegistrationAnswer>,
) -> RouteResult<axum::Json<Registered>> {
    let registered = async { app.clients.finish_registration(&caller, &rp, &id, &answer).await };
    let key = registered.await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(Registered { key_handle_hash: key.hash() }))
}

/// Ask for a key that a user has
///
/// For this relying party, and of U2F: a key that was registered raw is asked for by the `appid` extension (WebAuthn
/// Level 3, 10.1.1), if all such keys of the user have one app id. The challenge is good once, for 5 minutes.
#[utoipa::path(
    post,
    path = "/webauthn/login",
    operation_id = "beginClientLogin",
    tag = tag::CLIENT_KEYS,
    security(("apiKey" = [], "apiSecret" = [])),
    params(Relying, NamedUser),
    responses(
        (status = OK, description = "What to ask the browser for.", body = RequestOptions),
        ErrorResponses<(OfClient, Changing, Bounded, Enrolled, Challenged)>,
    ),
)]
async fn begin_login(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    ForKnown { rp, id }: ForKnown,
) -> RouteResult<axum::Json<RequestChallengeResponse>> {
    let begun = async { app.clients.begin_login(&caller, &rp, &id).await };
    Ok(axum::Json(begun.await.map_err(RouteError::by(&app))?))
}

/// A key that passed.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientKeyPassed)]
struct Passed {
    /// As unpadded base64url; at most 1023 bytes.
    #[serde(rename = "credentialId")]
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 1364, example = "Y3JlZGVudGlhbA")]
    credential_id: String,
    /// Names the key: SHA-256 of its credential id, as unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$", example = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")]
    key_handle_hash: String,
}

/// Pass a key
///
/// Every check of WebAuthn Level 3, 7.2, with the relying party that the challenge was asked for. Refused answers are
/// counted for each user: after 5 in a row there is a wait of 30 seconds, doubling up to 15 minutes; from 50 in a row on it
/// doubles further, up to 24 hours.
#[utoipa::path(
    put,
    path = "/webauthn/login",
    operation_id = "finishClientLogin",
    tag = tag::CLIENT_KEYS,
    security(("apiKey" = [], "apiSecret" = [])),
    params(Relying, NamedUser),
    request_body(content = AuthenticationResponseJSON, description = "What the browser answered."),
    responses(
        (status = OK, description = "It passed.", body = Passed),
        ErrorResponses<(OfClient, Changing, Sent, Bounded, Enrolled, TriedByClient, KeyPassing)>,
    ),
)]
async fn finish_login(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    ForKnown { rp, id }: ForKnown,
    Json(answer): Json<AssertionAnswer>,
) -> RouteResult<axum::Json<Passed>> {
    let passed = async { app.clients.finish_login(&caller, &rp, &id, &answer).await };
    let key = passed.await.map_err(RouteError::by(&app))?;
    let (credential_id, key_handle_hash) = (BASE64URL_NOPAD.encode(&key.credential_id), key.hash());
    Ok(axum::Json(Passed { credential_id, key_handle_hash }))
}

/// Remove a user
///
/// With all keys, whatever they are for. The answer is the same if nobody is there.
#[utoipa::path(
    delete,
    path = "/webauthn/user",
    operation_id = "removeClientUser",
    tag = tag::CLIENT_KEYS,
    security(("apiKey" = [], "apiSecret" = [])),
    params(Whoever),
    responses((status = NO_CONTENT, description = "Nobody is there any more."), ErrorResponses<(OfClient, Changing, Bounded)>),
)]
async fn remove_user(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    User(id): User,
) -> RouteResult<StatusCode> {
    if let Some(id) = id {
        app.clients.remove_user(&caller, &id).await.map_err(RouteError::by(&app))?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a key of a user
///
/// With the last one the user is gone.
#[utoipa::path(
    delete,
    path = "/webauthn/credential/{key_handle_hash}",
    operation_id = "removeClientKey",
    tag = tag::CLIENT_KEYS,
    security(("apiKey" = [], "apiSecret" = [])),
    params(
        NamedUser,
        ("key_handle_hash" = String, Path, description = "What names the key.",
            example = "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"),
    ),
    responses((status = NO_CONTENT, description = "It is gone."), ErrorResponses<(OfClient, Changing, Bounded, Enrolled)>),
)]
async fn remove_credential(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    User(id): User,
    Path(hash): Path<String>,
) -> RouteResult<StatusCode> {
    let removed = async { app.clients.remove_credential(&caller, &id.ok_or(Refusal::NotEnrolled)?, &hash).await };
    removed.await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}
