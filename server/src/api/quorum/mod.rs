//! `/api/v1/quorum`: one TOTP secret, several custodians. No session and no cookie: a share, or a session's private key, is
//! all that anybody proves. Bodies are JSON or forms.

mod body;
mod deal;
mod refused;
mod sessions;

use postern_app::web::context::AppState;
use utoipa_axum::router::OpenApiRouter;

use refused::{RouteError, RouteResult};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().nest("/api/v1/quorum", deal::routes().merge(sessions::routes()))
}
