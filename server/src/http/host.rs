//! We answer to one name. An IP address is no relying party, so 127.0.0.1 is sent to localhost.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{Method, StatusCode, header};

use crate::config::PublicOrigin;
use crate::health;

pub async fn layer(State(origin): State<Arc<PublicOrigin>>, request: Request, next: Next) -> Response {
    let host = host_of(&request);
    // Machines that watch us may not know our name.
    if health::PATHS.contains(&request.uri().path()) || host.as_deref() == Some(authority(&origin)) {
        return next.run(request).await;
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if safe && origin.is_loopback() && host.as_deref().is_some_and(is_loopback_address) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return Redirect::temporary(&format!("{}{path}", origin.as_str())).into_response();
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
    let host = request.uri().authority().map(http::uri::Authority::as_str).or(header)?;
    Some(host.to_ascii_lowercase())
}

/// `host[:port]`, the port left out where it is the scheme's own, as in a Host header.
fn authority(origin: &PublicOrigin) -> &str {
    origin.as_str().split_once("://").map_or("", |(_, authority)| authority)
}

fn is_loopback_address(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    matches!(name, "127.0.0.1" | "[::1]")
}
