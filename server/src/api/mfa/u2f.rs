//! Raw FIDO U2F of clients' users.

use axum::extract::{Path, State};
use data_encoding::BASE64URL_NOPAD;
use http::StatusCode;
use postern_app::client::{U2fChallenge, U2fSignChallenge};
use postern_app::portal::UseCaseError;
use postern_app::web::context::AppState;
use postern_core::factor::security_key::u2f::{AppId, RegisterAnswer, SignAnswer, VERSION};
use postern_core::model::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::{U2fRegistration, U2fSignature};
use super::{FromClient, VALID, Valid, subject};
use crate::api::refusals::{
    Bounded, Challenged, Changing, Enrolled, ErrorResponses, OfClient, Sent, TriedByClient, U2fPassing, U2fRegistering,
};
use crate::api::{Json, Problem, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(finish, remove)).routes(routes!(begin_auth, finish_auth))
}

/// For which app.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BeginU2f {
    /// An `https:` URL, or `http://localhost`, of at most 512 ASCII characters (FIDO AppID and Facet Specification, 3.1).
    /// The page that asks the key has its origin; lists of facets are not fetched.
    #[schema(
        pattern = "^(https://([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\\.){0,4}[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?|http://localhost)\
            (:([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?(/[!-~]{0,150})?$",
        example = "https://shop.example"
    )]
    app_id: String,
}

/// What to ask the browser for.
#[derive(Serialize, ToSchema)]
#[schema(as = U2fChallenge)]
struct Begun {
    /// The user from now on.
    #[schema(format = "uuid", example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")]
    uuid: String,
    challenge: ToRegister,
}

/// RegisterRequest of the FIDO U2F JavaScript API, with the app that it is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RegisterRequest)]
struct ToRegister {
    #[schema(pattern = "^U2F_V2$", example = "U2F_V2")]
    version: &'static str,
    #[schema(example = "https://shop.example")]
    app_id: String,
    /// 32 random bytes, as unpadded websafe base64; good once, for 5 minutes.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$", example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8")]
    challenge: String,
}

