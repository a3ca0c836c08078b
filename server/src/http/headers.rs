//! What every answer carries. Nothing inline, nothing from elsewhere, no frames, nothing kept.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use postern_app::web::path::Page;

use crate::api::reference::DOCS;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// For pages whose module asks this portal for something.
const POLICY_WITH_CONNECTIONS: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Those pages.
const CONNECTED: [&str; 5] =
    [Page::SecurityKeys.path(), Page::SignIn.path(), Page::StepUp.path(), Page::Vault.path(), DOCS];

/// And those of quorums' sessions, which keep themselves up to date.
const BELOW_QUORUM: &str = "/quorum/";

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(self), \
                           display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), microphone=(), \
                           midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), \
                           serial=(), usb=(), xr-spatial-tracking=()";

/// Two years, as browsers' preload lists want at least one.
const ALWAYS_HTTPS: &str = "max-age=63072000";

/// Whether browsers reach us by https.
#[derive(Clone, Copy, Debug)]
pub struct Https(pub bool);

pub async fn layer(State(Https(https)): State<Https>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let connected = CONNECTED.contains(&path) || path.starts_with(BELOW_QUORUM);
    let mut response = next.run(request).await;
    add_common(response.headers_mut(), https, connected);
    response
}

/// What every answer carries, over whatever it has; `connected`: the page's module asks this portal for something.
pub fn add_common(headers: &mut HeaderMap, https: bool, connected: bool) {
    let mut always = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    always(header::CONTENT_SECURITY_POLICY, if connected { POLICY_WITH_CONNECTIONS } else { POLICY });
    always(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    always(header::REFERRER_POLICY, "same-origin");
    always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    always(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    always(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if https {
        always(header::STRICT_TRANSPORT_SECURITY, ALWAYS_HTTPS);
    }
    // Only what never differs says otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
