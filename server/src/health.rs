//! `/healthz`: the process is alive. `/readyz`: the store answers too; how mail is doing stands beside it, since
//! letters wait for it and nobody else does. No session, no cookie.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use postern_app::port::Store;
use serde_json::json;

use crate::mail::MailHealth;

#[derive(Clone)]
pub struct Health {
    pub store: Arc<dyn Store>,
    pub mail: Arc<MailHealth>,
}

pub fn routes<S: Clone + Send + Sync + 'static>(health: Health) -> Router<S> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(health)
}

async fn alive() -> Response {
    Json(json!({ "status": "up" })).into_response()
}

async fn ready(State(health): State<Health>) -> Response {
    let said = |up: bool| if up { "up" } else { "down" };
    let store = health.store.ping().await.is_ok();
    let status = if store { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "store": said(store), "mail": said(health.mail.is_up()) }))).into_response()
}
