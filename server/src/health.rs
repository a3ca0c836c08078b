//! `/healthz`: the process is alive. `/readyz`: the store does what requests need, too; how mail is doing stands beside it, since
//! letters wait for it and nobody else does. No session, no cookie.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use postern_app::portal::{NotReady, Portal};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::refusals::{ErrorResponses, Watched};
use crate::api::tag;
use crate::mail::MailHealth;
use crate::signals::Draining;

/// How often the store is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What machines ask.
pub const PATHS: [&str; 2] = ["/healthz", "/readyz"];

#[derive(Clone)]
pub struct Health {
    pub store: Arc<StoreHealth>,
    pub mail: Arc<MailHealth>,
    pub draining: Draining,
}

/// Checks the store, for however many ask at once: who comes while a check is under way waits for the next, and all of
/// them share that.
pub struct StoreHealth {
    portal: Arc<Portal>,
    begun: AtomicU64,
    last: Mutex<(u64, Result<(), NotReady>)>,
}

impl StoreHealth {
    pub fn new(portal: Arc<Portal>) -> Self {
        Self { portal, begun: AtomicU64::new(0), last: Mutex::new((0, Ok(()))) }
    }

    /// Whether the store is fit for requests, as of now.
    pub async fn check(&self) -> Result<(), NotReady> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.0 > before {
            return last.1.clone();
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let result = self.portal.check_readiness().await;
        if last.1 != result {
            match &result {
                Ok(()) => tracing::info!("the store is ready again"),
                Err(reason) => tracing::error!(%reason, "the store is not ready"),
            }
        }
        *last = (number, result.clone());
        result
    }

    /// Looks regularly whether the store is still the one that was opened and fit for use, also where nobody asks, and
    /// logs what changes.
    pub async fn watch(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        let watching = async {
            let mut seen = Ok(());
            loop {
                tokio::time::sleep(LOOK).await;
                let found = self.portal.look_at_store().await;
                if found != seen {
                    match &found {
                        Ok(()) => tracing::info!("the store is fit for use again"),
                        Err(reason) => tracing::error!(%reason, "the store is not fit for use"),
                    }
                }
                seen = found;
            }
        };
        tokio::select! {
            () = watching => {}
            () = stop => {}
        }
    }
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
    /// Why the store is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The process is about to stop: send requests to another.
    draining: bool,
}

/// Tell whether the process is alive
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "alive",
    tag = tag::HEALTH,
    security(()),
    responses((status = OK, description = "It is.", body = Alive), ErrorResponses<(Watched,)>),
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
        (status = OK, description = "The store takes and gives back what is written to it.", body = Ready),
        (
            status = SERVICE_UNAVAILABLE,
            description = "The store does not do what requests need, or the process is about to stop.",
            body = Ready
        ),
        ErrorResponses<(Watched,)>,
    ),
)]
async fn ready(State(health): State<Health>) -> (StatusCode, Json<Ready>) {
    let (store, draining) = (health.store.check().await, health.draining.is_on());
    let status = if store.is_ok() && !draining { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mail = health.mail.is_up().into();
    let reason = store.as_ref().err().map(ToString::to_string);
    (status, Json(Ready { store: store.is_ok().into(), mail, reason, draining }))
}
