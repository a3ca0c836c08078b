//! Time-based codes of clients' users.

use axum::extract::{Path, State};
use axum::{Router, routing};
use data_encoding::BASE64;
use http::StatusCode;
use postern_app::client::ClientTotp;
use postern_app::factor::totp::Setting;
use postern_app::web::front::House;
use serde::{Deserialize, Serialize};

use super::{FromClient, VALID, Valid, subject};
use crate::api::oath::code;
use crate::api::{Json, Refused, Shown};

pub fn routes() -> Router<House> {
    Router::new()
        .route("/totp", routing::post(begin))
        .route("/totp/{uuid}", routing::delete(remove))
        .route("/totp/{uuid}/validate", routing::post(validate))
}

#[derive(Deserialize)]
struct Begin {
    issuer: Option<String>,
    label: Option<String>,
    algorithm: Option<String>,
    digits: Option<u8>,
    period: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    uuid: String,
    totp_key: String,
    image_url: String,
    otp_auth_url: String,
}

async fn begin(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Json(Begin { issuer, label, algorithm, digits, period }): Json<Begin>,
) -> Shown<axum::Json<Begun>> {
    let begun = async {
        let setting = Setting::choose(algorithm.as_deref(), digits, period)?;
        house.clients.begin_totp(&caller, setting, issuer.as_deref(), label.as_deref()).await
    };
    let ClientTotp { id, provisioning } = begun.await.map_err(Refused::by(&house))?;
    let picture = BASE64.encode(provisioning.qr_png().expose());
    Ok(axum::Json(Begun {
        uuid: id.to_string(),
        totp_key: provisioning.key.expose().clone(),
        image_url: format!("data:image/png;base64,{picture}"),
        otp_auth_url: provisioning.uri.expose().clone(),
    }))
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

async fn validate(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
    Json(Code { code: typed }): Json<Code>,
) -> Shown<axum::Json<Valid>> {
    let validated = async { house.clients.answer_totp(&caller, &subject(&uuid)?, &code(&typed)?).await };
    validated.await.map_err(Refused::by(&house))?;
    Ok(axum::Json(VALID))
}

async fn remove(
    State(house): State<House>,
    FromClient(caller): FromClient,
    Path(uuid): Path<String>,
) -> Shown<StatusCode> {
    let removed = async { house.clients.remove_totp(&caller, &subject(&uuid)?).await };
    removed.await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}
