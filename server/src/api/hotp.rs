//! `/api/v1/hotp`: counter tokens.

use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use postern_app::portal::{Answer, Passed};
use postern_app::web::context::AppState;
use postern_app::web::session::CookieChange;
use postern_core::factor::hotp::Setting;
use postern_core::model::Visit;
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::input::whole;
use super::oath::{Algorithm, Begun, Otp, code, status_of};
use super::refusals::{
    Adding, Altering, AtMostOne, Bounded, Changing, Enrolled, ErrorResponses, InSession, Sent, Tried, Typed,
};
use super::{Json, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(begin, remove)).routes(routes!(verify)).routes(routes!(resync))
}

/// How codes are to be made, and where counting begins (RFC 4226). Some apps ignore all of it but the counter.
#[derive(Deserialize, ToSchema)]
struct BeginHotp {
    /// The hash under the HMAC; SHA1 unless told otherwise.
    #[schema(value_type = Option<Algorithm>)]
    algorithm: Option<String>,
    /// Digits of a code, 6 or 8; 6 unless told otherwise.
    #[schema(minimum = 6, maximum = 8, multiple_of = 2, example = 6)]
    #[serde(default, deserialize_with = "whole")]
    digits: Option<u8>,
    /// The first counter expected; 0 unless told otherwise.
    #[schema(minimum = 0, maximum = 9_223_372_036_854_775_807_i64, example = 0)]
    #[serde(default, deserialize_with = "whole")]
    initial_count: Option<u64>,
    /// How many codes may be skipped (RFC 4226, 7.4); 5 unless told otherwise.
    #[schema(minimum = 5, maximum = 10, example = 5)]
    #[serde(default, deserialize_with = "whole")]
    resync_threshold: Option<u64>,
    /// What the app shows beside the portal's name: 1 to 128 characters, none of them a control character or a change of direction. The proved
    /// address unless told otherwise.
    #[schema(
        pattern = r"^\s*[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^:\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,126}[^:\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?\s*$",
        example = "ada@example.org"
    )]
    account: Option<String>,
}

/// A secret that waits for its first right code, and the counter of that code.
#[derive(Serialize, ToSchema)]
#[schema(as = HotpEnrolment)]
struct HotpBegun {
    #[serde(flatten)]
    begun: Begun,
    /// The first counter expected.
    #[schema(minimum = 0, example = 0)]
    counter: u64,
}

/// Begin to enrol a counter token
///
/// The secret is new and counts for nothing before a right code; it is gone after 10 minutes without one. An enrolment
/// that waits gives way to this one.
#[utoipa::path(
    post,
    path = "/hotp",
    operation_id = "beginHotp",
    tag = tag::HOTP,
    security(("session" = [])),
    request_body(content = BeginHotp, description = "An empty body will do."),
    responses(
        (status = CREATED, description = "Scan or type this.", body = HotpBegun),
        ErrorResponses<(InSession, Changing, Sent, Bounded, Adding, AtMostOne)>,
    ),
)]
async fn begin(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Json(asked): Json<BeginHotp>,
) -> RouteResult<impl IntoResponse> {
    let begun = async {
        let BeginHotp { algorithm, digits, initial_count, resync_threshold, account } = asked;
        let setting = Setting::choose(algorithm.as_deref(), digits, initial_count, resync_threshold)?;
        app.portal.begin_hotp(&visit, setting, account.as_deref()).await
    };
    let begun = begun.await.map_err(RouteError::by(&app))?;
    let body = HotpBegun { begun: Begun::of(&begun.provisioning), counter: begun.setting.initial_count };
    Ok((StatusCode::CREATED, axum::Json(body)))
}

/// Pass the counter token
///
/// The first right code confirms the enrolment. Codes that were skipped are dead; none below the next counter is ever
/// taken. After a rise of level the session has a new cookie, and the old one is dead.
#[utoipa::path(
    post,
    path = "/hotp/verify",
    operation_id = "verifyHotp",
    tag = tag::HOTP,
    security(("session" = [])),
    request_body(content = Otp, description = "The code that the token shows."),
    responses(
        (status = OK, description = "Whether it was right, and the next counter.", body = Status,
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
) -> Standing {
    let verified = async { app.portal.answer_hotp(&visit, &otp.code()?).await };
    standing(verified.await, &app, &visit, &cookie, &change).await
}

/// Two codes that follow each other.
#[derive(Deserialize, ToSchema)]
struct TwoOtps {
    /// 6 or 8 ASCII digits. Spaces and dashes around and inside are dropped.
    #[schema(max_length = 64, pattern = r"^[\s-]*([0-9][\s-]*){6}(([0-9][\s-]*){2})?$", example = "755 224")]
    otp: String,
    /// The one that the token showed next.
    #[schema(max_length = 64, pattern = r"^[\s-]*([0-9][\s-]*){6}(([0-9][\s-]*){2})?$", example = "287 082")]
    next_otp: String,
}

/// Get a token back in step
///
/// By two codes in a row within the next 100 (RFC 4226, 7.4). It counts as one try, and passes the token.
#[utoipa::path(
    post,
    path = "/hotp/resync",
    operation_id = "resyncHotp",
    tag = tag::HOTP,
    security(("session" = [])),
    request_body(content = TwoOtps, description = "Two codes in a row."),
    responses(
        (status = OK, description = "Whether they were right, and the next counter.", body = Status,
            headers(("Set-Cookie" = String, description = "The session's new cookie, if its level rose."))),
        ErrorResponses<(InSession, Changing, Sent, Typed, Adding, Tried, Enrolled)>,
    ),
)]
async fn resync(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(TwoOtps { otp, next_otp }): Json<TwoOtps>,
) -> Standing {
    let verified = async { app.portal.resync_hotp(&visit, &code(&otp)?, &code(&next_otp)?).await };
    standing(verified.await, &app, &visit, &cookie, &change).await
}

/// What came of a code, and where the token stands.
#[derive(Serialize, ToSchema)]
#[schema(as = HotpStatus)]
struct Status {
    /// Whether it was right, and had not been used before.
    #[schema(example = true)]
    status: bool,
    /// The next counter expected.
    #[schema(minimum = 0, example = 1)]
    counter: u64,
}

type Standing = RouteResult<axum::Json<Status>>;

/// 200 for right and wrong alike, with the counter that is expected from now on.
async fn standing(
    verified: Answer<Passed>,
    app: &AppState,
    visit: &Visit,
    cookie: &Cookie,
    change: &CookieChange,
) -> Standing {
    let stands = async {
        let status = status_of(verified, cookie, change).await?;
        Ok(Status { status, counter: app.portal.hotp_counter(visit).await? })
    };
    stands.await.map(axum::Json).map_err(RouteError::by(app))
}

/// Remove the counter token
///
/// Confirmed or not.
#[utoipa::path(
    delete,
    path = "/hotp",
    operation_id = "removeHotp",
    tag = tag::HOTP,
    security(("session" = [])),
    responses((status = NO_CONTENT, description = "It is gone."), ErrorResponses<(InSession, Changing, Altering, Enrolled)>),
)]
async fn remove(State(app): State<AppState>, Extension(visit): Extension<Visit>) -> RouteResult<StatusCode> {
    app.portal.remove_hotp(&visit).await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}
