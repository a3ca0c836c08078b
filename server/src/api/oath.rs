//! What routes with codes have in common: the code, the enrolment that waits for one, and what came of it.

use postern_app::factor::otpauth::Provisioning;
use postern_app::model::{Code, Refusal};
use postern_app::portal::{Answer, No, Passed};
use postern_app::web::session::{self, CookieChange};
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;

#[derive(Deserialize)]
pub struct Otp {
    otp: String,
}

impl Otp {
    pub fn code(&self) -> Answer<Code> {
        code(&self.otp)
    }
}

pub fn code(typed: &str) -> Answer<Code> {
    typed.parse().map_err(|_| Refusal::NotACode.into())
}

#[derive(Serialize)]
pub struct Begun {
    uri: String,
    secret: String,
    qr_svg: String,
    confirmed: bool,
}

impl Begun {
    pub fn of(made: &Provisioning) -> Self {
        Self {
            uri: made.uri.expose().clone(),
            secret: made.key.expose().clone(),
            qr_svg: made.qr_svg.expose().clone(),
            confirmed: false,
        }
    }
}

/// Whether it was right; after a rise the session has a new id.
pub async fn status_of(verified: Answer<Passed>, cookie: &Cookie, change: &CookieChange) -> Answer<bool> {
    match verified {
        Ok(Passed { rose: true, .. }) => session::rotate(cookie, change).await.map(|()| true).map_err(No::from),
        Ok(_) => Ok(true),
        Err(No::Refused(Refusal::Wrong { .. } | Refusal::Replayed { .. })) => Ok(false),
        Err(no) => Err(no),
    }
}
