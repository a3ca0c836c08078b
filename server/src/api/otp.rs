//! `/api/v1/otp`: codes by mail.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use postern_app::portal::Sent;
use postern_app::web::context::AppState;
use postern_app::web::session::CookieChange;
use postern_core::factor::email_code::Purpose;
use postern_core::model::Visit;
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::oath::{Otp, Status, verified_or_not};
use super::refusals::{self, Changing, ErrorResponses, InSession, MailCode, Mailing, Typed};
use super::{Json, RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(send)).routes(routes!(verify))
}

/// Whose address is to be proved.
#[derive(Deserialize, ToSchema)]
struct SendOtp {
    /// A mail address with an ASCII part before the @ (RFC 5321, 4.1.2; no quoted strings).
    #[schema(format = Email, max_length = 254, example = "ada@example.org")]
    email: String,
}

/// A letter is on its way.
#[derive(Serialize, ToSchema)]
struct OtpSent {
    /// The address, with all but its first letter and its domain left out.
    #[schema(example = "a…@example.org")]
    sent_to: String,
    /// Seconds until the code is void.
    #[schema(minimum = 0, maximum = 300, example = 300)]
    expires_in: u64,
    /// Seconds until another may be asked for.
    #[schema(minimum = 0, maximum = 30, example = 30)]
    retry_after: u64,
}

/// Send a code to a mail address
///
/// The code has 6 digits, is good for 5 minutes and 5 tries, and takes the place of the one before. The answer is the same
/// whether anybody knows the address or not.
#[utoipa::path(
    post,
    path = "/otp",
    operation_id = "sendMailCode",
    tag = tag::MAIL_CODE,
    security(("session" = [])),
    request_body(content = SendOtp, description = "Where to send it."),
    responses(
        (status = ACCEPTED, description = "The letter is in the queue.", body = OtpSent),
        ErrorResponses<(InSession, Changing, refusals::Sent, Mailing)>,
    ),
)]
async fn send(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Json(SendOtp { email }): Json<SendOtp>,
) -> RouteResult<impl IntoResponse> {
    let sent = app.portal.send_mail_code(&visit, Purpose::Prove, &email).await.map_err(RouteError::by(&app))?;
    let now = app.portal.now();
    let Sent { to, ends, resend_at } = sent;
    let body =
        OtpSent { sent_to: to.masked(), expires_in: now.secs_until(ends), retry_after: now.secs_until(resend_at) };
    Ok((StatusCode::ACCEPTED, axum::Json(body)))
}

/// Prove the address by its code
///
/// The right code is burned by it. After a rise of level the session has a new cookie, and the old one is dead.
#[utoipa::path(
    post,
    path = "/otp/verify",
    operation_id = "verifyMailCode",
    tag = tag::MAIL_CODE,
    security(("session" = [])),
    request_body(content = Otp, description = "The code from the letter."),
    responses(
        (status = OK, description = "Whether it was right.", body = Status,
            headers(("Set-Cookie" = String, description = "The session's new cookie, if its level rose."))),
        ErrorResponses<(InSession, Changing, refusals::Sent, Typed, MailCode)>,
    ),
)]
async fn verify(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(otp): Json<Otp>,
) -> Response {
    let verified = async { app.portal.answer_mail_code(&visit, &otp.code()?).await };
    verified_or_not(verified.await, &app, &cookie, &change).await
}
