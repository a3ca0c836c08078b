//! `/healthz`: the process is alive. `/readyz`: the store answers too; how mail is doing stands beside it, since
//! letters wait for it and nobody else does. No session, no cookie.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use postern_app::port::Store;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::refusals::{May, Watched};
use crate::api::tag;
use crate::mail::MailHealth;

/// What machines ask.
pub const PATHS: [&str; 2] = ["/healthz", "/readyz"];

#[derive(Clone)]
pub struct Health {
    pub store: Arc<dyn Store>,
    pub mail: Arc<MailHealth>,
}

pub fn routes<S: Clone + Send + Sync + 'static>(health: Health) -> OpenApiRouter<S> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready)).with_state(health)
}

/// How something is doing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Up,
    Down,
}

impl From<bool> for Standing {
    fn from(up: bool) -> Self {
        if up { Self::Up } else { Self::Down }
    }
}

/// The process answers.
#[derive(Serialize, ToSchema)]
struct Alive {
    status: Standing,
}

/// Whether what the process needs answers.
#[derive(Serialize, ToSchema)]
struct Ready {
    /// Without it nothing is done.
    store: Standing,
    /// Letters wait while it is down; nobody else does.
    mail: Standing,
}

/// Tell whether the process is alive
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "alive",
    tag = tag::HEALTH,
    security(()),
    responses((status = OK, description = "It is.", body = Alive), May<(Watched,)>),
)]
async fn alive() -> Json<Alive> {
    Json(Alive { status: Standing::Up })
}

/// Tell whether the process can do its work
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "ready",
    tag = tag::HEALTH,
    security(()),
    responses(
        (status = OK, description = "The store answers.", body = Ready),
        (status = SERVICE_UNAVAILABLE, description = "The store does not answer.", body = Ready),
        May<(Watched,)>,
    ),
)]
async fn ready(State(health): State<Health>) -> (StatusCode, Json<Ready>) {
    let store = health.store.ping().await.is_ok();
    let status = if store { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Ready { store: store.into(), mail: health.mail.is_up().into() }))
}
