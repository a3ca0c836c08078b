//! What routes with codes have in common: the code, the enrolment that waits for one, and what came of it.

use axum::response::{IntoResponse, Response};
use postern_app::portal::{Answer, Passed, UseCaseError};
use postern_app::web::context::AppState;
use postern_app::web::session::{self, CookieChange};
use postern_core::factor::otpauth::Provisioning;
use postern_core::model::{Code, Refusal};
use serde::{Deserialize, Serialize};
use tower_sessions::Session as Cookie;
use utoipa::ToSchema;

use super::Problem;

/// A code as somebody typed it.
#[derive(Deserialize, ToSchema)]
pub struct Otp {
    /// 6 or 8 digits. White space, dashes and invisible characters (Unicode's Cf) around and inside are dropped, and decimal
    /// digits of other scripts than this pattern's are read as their values.
    #[schema(max_length = 64, pattern = r"^[\s-]*([0-9][\s-]*){6}(([0-9][\s-]*){2})?$", example = "482 913")]
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

/// A secret that waits for its first right code. Link, key and picture are one and the same.
#[derive(Serialize, ToSchema)]
#[schema(as = Enrolment)]
pub struct Begun {
    /// An `otpauth:` link, as authenticator apps read it.
    #[schema(
        format = "uri",
        example = "otpauth://totp/Postern:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Postern"
    )]
    uri: String,
    /// The key as base32 without padding (RFC 4648, 6).
    #[schema(pattern = "^[A-Z2-7]+$", example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: String,
    /// The link as a QR code: an SVG picture.
    #[schema(example = "<svg xmlns=\"http://www.w3.org/2000/svg\">…</svg>")]
    qr_svg: String,
    /// Always false: nothing is enrolled yet.
    #[schema(example = false)]
    confirmed: bool,
}

/// The hash under the HMAC (RFC 6238, 1.2).
#[derive(ToSchema)]
#[expect(dead_code, reason = "described here; the factor reads it")]
pub enum Algorithm {
    SHA1,
    SHA256,
    SHA512,
}

/// What came of a code.
#[derive(Serialize, ToSchema)]
#[schema(as = OtpStatus)]
pub struct Status {
    /// Whether it was right, and had not been used before.
    #[schema(example = true)]
    status: bool,
}

impl Begun {
    pub fn of(made: &Provisioning) -> Self {
        Self {
            uri: made.uri.expose().clone(),
            secret: made.key.expose().clone(),
            qr_svg: made.qr_svg().expose().clone(),
            confirmed: false,
        }
    }
}

/// Whether it was right; after a rise the session has a new id.
pub async fn status_of(verified: Answer<Passed>, cookie: &Cookie, change: &CookieChange) -> Answer<bool> {
    match verified {
        Ok(Passed { rose: true, .. }) => {
            session::rotate(cookie, change).await.map(|()| true).map_err(UseCaseError::from)
        }
        Ok(_) => Ok(true),
        Err(UseCaseError::Refused(Refusal::Wrong { .. } | Refusal::Replayed { .. })) => Ok(false),
        Err(no) => Err(no),
    }
}

/// 200 for right and wrong alike, and a new session id after a rise.
pub async fn verified_or_not(
    verified: Answer<Passed>,
    app: &AppState,
    cookie: &Cookie,
    change: &CookieChange,
) -> Response {
    match status_of(verified, cookie, change).await {
        Ok(status) => axum::Json(Status { status }).into_response(),
        Err(no) => Problem::of(&no, app.portal.now()).into_response(),
    }
}
