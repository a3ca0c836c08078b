//! `/api/v1`: parse, one call, answer. The use cases are the pages' own.

pub mod hotp;
mod input;
pub mod mfa;
mod oath;
mod problem;
mod security_keys;
pub mod session;

pub use input::Json;
pub use problem::Problem;

use axum::response::{IntoResponse, Response};
use postern_app::portal::{No, Portal};
use postern_app::web::front::House;

/// What a handler answers.
type Shown<T> = Result<T, Refused>;

/// A use case's no, as a problem.
pub struct Refused(Problem);

impl Refused {
    fn by(house: &House) -> impl FnOnce(No) -> Self + use<> {
        let now = Portal::now(&house.portal);
        move |no| Self(Problem::of(&no, now))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
