//! `/api/v1/mfa`: second factors for other services. A client proves itself with its key and its secret in every request.

mod api_key;
mod headers;
mod messages;
mod totp;
mod u2f;
mod webauthn;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use postern_app::client::Caller;
use postern_app::portal::Answer;
use postern_app::web::context::AppState;
use postern_core::model::{Network, Refusal, SubjectId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::Problem;

pub fn routes() -> OpenApiRouter<AppState> {
    let routes = api_key::routes().merge(totp::routes()).merge(webauthn::routes()).merge(u2f::routes());
    OpenApiRouter::new().nest("/api/v1/mfa", routes)
}

/// The client that calls, by its headers.
pub struct FromClient(Arc<Caller>);

impl FromRequestParts<AppState> for FromClient {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let Some(network) = parts.extensions.get::<Network>().copied() else {
            return Err(Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR));
        };
        let (key, secret) = (text(&parts.headers, "x-mfa-apikey"), text(&parts.headers, "x-mfa-apisecret"));
        let caller = app.clients.caller(network, key, secret).await;
        caller.map(|caller| Self(Arc::new(caller))).map_err(|no| Problem::of(&no, app.portal.now()))
    }
}

/// A header's text; one that is missing, doubled or not UTF-8 is no key and no secret of anybody.
pub fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => str::from_utf8(value.as_bytes()).unwrap_or_default(),
        _ => "",
    }
}

/// What is no id of ours names nobody.
fn subject(id: &str) -> Answer<SubjectId> {
    id.parse().map_err(|_| Refusal::NotEnrolled.into())
}

/// It was right. What was not has another status; the members are for older clients.
#[derive(Serialize, ToSchema)]
struct Valid {
    #[schema(pattern = "^Valid$", example = "Valid")]
    message: &'static str,
    #[schema(minimum = 200, maximum = 200, example = 200)]
    status: u16,
}

const VALID: Valid = Valid { message: "Valid", status: 200 };
