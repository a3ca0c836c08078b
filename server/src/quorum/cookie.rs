//! Cookies for the page of one quorum's session, and for what is below it: no other page ever gets them.

use http::{HeaderMap, HeaderValue};
use postern_app::pages::quorum::Said;
use postern_app::quorum::SessionId;
use postern_app::web::cookies;
use postern_app::web::path::Page;

/// A cookie, by its name without the prefix that https gives it (RFC 6265bis 4.1.3.1).
pub struct Cookie(&'static str);

/// The private half of the session's key, in the browser of the one who asked and nowhere else.
pub const PRIVATE: Cookie = Cookie("postern-quorum");

/// What the page says next, once.
pub const SAID: Cookie = Cookie("postern-quorum-said");

/// How a private key begins, as age writes it.
const PRIVATE_KEY: &str = "AGE-SECRET-KEY-1";

impl Cookie {
    fn name(&self, https: bool) -> String {
        format!("{}{}", if https { "__Secure-" } else { "" }, self.0)
    }

    /// For `lasts` seconds; `None`, if the value cannot stand in a header.
    pub fn set(&self, id: &SessionId, value: &str, lasts: u64, https: bool) -> Option<HeaderValue> {
        let (name, secure) = (self.name(https), if https { "; Secure" } else { "" });
        let path = Page::Quorum.path();
        let text = format!("{name}={value}; Path={path}/{id}; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}");
        let mut cookie = HeaderValue::from_str(&text).ok()?;
        cookie.set_sensitive(true);
        Some(cookie)
    }

    pub fn forget(&self, id: &SessionId, https: bool) -> Option<HeaderValue> {
        self.set(id, "", 0, https)
    }

    /// As a request brings it: the first that can be one of ours, as others may have the same name for something else.
    pub fn brought(&self, headers: &HeaderMap, https: bool) -> Option<String> {
        let name = self.name(https);
        cookies::values(headers, &name).find(|value| self.fits(value)).map(str::to_owned)
    }

    fn fits(&self, value: &str) -> bool {
        match self.0 {
            name if name == PRIVATE.0 => value.starts_with(PRIVATE_KEY),
            _ => Said::named(value).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn a_cookie_is_for_its_own_session_alone_and_reads_back() {
        let id = SessionId::from([7; 16]);
        let told = |https| PRIVATE.set(&id, "AGE-SECRET-KEY-1A", 600, https).expect("a cookie");
        let rules = format!("Path=/quorum/{id}; Max-Age=600; HttpOnly; SameSite=Lax");
        assert_eq!(told(false), format!("postern-quorum=AGE-SECRET-KEY-1A; {rules}"));
        assert_eq!(told(true), format!("__Secure-postern-quorum=AGE-SECRET-KEY-1A; {rules}; Secure"));
        let mut headers = HeaderMap::new();
        headers
            .append(header::COOKIE, HeaderValue::from_static("a=b; postern-quorum-said=x; postern-quorum-said=joined"));
        let keys = "__Secure-postern-quorum=AGE-SECRET-KEY-1X; postern-quorum=x; postern-quorum=AGE-SECRET-KEY-1Y";
        headers.append(header::COOKIE, HeaderValue::from_static(keys));
        assert_eq!(SAID.brought(&headers, false).as_deref(), Some("joined"));
        assert_eq!(PRIVATE.brought(&headers, false).as_deref(), Some("AGE-SECRET-KEY-1Y"));
        assert_eq!(PRIVATE.brought(&headers, true).as_deref(), Some("AGE-SECRET-KEY-1X"));
        assert_eq!(SAID.brought(&headers, true), None);
    }
}
