//! Relying parties that somebody else names, checked before a browser is asked for them (WebAuthn Level 3, 5.1.3).

use url::{Host, Url};

use super::RelyingParty;

/// What is wrong with a relying party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAParty {
    #[error("a relying party's id is a domain in lower case, without scheme and port")]
    Id,
    #[error(
        "an origin is https://host[:port], or http://localhost[:port], and its host is the relying party's or below it"
    )]
    Origin,
}

impl RelyingParty {
    /// A relying party whose origin's host is its id or below it.
    pub fn named(name: &str, id: &str, origin: &str) -> Result<Self, NotAParty> {
        let is_domain = matches!(Host::parse(id), Ok(Host::Domain(domain)) if domain == id);
        if !is_domain || !is_host_name(id) {
            return Err(NotAParty::Id);
        }
        let url = Url::parse(origin).map_err(|_| NotAParty::Origin)?;
        let host = url.host_str().unwrap_or_default();
        let is_secure = url.scheme() == "https" || (url.scheme() == "http" && host == "localhost");
        let is_below = host == id || host.strip_suffix(id).is_some_and(|front| front.ends_with('.'));
        if !is_secure || !is_below || !is_host_name(host) || url.origin().ascii_serialization() != origin {
            return Err(NotAParty::Origin);
        }
        Ok(Self { id: id.to_owned(), name: name.to_owned(), origin: origin.to_owned() })
    }
}

/// Whether a domain is the name of a host: labels of ASCII letters, digits, dashes and underscores, of which dashes stand at
/// no end (RFC 1123, 2.1). URLs may hold more (`*`, `!`), but no browser signs for it.
pub(super) fn is_host_name(domain: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_label = |label: &str| {
        let (first, last) = (label.bytes().next(), label.bytes().last());
        label.len() <= 63
            && [first, last].into_iter().all(|end| end.is_some_and(is_name))
            && label.bytes().all(|byte| is_name(byte) || byte == b'-')
    };
    domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_belongs_to_its_relying_party_or_to_a_domain_below_it() {
        for (id, origin) in [
            ("example.org", "https://example.org"),
            ("example.org", "https://login.example.org:8443"),
            ("localhost", "http://localhost:3000"),
            ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(RelyingParty::named("Shop", id, origin).map(|rp| rp.origin), Ok(origin.to_owned()));
        }
    }

    #[test]
    fn what_no_browser_would_sign_for_is_refused() {
        for id in [
            "",
            "Example.org",
            "example.org.",
            "192.0.2.1",
            "[::1]",
            "https://example.org",
            "example.org:443",
            "a b",
            "*.example.org",
            "example.org*",
            "-a.example.org",
        ] {
            assert_eq!(RelyingParty::named("Shop", id, "https://example.org"), Err(NotAParty::Id), "{id}");
        }
        for origin in [
            "",
            "example.org",
            "http://example.org",
            "https://example.org/",
            "https://example.org:443",
            "https://user@example.org",
            "https://evilexample.org",
            "https://example.org.evil.example",
            "https://EXAMPLE.org",
            "https://*.example.org",
        ] {
            assert_eq!(RelyingParty::named("Shop", "example.org", origin), Err(NotAParty::Origin), "{origin}");
        }
    }
}