/// Ask for a new U2F key
///
/// For a new user, who is gone after 24 hours without a key.
#[utoipa::path(
    post,
    path = "/u2f",
    operation_id = "beginU2f",
    tag = tag::U2F,
    security(("apiKey" = [], "apiSecret" = [])),
    request_body(content = BeginU2f, description = "The app that the key is to be for."),
    responses(
        (status = OK, description = "What to ask the browser for.", body = Begun),
        ErrorResponses<(OfClient, Changing, Sent, Bounded)>,
    ),
)]
async fn begin(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Json(BeginU2f { app_id }): Json<BeginU2f>,
) -> RouteResult<axum::Json<Begun>> {
    let begun = async {
        let app_id: AppId = app_id.parse().map_err(|_| Refusal::BadSetting("appId".to_owned()))?;
        app.clients.begin_u2f(&caller, app_id).await
    };
    let U2fChallenge { id, app_id, challenge } = begun.await.map_err(RouteError::by(&app))?;
    let challenge = ToRegister { version: VERSION, app_id: app_id.as_str().to_owned(), challenge };
    Ok(axum::Json(Begun { uuid: id.to_string(), challenge }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed<T> {
    sign_result: T,
}

/// Register the U2F key
///
/// Every check of FIDO U2F Raw Message Formats, 4.3 and 7: type, challenge and origin of the client data, the point on
/// P-256, and the signature by the certificate's key. Who issued the certificate is not asked.
#[utoipa::path(
    put,
    path = "/u2f/{uuid}",
    operation_id = "finishU2f",
    tag = tag::U2F,
    security(("apiKey" = [], "apiSecret" = [])),
    params(("uuid" = String, Path, description = "The user's uuid.", format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")),
    request_body(content = U2fRegistration, description = "What the browser answered."),
    responses(
        (status = NO_CONTENT, description = "It is registered."),
        ErrorResponses<(OfClient, Changing, Sent, Enrolled, U2fRegistering)>,
    ),
)]
async fn finish(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
    Json(Signed { sign_result }): Json<Signed<RegisterAnswer>>,
) -> RouteResult<StatusCode> {
    let finished = async { app.clients.finish_u2f(&caller, &subject(&uuid)?, &sign_result).await };
    finished.await.map_err(refused(&app))?;
    Ok(StatusCode::NO_CONTENT)
}

/// SignRequest of the FIDO U2F JavaScript API, with the user whom it is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignRequest)]
struct ToSign {
    #[schema(format = "uuid", example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")]
    uuid: String,
    #[schema(pattern = "^U2F_V2$", example = "U2F_V2")]
    version: &'static str,
    #[schema(example = "https://shop.example")]
    app_id: String,
    /// 32 random bytes, as unpadded websafe base64; good once, for 5 minutes.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$", example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8")]
    challenge: String,
    /// Names the key: 1 to 255 bytes, as unpadded websafe base64.
    #[schema(pattern = "^[A-Za-z0-9_-]{2,340}$", example = "a2V5IGhhbmRsZQ")]
    key_handle: String,
}

/// Ask for the U2F key that is there
#[utoipa::path(
    post,
    path = "/u2f/{uuid}/auth",
    operation_id = "beginU2fSigning",
    tag = tag::U2F,
    security(("apiKey" = [], "apiSecret" = [])),
    params(("uuid" = String, Path, description = "The user's uuid.", format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")),
    responses(
        (status = OK, description = "What to ask the browser for.", body = ToSign),
        ErrorResponses<(OfClient, Changing, Enrolled, Challenged)>,
    ),
)]
async fn begin_auth(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
) -> RouteResult<axum::Json<ToSign>> {
    let begun = async {
        let id = subject(&uuid)?;
        Ok((id, app.clients.begin_u2f_sign(&caller, &id).await?))
    };
    let (id, U2fSignChallenge { app_id, challenge, key_handle }) = begun.await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(ToSign {
        uuid: id.to_string(),
        version: VERSION,
        app_id: app_id.as_str().to_owned(),
        challenge,
        key_handle: BASE64URL_NOPAD.encode(&key_handle),
    }))
}

/// Pass the U2F key
///
/// Every check of FIDO U2F Raw Message Formats, 5.4 and 7: a user was there, the signature holds, and the count rose.
/// Refused answers are counted for each user: after 5 in a row there is a wait of 30 seconds, doubling up to 15 minutes;
/// from 50 in a row on it doubles further, up to 24 hours.
#[utoipa::path(
    put,
    path = "/u2f/{uuid}/auth",
    operation_id = "finishU2fSigning",
    tag = tag::U2F,
    security(("apiKey" = [], "apiSecret" = [])),
    params(("uuid" = String, Path, description = "The user's uuid.", format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")),
    request_body(content = U2fSignature, description = "What the browser answered."),
    responses(
        (status = OK, description = "It passed.", body = Valid),
        ErrorResponses<(OfClient, Changing, Sent, Enrolled, TriedByClient, U2fPassing)>,
    ),
)]
async fn finish_auth(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
    Json(Signed { sign_result }): Json<Signed<SignAnswer>>,
) -> RouteResult<axum::Json<Valid>> {
    let finished = async { app.clients.finish_u2f_sign(&caller, &subject(&uuid)?, &sign_result).await };
    finished.await.map_err(refused(&app))?;
    Ok(axum::Json(VALID))
}

/// Clients of old read every refusal of an answer as 400.
fn refused(app: &AppState) -> impl FnOnce(UseCaseError) -> RouteError + use<> {
    let now = app.portal.now();
    move |no| RouteError(Problem::of_u2f(&no, now))
}

/// Remove a user with a U2F key
///
/// With whatever other keys were registered under this uuid.
#[utoipa::path(
    delete,
    path = "/u2f/{uuid}",
    operation_id = "removeU2f",
    tag = tag::U2F,
    security(("apiKey" = [], "apiSecret" = [])),
    params(("uuid" = String, Path, description = "The user's uuid.", format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")),
    responses((status = NO_CONTENT, description = "The user is gone."), ErrorResponses<(OfClient, Changing, Enrolled)>),
)]
async fn remove(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
) -> RouteResult<StatusCode> {
    let removed = async { app.clients.remove_u2f(&caller, &subject(&uuid)?).await };
    removed.await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}
