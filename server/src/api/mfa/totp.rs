//! Time-based codes of clients' users.

use axum::extract::{Path, State};
use data_encoding::BASE64;
use http::StatusCode;
use postern_app::client::ClientTotp;
use postern_app::web::context::AppState;
use postern_core::factor::totp::Setting;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{FromClient, VALID, Valid, subject};
use crate::api::input::whole;
use crate::api::oath::{Algorithm, code};
use crate::api::refusals::{Bounded, Changing, Enrolled, ErrorResponses, Judged, OfClient, Sent, TriedByClient, Typed};
use crate::api::{Json, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    let begun = OpenApiRouter::new().routes(routes!(begin)).routes(routes!(remove));
    begun.routes(routes!(validate)).routes(routes!(unblock))
}

/// How codes are to be made (RFC 6238), and what the user's app shows beside them. Some apps ignore all but the names and
/// make codes by the defaults.
#[derive(Deserialize, ToSchema)]
struct BeginClientTotp {
    /// Of whom the code is, 1 to 128 characters, none of them a colon, a control character or a change of direction; the portal's name unless told
    /// otherwise.
    #[schema(
        pattern = r"^\s*[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^:\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,126}[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?\s*$",
        example = "Shop"
    )]
    issuer: Option<String>,
    /// For whom it is, 1 to 128 characters, none of them a colon, a control character or a change of direction; `user` unless told otherwise.
    #[schema(
        pattern = r"^\s*[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^:\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,126}[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?\s*$",
        example = "ada@shop.example"
    )]
    label: Option<String>,
    /// The hash under the HMAC; SHA1 unless told otherwise.
    #[schema(value_type = Option<Algorithm>)]
    algorithm: Option<String>,
    /// Digits of a code, 6 or 8; 6 unless told otherwise.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 6, maximum = 8, multiple_of = 2, example = 6)]
    digits: Option<u8>,
    /// Seconds of a time step; 30 unless told otherwise.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 30, maximum = 60, example = 30)]
    period: Option<u64>,
}

/// A secret that waits for its first right code. Link, key and picture are one and the same.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClientTotp)]
struct Begun {
    /// Names the secret in every further request.
    #[schema(format = "uuid", example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")]
    uuid: String,
    /// The key as base32 without padding (RFC 4648, 6): 20, 32 or 64 random bytes for SHA1, SHA256, SHA512.
    #[schema(pattern = "^[A-Z2-7]+$", example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    totp_key: String,
    /// The link as a QR code: a PNG picture as a `data:` URL.
    #[schema(pattern = "^data:image/png;base64,", example = "data:image/png;base64,iVBORw0KGgo…")]
    image_url: String,
    /// An `otpauth:` link, as authenticator apps read it.
    #[schema(
        format = "uri",
        example = "otpauth://totp/Shop:ada%40shop.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Shop"
    )]
    otp_auth_url: String,
}

/// Begin a TOTP secret for a user
///
/// It is new, and counts for nothing before a right code: without one it is gone after 24 hours, uuid and all. Show it
/// to the user now; nobody can ask for it again.
#[utoipa::path(
    post,
    path = "/totp",
    operation_id = "beginClientTotp",
    tag = tag::CLIENT_TOTP,
    security(("apiKey" = [], "apiSecret" = [])),
    request_body(content = BeginClientTotp, description = "An empty body will do."),
    responses(
        (status = OK, description = "For the user to scan or type.", body = Begun),
        ErrorResponses<(OfClient, Changing, Sent, Bounded)>,
    ),
)]
async fn begin(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Json(BeginClientTotp { issuer, label, algorithm, digits, period }): Json<BeginClientTotp>,
) -> RouteResult<axum::Json<Begun>> {
    let begun = async {
        let setting = Setting::choose_with(algorithm.as_deref(), digits, ("period", period))?;
        app.clients.begin_totp(&caller, setting, issuer.as_deref(), label.as_deref()).await
    };
    let ClientTotp { id, provisioning } = begun.await.map_err(RouteError::by(&app))?;
    let picture = BASE64.encode(provisioning.qr_png().expose());
    Ok(axum::Json(Begun {
        uuid: id.to_string(),
        totp_key: provisioning.key.expose().clone(),
        image_url: format!("data:image/png;base64,{picture}"),
        otp_auth_url: provisioning.uri.expose().clone(),
    }))
}

