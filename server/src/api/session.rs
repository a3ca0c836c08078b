//! `/api/v1/session`: the browser's session, as the pages have it, for programs with a cookie.

use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use postern_app::web::context::AppState;
use postern_app::web::session::{self, CookieChange};
use postern_core::model::{Timestamp, Visit};
use serde::Serialize;
use tower_sessions::Session as Cookie;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::refusals::{Beginning, Changing, ErrorResponses, InSession};
use super::{RouteError, RouteResult, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show, end))
}

/// The session as it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionShown {
    #[schema(format = DateTime, example = "2026-11-22T05:00:00Z")]
    created_at: String,
    /// A visitor's ends 60 minutes after it began; an account's 12 hours after, and after 60 minutes without use.
    #[schema(format = DateTime, example = "2026-11-22T06:00:00Z")]
    expires_at: String,
    /// What the factors passed in it amount to: 0 nothing, 1 mail, 2 mail and a code, 3 mail and a security key.
    #[schema(minimum = 0, maximum = 3, example = 2)]
    level: u8,
    /// All that is enrolled and confirmed, oldest first.
    factors: Vec<FactorShown>,
}

/// A factor of whoever has the session.
#[derive(Serialize, ToSchema)]
#[schema(as = Factor)]
struct FactorShown {
    #[schema(value_type = FactorKind)]
    kind: String,
    /// 128 random bits, as unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")]
    id: String,
    /// As its owner calls it; of a mail address, the address.
    #[schema(example = "Authenticator app")]
    name: String,
    #[schema(format = DateTime, example = "2026-11-22T05:01:10Z")]
    created_at: String,
    #[schema(format = DateTime, example = "2026-11-22T05:01:40Z")]
    last_used_at: Option<String>,
}

/// A kind of factor.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "described here; the factors name themselves")]
pub enum FactorKind {
    Email,
    Totp,
    Hotp,
    SecurityKey,
    Recovery,
}

/// Tell how the session stands
///
/// A request without a cookie begins a visitor's session and is given one. A cookie that is not known, or whose session
/// has ended, is answered with 401 and is neither adopted nor replaced.
#[utoipa::path(
    get,
    path = "/session",
    operation_id = "showSession",
    tag = tag::SESSION,
    security((), ("session" = [])),
    responses(
        (status = OK, description = "The session.", body = SessionShown,
            headers(("Set-Cookie" = String, description = "The cookie of a session that began just now."))),
        ErrorResponses<(InSession, Beginning)>,
    ),
)]
async fn show(State(app): State<AppState>, Extension(visit): Extension<Visit>) -> RouteResult<impl IntoResponse> {
    let look = app.portal.load_visit_state(&visit).await.map_err(RouteError::by(&app))?;
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

/// End the session
///
/// A visitor's ends with everything that was enrolled in it; whoever is signed in is signed out and keeps the account.
#[utoipa::path(
    delete,
    path = "/session",
    operation_id = "endSession",
    tag = tag::SESSION,
    security(("session" = [])),
    responses(
        (status = NO_CONTENT, description = "It is gone, and the cookie is taken back."),
        ErrorResponses<(InSession, Changing)>,
    ),
)]
async fn end(
    State(app): State<AppState>,
    Extension(visit): Extension<Visit>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
) -> RouteResult<StatusCode> {
    let ended = async {
        app.portal.leave(&visit).await?;
        Ok(session::end(&cookie, &change).await?)
    };
    ended.await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}
