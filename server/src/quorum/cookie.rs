//! Cookies for the page of one quorum's session, and for what is below it: no other page ever gets them.

use http::{HeaderMap, HeaderValue, header};
use postern_app::quorum::SessionId;
use postern_app::web::path::Page;

/// A cookie, by its name without the prefix that https gives it (RFC 6265bis 4.1.3.1).
pub struct Cookie(&'static str);

/// The private half of the session's key, in the browser of the one who asked and nowhere else.
pub const PRIVATE: Cookie = Cookie("postern-quorum");

/// What the page says next, once.
pub const SAID: Cookie = Cookie("postern-quorum-said");

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

    /// As a request brings it.
    pub fn brought(&self, headers: &HeaderMap, https: bool) -> Option<String> {
        let name = self.name(https);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_its_own_session_alone_and_reads_back() {
        let id = SessionId::from([7; 16]);
        let told = |https| PRIVATE.set(&id, "AGE-SECRET-KEY-1A", 600, https).expect("a cookie");
        let rules = format!("Path=/quorum/{id}; Max-Age=600; HttpOnly; SameSite=Lax");
        assert_eq!(told(false), format!("postern-quorum=AGE-SECRET-KEY-1A; {rules}"));
        assert_eq!(told(true), format!("__Secure-postern-quorum=AGE-SECRET-KEY-1A; {rules}; Secure"));
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; postern-quorum-said=joined"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Secure-postern-quorum=x; postern-quorum=y"));
        assert_eq!(SAID.brought(&headers, false).as_deref(), Some("joined"));
        assert_eq!(PRIVATE.brought(&headers, false).as_deref(), Some("y"));
        assert_eq!(PRIVATE.brought(&headers, true).as_deref(), Some("x"));
        assert_eq!(SAID.brought(&headers, true), None);
    }
}
