//! `/api/v1/admin`: how the process and its store are doing, and what is logged. For operators, by name and password;
//! where neither is configured there is none of it. No session, no cookie.

mod basic_auth;

use std::sync::Arc;

use axum::extract::State;
use axum::middleware::from_fn_with_state;
use postern_app::portal::operator::Admission;
use postern_core::model::Timestamp;
use postern_core::port::Clock;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::refusals::{AsOperator, Bounded, Changing, ErrorResponses, Sent};
use super::{Json, Problem, kind, tag};
use crate::config;
use crate::health::Standing;
use crate::store::{About, OpenStore};
use crate::telemetry::Telemetry;

/// What a filter of logs may be long.
const LONGEST: usize = 1_000;

/// What operators reach. Cheap to clone.
#[derive(Clone)]
pub struct Operators(pub Arc<AdminState>);

pub struct AdminState {
    pub admission: Admission,
    pub store: OpenStore,
    pub telemetry: Telemetry,
    pub clock: Arc<dyn Clock>,
    pub started: Timestamp,
}

pub fn routes<S: Clone + Send + Sync + 'static>(operators: Operators) -> OpenApiRouter<S> {
    let routes = OpenApiRouter::new()
        .routes(routes!(server))
        .routes(routes!(database))
        .routes(routes!(logging, log_from_now_on))
        .route_layer(from_fn_with_state(operators.clone(), basic_auth::layer))
        .with_state(operators);
    OpenApiRouter::with_openapi(basic_auth::description()).nest("/api/v1/admin", routes)
}

/// How the process is doing.
#[derive(Serialize, ToSchema)]
struct Server {
    /// Who answers is up.
    status: Standing,
    /// Of Postern.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The process's clock.
    #[schema(format = DateTime, example = "2026-11-22T06:00:00Z")]
    datetime: String,
    /// Seconds since the process started.
    #[schema(minimum = 0, example = 86_400)]
    uptime: u64,
}

/// Tell how the process is doing
#[utoipa::path(
    get,
    path = "/server",
    operation_id = "aboutServer",
    tag = tag::OPERATORS.0,
    security(("operator" = [])),
    responses((status = OK, description = "It is up.", body = Server), ErrorResponses<AsOperator>),
)]
async fn server(State(Operators(reach)): State<Operators>) -> axum::Json<Server> {
    let now = reach.clock.now();
    axum::Json(Server {
        status: Standing::Up,
        version: env!("CARGO_PKG_VERSION"),
        datetime: now.rfc3339(),
        uptime: reach.started.secs_until(now),
    })
}

/// How the store is doing.
#[derive(Serialize, ToSchema)]
struct Database {
    /// Whether it answers.
    status: Standing,
    kind: Kind,
    /// Of the library that keeps the file, or of the Redis that answered; null if none did.
    #[schema(example = "7.0.15")]
    version: Option<String>,
    /// The process's clock.
    #[schema(format = DateTime, example = "2026-11-22T06:00:00Z")]
    datetime: String,
}

/// A file of the process's own, or Redis.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = StoreKind)]
enum Kind {
    Embedded,
    Redis,
}

/// Tell how the store is doing
///
/// While it is down, tries with a wrong password are counted for everybody together, and by each process for itself.
#[utoipa::path(
    get,
    path = "/database",
    operation_id = "aboutDatabase",
    tag = tag::OPERATORS.0,
    security(("operator" = [])),
    responses((status = OK, description = "Up or down.", body = Database), ErrorResponses<AsOperator>),
)]
async fn database(State(Operators(reach)): State<Operators>) -> axum::Json<Database> {
    let About { is_shared, version, is_up } = reach.store.about().await;
    let kind = if is_shared { Kind::Redis } else { Kind::Embedded };
    axum::Json(Database { status: is_up.into(), kind, version, datetime: reach.clock.now().rfc3339() })
}

/// What is logged.
#[derive(Serialize, Deserialize, ToSchema)]
struct Logging {
    /// `error`, `warn`, `info`, `debug`, `trace` or `off`, or several of `target=level` with commas between.
    #[schema(max_length = 1_000, example = "info,postern=debug")]
    level: String,
}

/// Tell what is logged
#[utoipa::path(
    get,
    path = "/logging",
    operation_id = "logging",
    tag = tag::OPERATORS.0,
    security(("operator" = [])),
    responses((status = OK, description = "What is logged now.", body = Logging), ErrorResponses<AsOperator>),
)]
async fn logging(State(Operators(reach)): State<Operators>) -> axum::Json<Logging> {
    axum::Json(Logging { level: reach.telemetry.filter() })
}

/// Log something else from now on
///
/// Until the process ends; it begins again with what is configured. Other processes log as they did.
#[utoipa::path(
    put,
    path = "/logging",
    operation_id = "setLogging",
    tag = tag::OPERATORS.0,
    security(("operator" = [])),
    request_body(content = Logging, description = "What to log."),
    responses(
        (status = OK, description = "What is logged from now on.", body = Logging),
        ErrorResponses<(AsOperator, Changing, Sent, Bounded)>,
    ),
)]
async fn log_from_now_on(
    State(Operators(reach)): State<Operators>,
    Json(Logging { level }): Json<Logging>,
) -> Result<axum::Json<Logging>, Problem> {
    let no_filter = |right: &str| Problem::new(kind::BAD_SETTING, format!("level is no log filter. {right}."));
    if level.len() > LONGEST {
        return Err(no_filter("It is too long"));
    }
    let level = config::log_filter(&level).map_err(|wrong| no_filter(&wrong.right))?;
    reach.telemetry.set_filter(&level).map_err(|error| no_filter(&error.to_string()))?;
    tracing::warn!(filter = level, "an operator changed what is logged");
    Ok(axum::Json(Logging { level }))
}
