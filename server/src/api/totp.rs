//! `/api/v1/totp`: authenticator apps.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use postern_app::web::context::AppState;
use postern_app::web::session::CookieChange;
use postern_core::factor::totp::Setting;
use postern_core::model::Visit;
use serde::Deserialize;
use tower_sessions::Session as Cookie;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::whole;
use super::oath::{Algorithm, Begun, Otp, Status, verified_or_not};
use super::refusals::{
    Adding, Altering, AtMostOne, Bounded, Changing, Enrolled, ErrorResponses, InSession, Sent, Tried, Typed,
};
use super::{Json, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(begin, remove)).routes(routes!(verify))
}

/// How codes are to be made (RFC 6238). Some apps ignore all of it and make codes by the defaults.
#[derive(Deserialize, ToSchema)]
struct BeginTotp {
    /// The hash under the HMAC; SHA1 unless told otherwise.
    #[schema(value_type = Option<Algorithm>)]
    algorithm: Option<String>,
    /// Digits of a code, 6 or 8; 6 unless told otherwise.
    #[schema(minimum = 6, maximum = 8, multiple_of = 2, example = 6)]
    #[serde(default, deserialize_with = "whole")]
    digits: Option<u8>,
    /// Seconds of a time step; 30 unless told otherwise.
    #[schema(minimum = 30, maximum = 60, example = 30)]
    #[serde(default, deserialize_with = "whole")]
    interval: Option<u64>,
    /// What the app shows beside the portal's name: 1 to 128 characters, none of them a control character or a change of direction. The proved
    /// address unless told otherwise.
    #[schema(
        pattern = r"^\s*[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^:\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,126}[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?\s*$",
        example = "ada@example.org"
    )]
    account: Option<String>,
}

/// Begin to enrol an authenticator app
///
/// The secret is new and counts for nothing before a right code; it is gone after 10 minutes without one. An enrolment
/// that waits gives way to this one.
#[utoipa::path(
    post,
    path = "/totp",
    operation_id = "beginTotp",
    tag = tag::TOTP,
    security(("session" = [])),
    request_body(content = BeginTotp, description = "An empty body will do."),
    responses(
        (status = CREATED, description = "Scan or type this.", body = Begun),
        ErrorResponses<(InSession, Changing, Sent, Bounded, Adding, AtMostOne)>,
    ),
)]
async fn begin(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Json(asked): Json<BeginTotp>,
) -> RouteResult<impl IntoResponse> {
    let begun = async {
        let setting = Setting::choose(asked.algorithm.as_deref(), asked.digits, asked.interval)?;
        app.portal.begin_totp(&visit, setting, asked.account.as_deref()).await
    };
    let begun = begun.await.map_err(RouteError::by(&app))?;
    Ok((StatusCode::CREATED, axum::Json(Begun::of(&begun.provisioning))))
}

/// Pass the authenticator app
///
/// The first right code confirms the enrolment and is burned by it. A code of one step before or after the present one is
/// taken too, and none of a step at or before the last one that passed. After a rise of level the session has a new
/// cookie, and the old one is dead.
#[utoipa::path(
    post,
    path = "/totp/verify",
    operation_id = "verifyTotp",
    tag = tag::TOTP,
    security(("session" = [])),
    request_body(content = Otp, description = "The code that the app shows."),
    responses(
        (status = OK, description = "Whether it was right.", body = Status,
            headers(("Set-Cookie" = String, description = "The session's new cookie, if its level rose."))),
        ErrorResponses<(InSession, Changing, Sent, Typed, Adding, Tried, Enrolled)>,
    ),
)]
async fn verify(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(otp): Json<Otp>,
) -> Response {
    let verified = async { app.portal.answer_totp(&visit, &otp.code()?).await };
    verified_or_not(verified.await, &app, &cookie, &change).await
}

/// Remove the authenticator app
///
/// Confirmed or not.
#[utoipa::path(
    delete,
    path = "/totp",
    operation_id = "removeTotp",
    tag = tag::TOTP,
    security(("session" = [])),
    responses((status = NO_CONTENT, description = "It is gone."), ErrorResponses<(InSession, Changing, Altering, Enrolled)>),
)]
async fn remove(State(app): State<AppState>, Extension(visit): Extension<Visit>) -> RouteResult<StatusCode> {
    app.portal.remove_totp(&visit).await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}
