//! The session's security keys: options out, answers in.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::StatusCode;
use postern_app::portal::{Answer, KeyAdded};
use postern_app::web::context::AppState;
use postern_app::web::session::{self, CookieChange};
use postern_core::factor::security_key::{AssertionAnswer, RegistrationAnswer};
use postern_core::model::{FactorId, Refusal, Visit};
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::refusals::{
    Adding, Altering, Bounded, Challenged, Changing, Enrolled, ErrorResponses, InSession, KeyPassing, OneMoreKey,
    Registering, Renaming, Sent, Tried,
};
use super::webauthn::{AuthenticationResponseJSON, CreationOptions, RegistrationResponseJSON, RequestOptions};
use super::{Json, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(begin_registration, finish_registration))
        .routes(routes!(begin_authentication, finish_authentication))
        .routes(routes!(rename, remove))
}

/// What the key is to be called.
#[derive(Deserialize, ToSchema)]
struct BeginRegistration {
    /// 1 to 40 characters, none of them a control character or a change of direction. Without one, one is made up.
    #[schema(
        pattern = r"^\s*[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,38}[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?\s*$",
        example = "Blue key"
    )]
    name: Option<String>,
}

/// Ask for a new key
///
/// The challenge is good once, for 5 minutes. Several ceremonies may be under way at once.
#[utoipa::path(
    post,
    path = "/security-keys/registration",
    operation_id = "beginKeyRegistration",
    tag = tag::SECURITY_KEYS,
    security(("session" = [])),
    request_body(content = BeginRegistration, description = "An empty body will do."),
    responses(
        (status = OK, description = "What to ask the browser for.", body = CreationOptions),
        ErrorResponses<(InSession, Changing, Sent, Bounded, Adding, OneMoreKey, Challenged)>,
    ),
)]
async fn begin_registration(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Json(BeginRegistration { name }): Json<BeginRegistration>,
) -> RouteResult<impl IntoResponse> {
    let options = app.portal.begin_registration(&visit, name.as_deref()).await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(options))
}

/// A key of this session.
#[derive(Serialize, ToSchema)]
#[schema(as = SecurityKey)]
struct Named {
    /// The factor's id, as the session lists it: 128 random bits, as unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")]
    id: String,
    #[schema(min_length = 1, max_length = 40, example = "Blue key")]
    name: String,
}

/// Register the key
///
/// Every check of WebAuthn Level 3, 7.1. A visitor has passed nothing by it; the key passes when it is touched again.
/// After a rise of level the session has a new cookie, and the old one is dead.
#[utoipa::path(
    put,
    path = "/security-keys/registration",
    operation_id = "finishKeyRegistration",
    tag = tag::SECURITY_KEYS,
    security(("session" = [])),
    request_body(content = RegistrationResponseJSON, description = "What the browser answered."),
    responses(
        (status = CREATED, description = "It is registered.", body = Named,
            headers(("Set-Cookie" = String, description = "The session's new cookie, if its level rose."))),
        ErrorResponses<(InSession, Changing, Sent, Adding, Registering)>,
    ),
)]
async fn finish_registration(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(answer): Json<RegistrationAnswer>,
) -> RouteResult<impl IntoResponse> {
    let added = async {
        let added = app.portal.finish_registration(&visit, &answer, None).await?;
        if added.rose {
            session::rotate(&cookie, &change).await?;
        }
        Ok(added)
    };
    let KeyAdded { id, name, .. } = added.await.map_err(RouteError::by(&app))?;
    Ok((StatusCode::CREATED, axum::Json(Named { id: id.to_string(), name })))
}

/// Ask for a key that is there
///
/// The challenge is good once, for 5 minutes.
#[utoipa::path(
    post,
    path = "/security-keys/authentication",
    operation_id = "beginKeyAuthentication",
    tag = tag::SECURITY_KEYS,
    security(("session" = [])),
    responses(
        (status = OK, description = "What to ask the browser for.", body = RequestOptions),
        ErrorResponses<(InSession, Changing, Enrolled, Challenged)>,
    ),
)]
async fn begin_authentication(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
) -> RouteResult<impl IntoResponse> {
    Ok(axum::Json(app.portal.begin_authentication(&visit).await.map_err(RouteError::by(&app))?))
}

/// A key passed.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyPassed)]
struct Verified {
    /// Always true: a key that does not pass is refused.
    #[schema(example = true)]
    status: bool,
    /// Which one it was.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")]
    id: String,
}

/// Pass a key
///
/// Every check of WebAuthn Level 3, 7.2. Of a key that may be a copy its owner is told. After a rise of level the session
/// has a new cookie, and the old one is dead.
#[utoipa::path(
    put,
    path = "/security-keys/authentication",
    operation_id = "finishKeyAuthentication",
    tag = tag::SECURITY_KEYS,
    security(("session" = [])),
    request_body(content = AuthenticationResponseJSON, description = "What the browser answered."),
    responses(
        (status = OK, description = "It passed.", body = Verified,
            headers(("Set-Cookie" = String, description = "The session's new cookie, if its level rose."))),
        ErrorResponses<(InSession, Changing, Sent, Enrolled, Tried, KeyPassing)>,
    ),
)]
async fn finish_authentication(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(answer): Json<AssertionAnswer>,
) -> RouteResult<impl IntoResponse> {
    let verified = async {
        let passed = app.portal.finish_authentication(&visit, &answer).await?;
        if passed.rose {
            session::rotate(&cookie, &change).await?;
        }
        Ok(Verified { status: true, id: passed.factor.to_string() })
    };
    Ok(axum::Json(verified.await.map_err(RouteError::by(&app))?))
}

/// What the key is to be called from now on.
#[derive(Deserialize, ToSchema)]
#[schema(as = RenameKey)]
struct Rename {
    /// 1 to 40 characters, none of them a control character or a change of direction.
    #[schema(
        pattern = r"^\s*[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,38}[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?\s*$",
        example = "Green key"
    )]
    name: String,
}

/// Rename a key
#[utoipa::path(
    patch,
    path = "/security-keys/{id}",
    operation_id = "renameKey",
    tag = tag::SECURITY_KEYS,
    security(("session" = [])),
    params(("id" = String, Path, description = "The factor's id.", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")),
    request_body(content = Rename, description = "Its new name."),
    responses(
        (status = OK, description = "As it is now.", body = Named),
        ErrorResponses<(InSession, Changing, Sent, Bounded, Altering, Enrolled, Renaming)>,
    ),
)]
async fn rename(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    Json(Rename { name }): Json<Rename>,
) -> RouteResult<impl IntoResponse> {
    let renamed = async {
        let id = key(&id)?;
        let name = app.portal.rename_key(&visit, id, &name).await?;
        Ok(Named { id: id.to_string(), name })
    };
    Ok(axum::Json(renamed.await.map_err(RouteError::by(&app))?))
}

/// Remove a key
///
/// The other sessions that it opened end; this one falls to what its remaining proofs give.
#[utoipa::path(
    delete,
    path = "/security-keys/{id}",
    operation_id = "removeKey",
    tag = tag::SECURITY_KEYS,
    security(("session" = [])),
    params(("id" = String, Path, description = "The factor's id.", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")),
    responses((status = NO_CONTENT, description = "It is gone."), ErrorResponses<(InSession, Changing, Altering, Enrolled)>),
)]
async fn remove(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> RouteResult<StatusCode> {
    let removed = async { app.portal.remove_key(&visit, key(&id)?).await };
    removed.await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is no id of ours names no key.
fn key(id: &str) -> Answer<FactorId> {
    id.parse().map_err(|_| Refusal::NotEnrolled.into())
}
