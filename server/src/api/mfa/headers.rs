//! The `x-mfa-` headers of the WebAuthn routes.

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;
use postern_app::client::RelyingUser;
use postern_app::factor::security_key::{NotAParty, RelyingParty};
use postern_app::model::{Refusal, SubjectId};
use postern_app::web::front::House;

use crate::api::Problem;

/// The longest header, in characters.
const LENGTH: usize = 255;

/// Whom a ceremony is for.
pub struct For {
    pub user: RelyingUser,
    pub id: Option<SubjectId>,
}

impl For {
    /// The user that is named, where one has to be.
    pub fn named(&self) -> Result<&SubjectId, Refusal> {
        self.id.as_ref().ok_or_else(|| bad("x-mfa-UserUUID"))
    }
}

impl FromRequestParts<House> for For {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Problem> {
        read(&parts.headers).map_err(|refusal| Problem::of(&refusal.into(), house.portal.now()))
    }
}

/// The user that is named, where nothing else matters.
pub struct User(pub SubjectId);

impl FromRequestParts<House> for User {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Problem> {
        let named = user(&parts.headers).and_then(|id| id.ok_or_else(|| bad("x-mfa-UserUUID")));
        named.map(Self).map_err(|refusal| Problem::of(&refusal.into(), house.portal.now()))
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
    };
    Ok(For { user, id: self::user(headers)? })
}

fn user(headers: &HeaderMap) -> Result<Option<SubjectId>, Refusal> {
    let id = given(headers, "x-mfa-UserUUID")?;
    id.map(|id| id.parse().map_err(|_| Refusal::NotEnrolled)).transpose()
}

/// A header as UTF-8. An empty one is none; one that is doubled, too long or holds control characters is refused by name.
fn given(headers: &HeaderMap, name: &str) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).map_err(|_| bad(name))?.trim();
    let too_much = values.next().is_some() || text.chars().count() > LENGTH || text.chars().any(char::is_control);
    if too_much { Err(bad(name)) } else { Ok((!text.is_empty()).then(|| text.to_owned())) }
}

fn bad(name: impl Into<String>) -> Refusal {
    Refusal::BadSetting(name.into())
}
