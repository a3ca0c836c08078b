//! Keys for clients: by mail, activated once, rotated.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Router, routing};
use http::{HeaderMap, StatusCode};
use postern_app::client::{Pair, Rotation};
use postern_app::model::{Network, Refusal};
use postern_app::web::front::House;
use serde::{Deserialize, Serialize};

use crate::api::{Json, Refused, Shown};

/// What a request for a key must carry, where an operator has put a gateway in front.
#[derive(Clone, Default)]
pub struct Gateway(pub Option<Arc<str>>);

impl Gateway {
    /// In constant time for every key of the right length.
    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let Some(key) = &self.0 else { return true };
        let given = super::text(headers, "x-api-key").as_bytes();
        let differ = key.bytes().zip(given).fold(0, |differ, (a, b)| differ | (a ^ b));
        key.len() == given.len() && differ == 0
    }
}

pub fn routes() -> Router<House> {
    Router::new()
        .route("/api-key", routing::post(ask))
        .route("/api-key/activate", routing::post(activate))
        .route("/api-key/rotate", routing::post(rotate))
}

#[derive(Deserialize)]
struct Ask {
    email: String,
}

async fn ask(
    State(house): State<House>,
    Extension(network): Extension<Network>,
    Extension(gateway): Extension<Gateway>,
    headers: HeaderMap,
    Json(Ask { email }): Json<Ask>,
) -> Shown<StatusCode> {
    let asked = async {
        if !gateway.lets_in(&headers) {
            return Err(Refusal::NotTheGateway.into());
        }
        house.clients.ask_key(network, &email, None).await
    };
    asked.await.map_err(Refused::by(&house))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activate {
    email: String,
    #[serde(alias = "apiKeyValue")]
    api_key: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Activated {
    api_secret: String,
}

async fn activate(
    State(house): State<House>,
    Extension(network): Extension<Network>,
    Json(Activate { email, api_key }): Json<Activate>,
) -> Shown<axum::Json<Activated>> {
    let secret = house.clients.activate(network, &email, &api_key).await.map_err(Refused::by(&house))?;
    Ok(axum::Json(Activated { api_secret: secret.to_text().expose().clone() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rotate {
    old_key_id: String,
    old_key_secret: String,
    new_key_id: String,
    new_key_secret: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rotated {
    totp_complete: u64,
    totp_incomplete: u64,
    webauthn_complete: u64,
    webauthn_incomplete: u64,
}

async fn rotate(
    State(house): State<House>,
    Extension(network): Extension<Network>,
    Json(asked): Json<Rotate>,
) -> Shown<axum::Json<Rotated>> {
    let old = Pair { key: &asked.old_key_id, secret: &asked.old_key_secret };
    let new = Pair { key: &asked.new_key_id, secret: &asked.new_key_secret };
    let Rotation { totp_complete, totp_incomplete, keys_complete, keys_incomplete } =
        house.clients.rotate(network, old, new).await.map_err(Refused::by(&house))?;
    Ok(axum::Json(Rotated {
        totp_complete,
        totp_incomplete,
        webauthn_complete: keys_complete,
        webauthn_incomplete: keys_incomplete,
    }))
}
