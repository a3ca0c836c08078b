//! The browser session's API: the pages' session, factors and limits, for programs with a cookie.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, routing};
use http::StatusCode;
use postern_app::factor::email_code::Purpose;
use postern_app::factor::totp::Setting;
use postern_app::model::{Timestamp, Visit};
use postern_app::portal::{Answer, Passed, Sent};
use postern_app::web::front::House;
use postern_app::web::session::{self, CookieChange};
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;

use super::oath::{Begun, Otp, status_of};
use super::{Json, Problem, Refused, Shown};

pub fn routes() -> Router<House> {
    Router::new()
        .route("/session", routing::get(show).delete(end))
        .route("/otp", routing::post(send_otp))
        .route("/otp/verify", routing::post(verify_otp))
        .route("/totp", routing::post(begin_totp).delete(remove_totp))
        .route("/totp/verify", routing::post(verify_totp))
        .merge(super::security_keys::routes())
}

#[derive(Serialize)]
struct SessionShown {
    created_at: String,
    expires_at: String,
    level: u8,
    factors: Vec<FactorShown>,
}

#[derive(Serialize)]
struct FactorShown {
    kind: String,
    id: String,
    name: String,
    created_at: String,
    last_used_at: Option<String>,
}

async fn show(State(house): State<House>, Extension(visit): Extension<Visit>) -> Shown<impl IntoResponse> {
    let look = house.portal.look(&visit).await.map_err(Refused::by(&house))?;
    let factors = look.enrolled().map(|factor| FactorShown {
        kind: factor.kind.to_string(),
        id: factor.id.to_string(),
        name: factor.name.clone(),
        created_at: factor.added_at.rfc3339(),
        last_used_at: factor.last_used_at.map(Timestamp::rfc3339),
    });
    Ok(axum::Json(SessionShown {
        created_at: visit.session.begun_at.rfc3339(),
        expires_at: visit.session.ends_at.rfc3339(),
        level: look.level.number(),
        factors: factors.collect(),
    }))
}

async fn end(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
) -> Shown<StatusCode> {
    let ended = async {
        house.portal.leave(&visit).await?;
        Ok(session::end(&cookie, &change).await?)
    };
    ended.await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct SendOtp {
    email: String,
}

#[derive(Serialize)]
struct OtpSent {
    sent_to: String,
    /// Seconds until the code is void.
    expires_in: u64,
    /// Seconds until another may be asked for.
    retry_after: u64,
}

async fn send_otp(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Json(SendOtp { email }): Json<SendOtp>,
) -> Shown<impl IntoResponse> {
    let sent = house.portal.send_mail_code(&visit, Purpose::Prove, &email).await.map_err(Refused::by(&house))?;
    let now = house.portal.now();
    let Sent { to, ends, resend_at } = sent;
    let body =
        OtpSent { sent_to: to.masked(), expires_in: now.secs_until(ends), retry_after: now.secs_until(resend_at) };
    Ok((StatusCode::ACCEPTED, axum::Json(body)))
}

#[derive(Serialize)]
struct Status {
    status: bool,
}

async fn verify_otp(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(otp): Json<Otp>,
) -> Response {
    let verified = async { house.portal.answer_mail_code(&visit, &otp.code()?).await };
    verified_or_not(verified.await, &house, &cookie, &change).await
}

#[derive(Deserialize)]
struct BeginTotp {
    algorithm: Option<String>,
    digits: Option<u8>,
    interval: Option<u64>,
    account: Option<String>,
}

async fn begin_totp(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Json(asked): Json<BeginTotp>,
) -> Shown<impl IntoResponse> {
    let begun = async {
        let setting = Setting::choose(asked.algorithm.as_deref(), asked.digits, asked.interval)?;
        house.portal.begin_totp(&visit, setting, asked.account.as_deref()).await
    };
    let begun = begun.await.map_err(Refused::by(&house))?;
    Ok((StatusCode::CREATED, axum::Json(Begun::of(&begun.provisioning))))
}

async fn verify_totp(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Json(otp): Json<Otp>,
) -> Response {
    let verified = async { house.portal.answer_totp(&visit, &otp.code()?).await };
    verified_or_not(verified.await, &house, &cookie, &change).await
}

async fn remove_totp(State(house): State<House>, Extension(visit): Extension<Visit>) -> Shown<StatusCode> {
    house.portal.remove_totp(&visit).await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}

/// 200 for right and wrong alike, and a new session id after a rise.
async fn verified_or_not(verified: Answer<Passed>, house: &House, cookie: &Cookie, change: &CookieChange) -> Response {
    match status_of(verified, cookie, change).await {
        Ok(status) => axum::Json(Status { status }).into_response(),
        Err(no) => Problem::of(&no, house.portal.now()).into_response(),
    }
}
