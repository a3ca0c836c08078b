//! Keys for clients: by mail, activated once, rotated.

use axum::Extension;
use axum::extract::{FromRequestParts, State};
use http::StatusCode;
use http::request::Parts;
use postern_app::client::{Pair, Rotation};
use postern_app::portal::UseCaseError;
use postern_app::web::context::AppState;
use postern_core::model::{Network, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::refusals::{Activating, Asked, AskingKey, Changing, ErrorResponses, Rotating, Sent};
use crate::api::{Json, Problem, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(activate)).routes(routes!(rotate))
}

/// A request that the gateway let through, or any where there is none. Told before its body is read.
struct ByGateway;

impl FromRequestParts<AppState> for ByGateway {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let asked = app.clients.may_ask(super::text(&parts.headers, "x-api-key"));
        asked.map(|()| Self).map_err(|refusal| Problem::of(&refusal.into(), app.portal.now()))
    }
}

/// Who wants a key.
#[derive(Deserialize, ToSchema)]
struct AskApiKey {
    /// Where the key is mailed to. Whoever reads that address owns the key.
    #[schema(format = "email", max_length = 254, example = "ops@shop.example")]
    email: String,
}

/// Ask for an API key
///
/// It is mailed to the address, and is good for nothing before it is activated; one that is not activated within 24 hours
/// is gone. Letters are limited: 30 seconds apart from one network to one address, 5 an hour for both, 20 an hour for an
/// address and for a network. The answer is the same whoever has the address.
#[utoipa::path(
    post,
    path = "/api-key",
    operation_id = "askApiKey",
    tag = tag::API_KEYS,
    security((), ("gateway" = [])),
    request_body(content = AskApiKey, description = "Where the key is to go."),
    responses(
        (status = NO_CONTENT, description = "It is on its way."),
        ErrorResponses<(Asked, Changing, Sent, AskingKey)>,
    ),
)]
async fn ask(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    _: ByGateway,
    Json(AskApiKey { email }): Json<AskApiKey>,
) -> RouteResult<StatusCode> {
    app.clients.ask_key(network, &email, None).await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The key, and the address that it was mailed to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ActivateApiKey {
    /// As it was asked for, in any case.
    #[schema(format = "email", max_length = 254, example = "ops@shop.example")]
    email: String,
    /// The key from the letter: 20 bytes as hex, in either case. `apiKeyValue` is read as another name of this member.
    #[serde(alias = "apiKeyValue")]
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b")]
    api_key: String,
}

/// What a client proves itself with from now on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiSecret)]
struct Activated {
    /// 32 random bytes as base64 (RFC 4648, 4). Shown this once: the server keeps what it needs to know the secret again,
    /// and not the secret, without which nobody can open the client's records.
    #[schema(pattern = "^[A-Za-z0-9+/]{43}=$", example = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=")]
    api_secret: String,
}

/// Activate an API key
///
/// Once. From here on the client proves itself with both in every request.
#[utoipa::path(
    post,
    path = "/api-key/activate",
    operation_id = "activateApiKey",
    tag = tag::API_KEYS,
    security(()),
    request_body(content = ActivateApiKey, description = "The key, and the address that it was mailed to."),
    responses(
        (status = OK, description = "The key has a secret now.", body = Activated),
        ErrorResponses<(Asked, Changing, Sent, Activating)>,
    ),
)]
async fn activate(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Json(ActivateApiKey { email, api_key }): Json<ActivateApiKey>,
) -> RouteResult<axum::Json<Activated>> {
    let secret = app.clients.activate(network, &email, &api_key).await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(Activated { api_secret: secret.to_text().expose().clone() }))
}

/// Two pairs of one owner, both activated.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RotateApiKey {
    /// The key whose records move.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b")]
    old_key_id: String,
    #[schema(example = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=")]
    old_key_secret: String,
    /// The key that they move to.
    #[schema(example = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c4")]
    new_key_id: String,
    #[schema(example = "OnvT4jYKPSnupDb8+35Ex104PR6AOV8FtqbqKkHUmjk=")]
    new_key_secret: String,
}

/// How many records this call moved, and how many it left. All of it is done when nothing is left.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RotatedApiKey)]
struct Rotated {
    #[schema(example = 1200)]
    totp_complete: u64,
    #[schema(example = 0)]
    totp_incomplete: u64,
    /// Users with keys, of WebAuthn and U2F.
    #[schema(example = 340)]
    webauthn_complete: u64,
    #[schema(example = 0)]
    webauthn_incomplete: u64,
}

/// Move everything to another key and secret
///
/// Seals every record of the old key anew under the new secret; uuids stay as they are. Ask for and activate the new key
/// first. From the first call on the old pair is good for this route alone: every other one answers it with 401, on every
/// instance; and the new pair answers for every user, moved or not. A call works for 50 seconds at most; call again with
/// the same pairs as long as something is left, or when a call was broken off. Until nothing is left the new pair itself
/// can be rotated nowhere (409). When it is disabled before that, the old pair may take all of its users, and those of the
/// new pair, to another one.
#[utoipa::path(
    post,
    path = "/api-key/rotate",
    operation_id = "rotateApiKey",
    tag = tag::API_KEYS,
    security(()),
    request_body(content = RotateApiKey, description = "Both pairs: from where, and where to."),
    responses(
        (status = OK, description = "What was moved, and what is left.", body = Rotated),
        ErrorResponses<(Asked, Changing, Sent, Rotating)>,
    ),
)]
async fn rotate(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Json(asked): Json<RotateApiKey>,
) -> RouteResult<axum::Json<Rotated>> {
    let old = Pair { key: &asked.old_key_id, secret: &asked.old_key_secret };
    let new = Pair { key: &asked.new_key_id, secret: &asked.new_key_secret };
    let rotated = app.clients.rotate(network, old, new).await.map_err(no_client).map_err(RouteError::by(&app))?;
    let Rotation { totp_complete, totp_incomplete, keys_complete, keys_incomplete } = rotated;
    Ok(axum::Json(Rotated {
        totp_complete,
        totp_incomplete,
        webauthn_complete: keys_complete,
        webauthn_incomplete: keys_incomplete,
    }))
}

/// A key that an operator deletes while it is rotated is nobody's any more.
fn no_client(no: UseCaseError) -> UseCaseError {
    match no {
        UseCaseError::Refused(Refusal::NoApiKey) => Refusal::NoClient.into(),
        no => no,
    }
}
