//! The `x-mfa-` headers of the WebAuthn routes.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use postern_app::client::{RelyingUser, ResidentKey};
use postern_app::web::context::AppState;
use postern_core::factor::security_key::{NotAParty, RelyingParty};
use postern_core::model::typed_text::{NameError, display_name};
use postern_core::model::{Refusal, SubjectId};
use utoipa::IntoParams;

use crate::api::Problem;

/// The longest header, in characters.
const LENGTH: usize = 255;

const RESIDENT_KEY: &str = "x-mfa-ResidentKey";

/// Whom a ceremony is for, who may be new.
pub struct For {
    pub user: RelyingUser,
    pub id: Option<SubjectId>,
}

impl FromRequestParts<AppState> for For {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        read(&parts.headers).map_err(|refusal| Problem::of(&refusal.into(), app.portal.now()))
    }
}

/// Whom a ceremony is for, who is there already.
pub struct ForKnown {
    pub rp: RelyingParty,
    pub id: SubjectId,
}

impl FromRequestParts<AppState> for ForKnown {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let For { user: RelyingUser { rp, .. }, id } = For::from_request_parts(parts, app).await?;
        let id = id.ok_or_else(|| Problem::of(&bad("x-mfa-UserUUID").into(), app.portal.now()))?;
        Ok(Self { rp, id })
    }
}

/// The user that is named, where nothing else matters, in printable ASCII. What is no id of ours names nobody.
pub struct User(pub Option<SubjectId>);

impl FromRequestParts<AppState> for User {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let named = user(&parts.headers).and_then(|id| id.ok_or_else(|| bad("x-mfa-UserUUID")));
        // As it was sent: what was trimmed may be white space of Unicode.
        let sent = parts.headers.get("x-mfa-UserUUID").map(|sent| sent.as_bytes().trim_ascii()).unwrap_or_default();
        let is_printable = sent.iter().all(u8::is_ascii_graphic);
        let named = named.and_then(|id| if is_printable { Ok(id) } else { Err(bad("x-mfa-UserUUID")) });
        named.map(|id| Self(id.parse().ok())).map_err(|refusal| Problem::of(&refusal.into(), app.portal.now()))
    }
}

fn read(headers: &HeaderMap) -> Result<For, Refusal> {
    let needed = |name: &str| given(headers, name)?.ok_or_else(|| bad(name));
    let name = needed("x-mfa-RPDisplayName")?;
    let rp = RelyingParty::named(&name, &needed("x-mfa-RPID")?, &needed("x-mfa-RPOrigin")?);
    let user = RelyingUser {
        rp: rp.map_err(|why| match why {
            NotAParty::Id => bad("x-mfa-RPID"),
            NotAParty::Origin => bad("x-mfa-RPOrigin"),
        })?,
        name: needed("x-mfa-Username")?,
        display_name: needed("x-mfa-UserDisplayName")?,
        resident_key: match given(headers, RESIDENT_KEY)?.as_deref() {
            None | Some("preferred") => ResidentKey::Preferred,
            Some("discouraged") => ResidentKey::Discouraged,
            Some(_) => return Err(bad(RESIDENT_KEY)),
        },
    };
    let id = self::user(headers)?.map(|id| id.parse().map_err(|_| Refusal::NotEnrolled)).transpose()?;
    Ok(For { user, id })
}

fn user(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    given(headers, "x-mfa-UserUUID")
}

/// A header as UTF-8. An empty one is none; one that is doubled, too long or holds control characters is refused by name.
fn given(headers: &HeaderMap, name: &str) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad(name));
    }
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| bad(name))?;
    match display_name(text, LENGTH) {
        Ok(text) => Ok(Some(text)),
        Err(NameError::Empty) => Ok(None),
        Err(NameError::TooLong | NameError::Control) => Err(bad(name)),
    }
}

fn bad(name: impl Into<String>) -> Refusal {
    Refusal::BadSetting(name.into())
}

/// The relying party and its user, for the description. Texts are UTF-8, and none is sent twice.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here; headers are read one by one")]
pub struct Relying {
    /// What people call the relying party: 1 to 255 characters, none of them a control character or a change of direction.
    #[param(
        rename = "x-mfa-RPDisplayName",
        pattern = r"^[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,253}[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?$",
        example = "Shop"
    )]
    rp_display_name: String,
    /// A domain in lower case, without scheme and port (WebAuthn Level 3, 5.4.2).
    #[param(
        rename = "x-mfa-RPID",
        pattern = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.){0,3}[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        example = "shop.example"
    )]
    rp_id: String,
    /// The origin of the page that asks the browser, as a browser writes it: `https://host[:port]`, or
    /// `http://localhost[:port]`. Its host is the relying party's id, or below it.
    #[param(
        rename = "x-mfa-RPOrigin",
        pattern = r"^(https://[a-z0-9.-]{1,200}|http://localhost)(:[0-9]{1,5})?$",
        example = "https://login.shop.example"
    )]
    rp_origin: String,
    /// What the user signs in with: 1 to 255 characters, none of them a control character or a change of direction.
    #[param(
        rename = "x-mfa-Username",
        pattern = r"^[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,253}[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?$",
        example = "ada@shop.example"
    )]
    username: String,
    /// What people call the user: 1 to 255 characters, none of them a control character or a change of direction.
    #[param(
        rename = "x-mfa-UserDisplayName",
        pattern = r"^[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]([^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,253}[^\s\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069])?$",
        example = "Ada"
    )]
    user_display_name: String,
    /// For older clients; it is not read.
    #[param(rename = "x-mfa-RPIcon", required = false)]
    rp_icon: String,
    /// For older clients; it is not read.
    #[param(rename = "x-mfa-UserIcon", required = false)]
    user_icon: String,
}

/// The user, if there is one already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here; headers are read one by one")]
pub struct UserIfKnown {
    /// The user who gets one more key; of U2F, too. Without it there is a new user.
    #[param(
        rename = "x-mfa-UserUUID",
        required = false,
        format = "uuid",
        example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70"
    )]
    user_uuid: String,
}

/// What kind of key is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here; headers are read one by one")]
pub struct WantedKey {
    /// Whether the key is to be kept as one that is found without naming its user, `residentKey` of WebAuthn Level 3,
    /// 5.4.6: `preferred` unless told otherwise.
    #[param(
        rename = "x-mfa-ResidentKey",
        required = false,
        pattern = "^(preferred|discouraged)$",
        example = "preferred"
    )]
    resident_key: String,
}

/// The user, who may be gone.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here; headers are read one by one")]
pub struct Whoever {
    /// The user, as the registration named them; it may be the uuid of a U2F key.
    #[param(rename = "x-mfa-UserUUID", pattern = r"^[!-~]{1,255}$", example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")]
    user_uuid: String,
}

/// The user.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here; headers are read one by one")]
pub struct NamedUser {
    /// The user, as the registration named them; it may be the uuid of a U2F key.
    #[param(rename = "x-mfa-UserUUID", format = "uuid", example = "0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70")]
    user_uuid: String,
}