/// A code as the user typed it.
#[derive(Deserialize, ToSchema)]
#[schema(as = ClientCode)]
struct Code {
    /// 6 or 8 digits. White space, dashes and invisible characters (Unicode's Cf) around and inside are dropped, and decimal
    /// digits of other scripts than this pattern's are read as their values.
    #[schema(max_length = 64, pattern = r"^[\s-]*([0-9][\s-]*){6}(([0-9][\s-]*){2})?$", example = "482 913")]
    code: String,
}

/// Validate a code of a user
///
/// The first right code confirms the secret. A code is good once, across all instances; one of a step before or after the
/// present one is taken too, and none of a step at or before the last one that passed (RFC 6238, 5.2). Wrong codes are
/// counted for each secret: after 5 in a row it waits 30 seconds, doubling up to 15 minutes; from 50 in a row on the wait
/// doubles further, up to 24 hours. A right code ends the count, and so does `unblock`.
#[utoipa::path(
    post,
    path = "/totp/{uuid}/validate",
    operation_id = "validateClientTotp",
    tag = tag::CLIENT_TOTP,
    security(("apiKey" = [], "apiSecret" = [])),
    params(("uuid" = String, Path, description = "The secret's uuid.", format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")),
    request_body(content = Code, description = "The code that the user's app shows."),
    responses(
        (status = OK, description = "It was right, and is used up.", body = Valid),
        ErrorResponses<(OfClient, Changing, Sent, Typed, Judged, Enrolled, TriedByClient)>,
    ),
)]
async fn validate(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
    Json(Code { code: typed }): Json<Code>,
) -> RouteResult<axum::Json<Valid>> {
    let validated = async { app.clients.answer_totp(&caller, &subject(&uuid)?, &code(&typed)?).await };
    validated.await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(VALID))
}

/// Forget a user's wrong codes
///
/// The count of wrong codes in a row, and the wait that came with it, are gone: the next code is looked at. For a service
/// that knows by other means that it has its user before it. Nothing is unblocked that was not blocked: a second call does
/// no more than the first.
#[utoipa::path(
    post,
    path = "/totp/{uuid}/unblock",
    operation_id = "unblockClientTotp",
    tag = tag::CLIENT_TOTP,
    security(("apiKey" = [], "apiSecret" = [])),
    params(("uuid" = String, Path, description = "The secret's uuid.", format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")),
    responses((status = NO_CONTENT, description = "Wrong codes are forgotten."), ErrorResponses<(OfClient, Changing, Enrolled)>),
)]
async fn unblock(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
) -> RouteResult<StatusCode> {
    let unblocked = async { app.clients.unblock_totp(&caller, &subject(&uuid)?).await };
    unblocked.await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a user's TOTP secret
///
/// Confirmed or not.
#[utoipa::path(
    delete,
    path = "/totp/{uuid}",
    operation_id = "removeClientTotp",
    tag = tag::CLIENT_TOTP,
    security(("apiKey" = [], "apiSecret" = [])),
    params(("uuid" = String, Path, description = "The secret's uuid.", format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")),
    responses((status = NO_CONTENT, description = "It is gone."), ErrorResponses<(OfClient, Changing, Enrolled)>),
)]
async fn remove(
    State(app): State<AppState>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
) -> RouteResult<StatusCode> {
    let removed = async { app.clients.remove_totp(&caller, &subject(&uuid)?).await };
    removed.await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}
