//! `/api/v1/hotp`: counter tokens.

use axum::extract::State;
use axum::response::IntoResponse;
use axum::{Extension, Router, routing};
use http::StatusCode;
use postern_app::factor::hotp::Setting;
use postern_app::model::Visit;
use postern_app::portal::{Answer, Passed};
use postern_app::web::front::House;
use postern_app::web::session::CookieChange;
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;

use super::oath::{Begun, Otp, code, status_of};
use super::{Json, Refused, Shown};

pub fn routes() -> Router<House> {
    Router::new()
        .route("/hotp", routing::post(begin).delete(remove))
        .route("/hotp/verify", routing::post(verify))
        .route("/hotp/resync", routing::post(resync))
}

#[derive(Deserialize)]
struct Begin {
    algorithm: Option<String>,
    digits: Option<u8>,
    initial_count: Option<u64>,
    resync_threshold: Option<u64>,
    account: Option<String>,
}

#[derive(Serialize)]
struct HotpBegun {
    #[serde(flatten)]
    begun: Begun,
    counter: u64,
}

async fn begin(
    State(house): State<House>,
    Extension(visit): Extension<Visit>,
    Json(asked): Json<Begin>,
) -> Shown<impl IntoResponse> {
    let begun = async {
        let Begin { algorithm, digits, initial_count, resync_threshold, account } = asked;
        let setting = Setting::choose(algorithm.as_deref(), digits, initial_count, resync_threshold)?;
        house.portal.begin_hotp(&visit, setting, account.as_deref()).await
    };
    let begun = begun.await.map_err(Refused::by(&house))?;
    let body = HotpBegun { begun: Begun::of(&begun.provisioning), counter: begun.setting.initial_count };
    Ok((StatusCode::CREATED, axum::Json(body)))
}

/// Who sends a code, and the cookie that may have to change for it.
type Sender = (State<House>, Extension<Visit>, Extension<CookieChange>, Cookie);

async fn verify((State(house), Extension(visit), Extension(change), cookie): Sender, Json(otp): Json<Otp>) -> Standing {
    let verified = async { house.portal.answer_hotp(&visit, &otp.code()?).await };
    standing(verified.await, &house, &visit, &cookie, &change).await
}

#[derive(Deserialize)]
struct TwoOtps {
    otp: String,
    next_otp: String,
}

async fn resync(
    (State(house), Extension(visit), Extension(change), cookie): Sender,
    Json(TwoOtps { otp, next_otp }): Json<TwoOtps>,
) -> Standing {
    let verified = async { house.portal.resync_hotp(&visit, &code(&otp)?, &code(&next_otp)?).await };
    standing(verified.await, &house, &visit, &cookie, &change).await
}

#[derive(Serialize)]
struct Status {
    status: bool,
    /// The next one expected.
    counter: u64,
}

type Standing = Shown<axum::Json<Status>>;

/// 200 for right and wrong alike, with the counter that is expected from now on.
async fn standing(
    verified: Answer<Passed>,
    house: &House,
    visit: &Visit,
    cookie: &Cookie,
    change: &CookieChange,
) -> Standing {
    let stands = async {
        let status = status_of(verified, cookie, change).await?;
        Ok(Status { status, counter: house.portal.hotp_counter(visit).await? })
    };
    stands.await.map(axum::Json).map_err(Refused::by(house))
}

async fn remove(State(house): State<House>, Extension(visit): Extension<Visit>) -> Shown<StatusCode> {
    house.portal.remove_hotp(&visit).await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}
