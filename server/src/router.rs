//! The whole URL table.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Json, Router};
use http::StatusCode;
use postern_app::pages;
use postern_app::pages::views::message::Message;
use postern_app::portal::{Answer, UseCaseError};
use postern_app::web::context::AppState;
use postern_app::web::path::Page;
use postern_app::web::session::{self, CookieChange};
use postern_core::model::{Browser, Network, Session, Visit};
use serde::Deserialize;
use tower_http::catch_panic::CatchPanicLayer;
use tower_sessions::{Session as Cookie, SessionStore};

use crate::api::admin::Operators;
use crate::config::PublicOrigin;
use crate::http::body::BodyLimit;
use crate::http::headers::Https;
use crate::http::host::{self, Host};
use crate::http::large::{self, LargeBodyLimiter};
use crate::http::network::Proxies;
use crate::http::submission::{self, Submissions};
use crate::http::visit::Visits;
use crate::http::{body, cookie, headers, network, origin, outcome, paths, target, to_the_end, unread, visit};
use crate::quorum::{self, Streams};
use crate::render::{form, page};
use crate::{api, health};

/// What a request body may weigh.
const BODY: usize = 64 * 1024;

/// What the entries of a whole vault may weigh: 1,000 of 4 KiB, with their names.
const VAULT: usize = 4608 * 1024;

/// What the layers need beside the house.
pub struct RouterConfig<S> {
    pub app: AppState,
    pub assets: Router<AppState>,
    pub sessions: S,
    pub origin: Arc<PublicOrigin>,
    pub proxies: Proxies,
    pub health: health::Health,
    pub streams: Streams,
    /// `None`: no routes for operators.
    pub operators: Option<Operators>,
}

pub fn router<S: SessionStore + Clone>(wiring: RouterConfig<S>) -> Router {
    let RouterConfig { app, assets, sessions, origin, proxies, health, streams, operators } = wiring;
    let https = origin.is_https();
    let of_sessions = |of_sessions| Submissions { app: app.clone(), sessions: sessions.clone(), of_sessions };
    let mut described = api::Description::new(&origin, app.quorum.max_shares());
    let visits = |begin| from_fn_with_state(Visits { app: app.clone(), begin }, visit::layer);
    let beginning = pages(app.demo).merge(described.of(api::beginning_sessions())).layer(visits(true));
    let visited = beginning.merge(forms(app.demo).merge(described.of(api::of_session())).layer(visits(false)));
    let with_session = visited
        .route(pages::BEGIN_SESSION, post(begin_session))
        .layer(cookie::sessions(sessions.clone(), https))
        .layer(from_fn_with_state(cookie::Cookies { store: sessions.clone(), https }, cookie::layer))
        .layer(from_fn_with_state(of_sessions(true), submission::layer));
    let quorums = quorum::routes(streams).layer(from_fn_with_state(of_sessions(false), submission::layer));
    let vaults = described.of(api::vault::routes()).layer(DefaultBodyLimit::max(VAULT)).layer(from_fn_with_state(
        LargeBodyLimiter::new(BodyLimit(VAULT as u64), BodyLimit(BODY as u64)),
        large::layer,
    ));
    let for_operators = operators.map(|operators| described.of(api::admin::routes(operators)));
    Router::new()
        .merge(with_session)
        .merge(described.of(api::mfa::routes()))
        .merge(described.of(api::quorum::routes()))
        .merge(for_operators.unwrap_or_default())
        .merge(quorums)
        .merge(assets)
        .route(Page::SessionEnded.path(), get(ended))
        .merge(described.of(health::routes(health)))
        // The last one, as it tells of all the others.
        .merge(api::reference::routes(described, &app.assets.icon))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(BodyLimit(BODY as u64), body::layer))
        .merge(vaults)
        .layer(from_fn_with_state(Arc::clone(&origin), origin::layer))
        .layer(from_fn(paths::layer))
        .layer(from_fn_with_state(Host::new(origin), host::layer))
        .layer(from_fn(target::layer))
        .layer(CatchPanicLayer::custom(outcome::panicked))
        .layer(from_fn_with_state(app.clone(), outcome::layer))
        .layer(from_fn(to_the_end::layer))
        .layer(from_fn_with_state(proxies, network::layer))
        .layer(from_fn_with_state(Https(https), headers::layer))
        .layer(from_fn(unread::layer))
        .with_state(app)
}

