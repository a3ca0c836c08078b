//! The session cookie, made by tower-sessions and let out only when a handler began, rotated or ended the session.
//! Otherwise a late answer could put an old cookie back over a new one.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use postern_app::web::cookies;
use postern_app::web::session::CookieChange;
use time::Duration;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::Id;
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use crate::store::sessions::handover::told_of;

/// The cookie outlives every session, so that a page can say that the session has ended; our own times decide.
const KEPT: Duration = Duration::hours(13);

/// How many sessions of one request are looked up.
const SESSIONS: usize = 4;

/// What the names of all our cookies begin with.
const PREFIXES: [&str; 3] = ["postern", "__Host-postern", "__Secure-postern"];

pub const fn name(https: bool) -> &'static str {
    if https { "__Host-postern" } else { "postern" }
}

pub fn sessions<S: SessionStore>(store: S, https: bool) -> SessionManagerLayer<S> {
    SessionManagerLayer::new(store)
        .with_name(name(https))
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(KEPT))
}

/// The values of the session cookies that a request brings, one by one.
pub fn brought(headers: &HeaderMap, https: bool) -> Vec<String> {
    cookies::values(headers, name(https)).map(str::to_owned).collect()
}

/// Whether a request brings a session cookie, be it one of ours or not.
pub fn is_brought(headers: &HeaderMap, https: bool) -> bool {
    pairs(headers).any(|(found, _)| found == name(https).as_bytes())
}

/// Outside the session layer.
pub async fn layer<S: SessionStore>(
    State(Cookies { store, https }): State<Cookies<S>>,
    mut request: Request,
    next: Next,
) -> Response {
    let chosen = choose(request.headers(), &store, https).await;
    keep_ours(request.headers_mut(), chosen, https);
    let change = CookieChange::default();
    request.extensions_mut().insert(change.clone());
    let mut response = told_of(change.clone(), next.run(request)).await;
    if response.status().is_server_error() {
        // Who is told that nothing was done is given nothing.
        response.headers_mut().remove(header::SET_COOKIE);
    } else if !change.is_allowed() {
        hold_back(&mut response);
    }
    response
}

/// What the layer has to know of sessions.
#[derive(Clone)]
pub struct Cookies<S> {
    pub store: S,
    pub https: bool,
}

/// The session id that counts, where a request brings several: the first that names a session.
async fn choose(headers: &HeaderMap, store: &impl SessionStore, https: bool) -> Option<Id> {
    let mut ids: Vec<Id> = Vec::new();
    for id in cookies::values(headers, name(https)).filter_map(|value| value.parse().ok()) {
        if !ids.contains(&id) && ids.len() < SESSIONS {
            ids.push(id);
        }
    }
    if ids.len() > 1 {
        for id in &ids {
            // A store that is away is told of where the session is loaded.
            if !matches!(store.load(id).await, Ok(None)) {
                return Some(*id);
            }
        }
    }
    ids.first().copied()
}

/// Leaves the cookies of ours alone, each in a line of its own, since the session layer passes over every line in which it
/// cannot read something. Of sessions only the chosen one stays, if there is one.
fn keep_ours(headers: &mut HeaderMap, chosen: Option<Id>, https: bool) {
    let session = name(https).as_bytes();
    let ours = pairs(headers).filter(|(found, _)| PREFIXES.iter().any(|prefix| found.starts_with(prefix.as_bytes())));
    let mut kept: Vec<Vec<u8>> = ours
        .filter(|(found, _)| chosen.is_none() || *found != session)
        .map(|(found, value)| [found, b"=", value].concat())
        .collect();
    kept.extend(chosen.map(|id| format!("{}={id}", name(https)).into_bytes()));
    headers.remove(header::COOKIE);
    for pair in kept {
        if let Ok(mut pair) = HeaderValue::from_bytes(&pair) {
            pair.set_sensitive(true);
            headers.append(header::COOKIE, pair);
        }
    }
}

/// Names and values, whatever bytes they have.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        Some((pair[..at].trim_ascii(), pair[at + 1..].trim_ascii()))
    })
}

fn hold_back(response: &mut Response) {
    let is_session = |cookie: &HeaderValue| {
        let bytes = cookie.as_bytes();
        [name(true), name(false)]
            .iter()
            .any(|name| bytes.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")))
    };
    let cookies: Vec<HeaderValue> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    response.headers_mut().remove(header::SET_COOKIE);
    for cookie in cookies.into_iter().filter(|cookie| !is_session(cookie)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_cookies_stay_and_of_sessions_the_chosen_one() {
        let mut headers = HeaderMap::new();
        let line = b"a=\xeb; postern=x; postern-device=d; b; __Host-postern=y; postern=\xff";
        headers.append(header::COOKIE, HeaderValue::from_bytes(line).expect("a header"));
        let lines = |headers: &HeaderMap| -> Vec<Vec<u8>> {
            headers.get_all(header::COOKIE).iter().map(|line| line.as_bytes().to_owned()).collect()
        };
        assert!(is_brought(&headers, false) && is_brought(&headers, true));
        let mut unread = headers.clone();
        keep_ours(&mut unread, None, false);
        assert_eq!(
            lines(&unread),
            [b"postern=x".as_slice(), b"postern-device=d", b"__Host-postern=y", b"postern=\xff"]
        );
        keep_ours(&mut headers, Some(Id(7)), false);
        let chosen = format!("postern={}", Id(7));
        assert_eq!(lines(&headers), [b"postern-device=d".as_slice(), b"__Host-postern=y", chosen.as_bytes()]);
    }
}
