//! `/api/v1`: parse, one call, answer. The use cases are the pages' own. Every route is registered together with its
//! description, so that none is without one.

pub mod admin;
pub mod description;
mod hotp;
mod input;
pub mod kind;
pub mod mfa;
mod oath;
mod otp;
mod problem;
pub mod quorum;
pub mod reference;
pub mod refusals;
mod security_keys;
mod session;
pub mod tag;
mod totp;
pub mod vault;
mod webauthn;

pub use description::Description;
pub use input::Json;
pub use problem::Problem;

use axum::response::{IntoResponse, Response};
use postern_app::portal::{Portal, UseCaseError};
use postern_app::web::context::AppState;
use utoipa_axum::router::OpenApiRouter;

/// The routes at which a browser's session begins.
pub fn beginning_sessions() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().nest("/api/v1", session::routes())
}

/// The routes of a browser's session.
pub fn of_session() -> OpenApiRouter<AppState> {
    let routes = otp::routes().merge(totp::routes()).merge(hotp::routes()).merge(security_keys::routes());
    OpenApiRouter::new().nest("/api/v1", routes)
}

/// What a handler answers.
type RouteResult<T> = Result<T, RouteError>;

/// A use case's no, as a problem.
pub struct RouteError(Problem);

impl RouteError {
    fn by(app: &AppState) -> impl FnOnce(UseCaseError) -> Self + use<> {
        let now = Portal::now(&app.portal);
        move |no| Self(Problem::of(&no, now))
    }
}

impl IntoResponse for RouteError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