fn pages(demo: bool) -> Router<AppState> {
    let mut router = Router::new()
        .route(Page::Overview.path(), page(pages::overview_page))
        .route(Page::EmailCode.path(), page(pages::email_code_page))
        .route(Page::Totp.path(), page(pages::totp_page))
        .route(Page::Hotp.path(), page(pages::hotp_page))
        .route(Page::SecurityKeys.path(), page(pages::security_keys_page))
        .route(Page::SignIn.path(), page(pages::sign_in_page))
        .route(Page::StepUp.path(), page(pages::step_up_page))
        .route(Page::Account.path(), page(pages::account_page))
        .route(Page::Keep.path(), page(pages::keep_page))
        .route(Page::RemoveFactor.path(), page(pages::remove_factor_page))
        .route(Page::EndSessions.path(), page(pages::end_sessions_page))
        .route(Page::ChangeAddress.path(), page(pages::change_address_page))
        .route(Page::DeleteAccount.path(), page(pages::delete_account_page))
        .route(Page::NotMe.path(), page(pages::not_me_page))
        .route(Page::Clients.path(), page(pages::clients_page))
        .route(Page::DisableClient.path(), page(pages::disable_client_page))
        .route(Page::DisableBySecret.path(), page(pages::by_secret_page))
        .route(Page::RotateClient.path(), page(pages::rotate_client_page))
        .route(Page::Vault.path(), page(pages::vault_page));
    if demo {
        router = router
            .route(Page::Outbox.path(), page(pages::outbox_page))
            .route(Page::Phone.path(), page(pages::phone_page));
    }
    router
}

fn forms(demo: bool) -> Router<AppState> {
    let options = Router::new().route(pages::SIGN_IN_KEY_OPTIONS, post(key_options));
    pages::forms(demo).into_iter().fold(options, |router, route| router.route(route.path, form(route)))
}

/// After a person ended the session; it begins none.
async fn ended(State(app): State<AppState>) -> Response {
    outcome::page(&Message::Ended, StatusCode::OK, &app, Page::Overview.path())
}

/// What a sign-in asks a security key, for the script on the page: PublicKeyCredentialRequestOptionsJSON (WebAuthn
/// Level 3, 5.8.2).
async fn key_options(State(app): State<AppState>, Extension(visit): Extension<Visit>) -> Response {
    match app.portal.ask_sign_in_keys(&visit).await {
        Ok(options) => Json(options).into_response(),
        Err(no) => api::Problem::of(&no, app.portal.now()).into_response(),
    }
}

/// A new session for a browser whose cookie names one that is over.
async fn begin_session(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Extension(change): Extension<CookieChange>,
    cookie: Cookie,
    Form(then): Form<Then>,
) -> Response {
    let begun = async {
        match session::load(&cookie).await? {
            Some(known) if is_live(&app, known.clone(), network).await? => Ok(()),
            Some(_) => Ok(session::replace(&cookie, &change, &app.portal.begin_visit(network).await?).await?),
            None => Ok(session::begin(&cookie, &change, &app.portal.begin_visit(network).await?).await?),
        }
    };
    at_the_beginning(begun.await, &app, if then.sign_in.is_some() { Page::SignIn } else { Page::Overview })
}

/// What a person wants a session for.
#[derive(Deserialize)]
struct Then {
    #[serde(rename = "sign-in")]
    sign_in: Option<String>,
}

async fn is_live(app: &AppState, session: Session, network: Network) -> Answer<bool> {
    let ended = session.check_live(app.portal.now()).is_err();
    match app.portal.admit(&Visit { session, network, browser: Browser::default() }).await {
        Ok(_) => Ok(!ended),
        Err(UseCaseError::Refused(_)) => Ok(false),
        Err(no) => Err(no),
    }
}

fn at_the_beginning(begun: Answer<()>, app: &AppState, page: Page) -> Response {
    match begun {
        Ok(()) => Redirect::to(page.path()).into_response(),
        Err(no) => outcome::no(&no, app, page.path()),
    }
}
