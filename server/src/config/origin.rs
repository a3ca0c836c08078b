//! The public origin: what browsers call us by, and what security keys are bound to.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::mistake::Wrong;

/// `scheme://host[:port]`, the port left out where it is the scheme's own.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicOrigin {
    ascii: String,
    host: String,
    https: bool,
}

impl PublicOrigin {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        const RIGHT: &str = "Give scheme, host and port alone, like https://mfa.example.org";
        let url = Url::parse(text.trim()).map_err(|error| Wrong::new(format!("{text:?} is no URL: {error}"), RIGHT))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Wrong::new(format!("{text:?} is neither http nor https"), RIGHT));
        }
        let more = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
        if more || !url.username().is_empty() || url.password().is_some() {
            return Err(Wrong::new(format!("{text:?} says more than an origin"), RIGHT));
        }
        let host = Self::name(&url).map_err(|(what, right)| Wrong::new(format!("{text:?} {what}"), right))?;
        let origin = Self { ascii: url.origin().ascii_serialization(), https: url.scheme() == "https", host };
        if !origin.https && !origin.is_loopback() {
            let right = format!("Give https://{}; browsers offer security keys nowhere else", origin.host);
            return Err(Wrong::new(format!("{text:?} is reached without encryption"), right));
        }
        Ok(origin)
    }

    fn name(url: &Url) -> Result<String, (&'static str, &'static str)> {
        let is_loopback = |address: IpAddr| address.to_canonical().is_loopback();
        let address: IpAddr = match url.host() {
            Some(Host::Domain(name)) if !name.ends_with('.') => return Ok(name.to_owned()),
            Some(Host::Domain(_)) => return Err(("has a dot at the end of its host", "Leave the last dot out")),
            None => return Err(("has no host", "Give one, like https://mfa.example.org")),
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
        };
        Err(if is_loopback(address) {
            ("has an IP address, which security keys cannot be bound to", "Write localhost instead")
        } else {
            ("has an IP address, which security keys cannot be bound to", "Give a host name")
        })
    }

    /// As browsers write it in an `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.ascii
    }

    /// In lower case and A-labels, without the port: the relying party id.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Host and port as a `Host` header has them.
    pub fn authority(&self) -> &str {
        self.ascii.split_once("://").map_or("", |(_, authority)| authority)
    }

    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    /// `localhost` and names below it never leave the machine (RFC 6761 6.3).
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.ends_with(".localhost")
    }
}

impl fmt::Display for PublicOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ascii)
    }
}

impl fmt::Debug for PublicOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ascii)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_origin_is_an_https_origin_with_a_name_or_localhost() {
        for (text, ascii, host) in [
            ("https://mfa.example.org", "https://mfa.example.org", "mfa.example.org"),
            ("https://MFA.Example.org:443/", "https://mfa.example.org", "mfa.example.org"),
            ("https://m\u{fc}ller.example:8443", "https://xn--mller-kva.example:8443", "xn--mller-kva.example"),
            ("http://postern.localhost:3000", "http://postern.localhost:3000", "postern.localhost"),
        ] {
            let origin = PublicOrigin::parse(text).expect(text);
            assert_eq!((origin.as_str(), origin.host()), (ascii, host));
            assert_eq!(format!("{}://{}", text.split(':').next().unwrap_or_default(), origin.authority()), ascii);
        }
    }

    #[test]
    fn everything_else_is_refused_with_what_would_be_right() {
        for (text, why) in [
            ("http://127.0.0.1:3000", "Write localhost instead"),
            ("http://[::1]:3000", "Write localhost instead"),
            ("https://192.0.2.1", "Give a host name"),
            ("http://mfa.example.org", "Give https://mfa.example.org"),
            ("https://mfa.example.org/portal", "more than an origin"),
            ("https://user@mfa.example.org", "more than an origin"),
            ("https://mfa.example.org?x", "more than an origin"),
            ("https://mfa.example.org.", "Leave the last dot out"),
            ("ftp://mfa.example.org", "neither http nor https"),
            ("mfa.example.org", "is no URL"),
        ] {
            let wrong = PublicOrigin::parse(text).expect_err(text);
            let said = format!("{} {}", wrong.what, wrong.right);
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
