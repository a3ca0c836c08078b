//! The app that a U2F key is made for: a URL, whose hash the key signs (FIDO AppID and Facet Specification 3.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::factor::security_key::relying_party::is_host_name;

/// In bytes.
const LONGEST: usize = 512;

/// An app id, as its app wrote it. Facets, which are further origins listed at that URL, are not fetched: the app's pages
/// have the origin of its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppId {
    text: String,
    origin: String,
}

/// Why a text is no app id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAppId {
    #[error("an appId has at most {LONGEST} bytes")]
    TooLong,
    #[error("an appId is a URL, in ASCII and without spaces")]
    NotAUrl,
    #[error("an appId begins with https:// (or http://localhost)")]
    NotSecure,
    #[error("an appId names nobody before its host")]
    NamesSomebody,
}

impl AppId {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `scheme://host[:port]`, exactly as a browser writes it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What keys know it by: the application parameter (U2F Raw Message Formats 4.1).
    pub(in crate::factor::security_key) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }
}

impl FromStr for AppId {
    type Err = NotAnAppId;

    fn from_str(text: &str) -> Result<Self, NotAnAppId> {
        if text.len() > LONGEST {
            return Err(NotAnAppId::TooLong);
        }
        // The parser would drop spaces around it and line breaks within, which the hash has.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotAnAppId::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| NotAnAppId::NotAUrl)?;
        match (url.scheme(), url.host()) {
            ("https", Some(Host::Domain(domain))) if !is_host_name(domain) => return Err(NotAnAppId::NotAUrl),
            ("https", Some(_)) | ("http", Some(Host::Domain("localhost"))) => {}
            _ => return Err(NotAnAppId::NotSecure),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAnAppId::NamesSomebody);
        }
        Ok(Self { text: text.to_owned(), origin: url.origin().ascii_serialization() })
    }
}

impl TryFrom<String> for AppId {
    type Error = NotAnAppId;

    fn try_from(text: String) -> Result<Self, NotAnAppId> {
        text.parse()
    }
}

impl From<AppId> for String {
    fn from(app_id: AppId) -> Self {
        app_id.text
    }
}

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_id_is_a_secure_url_and_has_an_origin() {
        for (text, origin) in [
            ("https://app.example.org", "https://app.example.org"),
            ("https://app.example.org/app-id.json", "https://app.example.org"),
            ("https://app.example.org:8443/a?b#c", "https://app.example.org:8443"),
            ("https://app.example.org:443/", "https://app.example.org"),
            ("https://APP.example.org", "https://app.example.org"),
            ("http://localhost", "http://localhost"),
            ("http://localhost:3000", "http://localhost:3000"),
        ] {
            let app_id: AppId = text.parse().expect(text);
            assert_eq!((app_id.as_str(), app_id.origin()), (text, origin));
        }
    }

    #[test]
    fn anything_else_is_none_and_it_is_told_why() {
        use NotAnAppId::{NamesSomebody, NotAUrl, NotSecure, TooLong};
        for (text, why) in [
            ("", NotAUrl),
            ("app.example.org", NotAUrl),
            ("https://", NotAUrl),
            (" https://app.example.org", NotAUrl),
            ("https://app.example.org\n", NotAUrl),
            ("https://app.example.org/a b", NotAUrl),
            ("https://\u{e4}pp.example.org", NotAUrl),
            ("https://app.example.org*", NotAUrl),
            ("https://*.example.org/a", NotAUrl),
            ("https://app.example.org.", NotAUrl),
            ("https://app-.example.org", NotAUrl),
            ("http://app.example.org", NotSecure),
            ("http://localhost.example.org", NotSecure),
            ("http://127.0.0.1", NotSecure),
            ("android:apk-key-hash:2jmj7l5rSw0yVb/vlWAYkK/YBwk", NotSecure),
            ("javascript:alert(1)", NotSecure),
            ("https://ada@app.example.org", NamesSomebody),
            ("https://:pass@app.example.org", NamesSomebody),
        ] {
            assert_eq!(text.parse::<AppId>(), Err(why), "{text}");
        }
        let long = |length: usize| format!("https://app.example.org/{}", "a".repeat(length - 24));
        assert!(long(512).parse::<AppId>().is_ok());
        assert_eq!(long(513).parse::<AppId>(), Err(TooLong));
    }

    #[test]
    fn an_app_id_is_written_as_its_text_and_read_as_strictly_as_it_is_typed() {
        let app_id: AppId = "https://app.example.org:443/x".parse().expect("an app id");
        let json = serde_json::to_string(&app_id).expect("JSON");
        assert_eq!(json, r#""https://app.example.org:443/x""#);
        assert_eq!(serde_json::from_str::<AppId>(&json).expect("an app id"), app_id);
        assert!(serde_json::from_str::<AppId>(r#""http://app.example.org""#).is_err());
    }
}
