//! We answer to one name. An IP address is no relying party, so 127.0.0.1 is sent to localhost.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{Method, StatusCode, header};

use crate::assets;
use crate::config::PublicOrigin;
use crate::health;
use crate::telemetry::RateLimit;

/// The longest part of a wrong name that is logged, in bytes.
const LOGGED: usize = 100;

/// The name that we answer to.
#[derive(Clone, Debug)]
pub struct Host {
    origin: Arc<PublicOrigin>,
    others: Arc<RateLimit>,
}

impl Host {
    pub fn new(origin: Arc<PublicOrigin>) -> Self {
        Self { origin, others: Arc::default() }
    }
}

pub async fn layer(State(ours): State<Host>, request: Request, next: Next) -> Response {
    let origin = &ours.origin;
    let path = request.uri().path();
    let host = host_of(&request);
    // Machines that watch us may not know our name; and the page that names the right one has a stylesheet.
    let is_for_all = health::PATHS.contains(&path) || path.starts_with(assets::BELOW);
    if is_for_all || host.as_deref().is_some_and(|host| is_ours(host, origin)) {
        return next.run(request).await;
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if safe && origin.is_loopback() && host.as_deref().is_some_and(is_loopback_address) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return Redirect::temporary(&format!("{}{path}", origin.as_str())).into_response();
    }
    if let Some(suppressed) = ours.others.permit() {
        let host = host.as_deref().unwrap_or("none, or more than one");
        let host = host.get(..LOGGED).unwrap_or(host);
        tracing::warn!(host, expected = origin.authority(), suppressed, "a request names another host (421)");
    }
    StatusCode::MISDIRECTED_REQUEST.into_response()
}

/// `None` where there is none, or more than one (RFC 9112 3.2).
fn host_of(request: &Request) -> Option<String> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let header = hosts.next().and_then(|host| host.to_str().ok());
    if hosts.next().is_some() {
        return None;
    }
    request.uri().authority().map(http::uri::Authority::as_str).or(header).map(str::to_owned)
}

/// Whether `host[:port]` is this origin's, however it is written: in capitals, with the dot of the root at its end
/// (RFC 1034 3.1), with the scheme's own port.
pub fn is_ours(host: &str, origin: &PublicOrigin) -> bool {
    canonical(host, origin.is_https()).is_some_and(|host| host == origin.authority())
}

fn canonical(host: &str, https: bool) -> Option<String> {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let usual = if https { "443" } else { "80" };
    Some(if port.is_empty() || port == usual { name } else { format!("{name}:{port}") })
}

fn is_loopback_address(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    matches!(name, "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(host: &str, origin: &str) -> bool {
        is_ours(host, &PublicOrigin::parse(origin).expect("an origin"))
    }

    #[test]
    fn host_is_compared_without_capitals_trailing_dot_and_default_port() {
        for host in
            ["mfa.example.org", "MFA.Example.ORG", "mfa.example.org.", "mfa.example.org:443", "mfa.example.org.:443"]
        {
            assert!(ours(host, "https://mfa.example.org"), "{host}");
        }
        for host in ["localhost:3000", "LOCALHOST:3000", "localhost.:3000"] {
            assert!(ours(host, "http://localhost:3000"), "{host}");
        }
        assert!(ours("localhost:80", "http://localhost") && ours("localhost", "http://localhost"));
    }

    #[test]
    fn every_other_host_is_not_ours() {
        for host in [
            "mfa.example.org:80",
            "mfa.example.org:8443",
            "mfa.example.org..",
            "mfa.example.org:443.",
            "example.org",
            "mfa.example.org@evil.example",
            "x.mfa.example.org",
            "[::1]:443",
            "",
            ".",
            ":443",
        ] {
            assert!(!ours(host, "https://mfa.example.org"), "{host}");
        }
        assert!(!ours("localhost:3000.", "http://localhost:3000"));
        assert!(!ours("localhost", "http://localhost:3000") && !ours("localhost:443", "http://localhost"));
    }
}
