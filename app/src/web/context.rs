//! What every page and form works with: the house, and who stands at its door.

use std::sync::{Arc, Mutex, PoisonError};

use http::request::Parts;
use http::{Extensions, HeaderValue};
use leptos::prelude::use_context;
use tower_sessions::Session as Cookie;

use super::browser;
use super::session::{self, CookieChange};
use crate::client::Clients;
use crate::portal::{Answer, InternalError, Passed, Portal, SignedIn, VisitState};
use crate::quorum::Quorum;
use crate::vault::Vaults;
use postern_core::model::Visit;

/// What is the same for every request.
#[derive(Clone)]
pub struct AppState {
    pub portal: Arc<Portal>,
    pub clients: Clients,
    pub vaults: Vaults,
    pub quorum: Quorum,
    pub assets: Arc<Assets>,
    /// `scheme://host[:port]`.
    pub origin: Arc<str>,
    /// Whom people may ask when they are stuck, as the operator put it.
    pub support: Option<Arc<str>>,
    /// Letters and a phone are shown on pages of their own.
    pub demo: bool,
}

impl AppState {
    /// Whether browsers reach the portal by https, so that cookies are `Secure` and `__Host-`.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }
}

/// Paths of what pages load, each with its fingerprint.
#[derive(Debug)]
pub struct Assets {
    pub stylesheet: String,
    pub icon: String,
    /// Name and path of each ES module.
    pub scripts: Vec<(&'static str, String)>,
}

impl Assets {
    /// The path of a script of `public/`.
    pub fn script(&self, name: &str) -> Option<&str> {
        self.scripts.iter().find(|(known, _)| *known == name).map(|(_, path)| path.as_str())
    }
}

/// What a page is asked with, behind the `?` of its address.
pub fn query(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let query = parts.uri.query().unwrap_or_default();
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned())
}

/// One request's way in.
#[derive(Clone)]
pub struct RequestContext {
    pub app: AppState,
    pub visit: Visit,
    cookie: Cookie,
    change: CookieChange,
    /// That makes the browser known when it comes again; goes out with the answer.
    device_cookie: Arc<Mutex<Option<HeaderValue>>>,
    loaded: Option<LoadedState>,
}

/// The state of a visit as the request found it, where that was loaded before a page or a form is reached.
#[derive(Clone)]
pub struct LoadedState(pub Arc<VisitState>);

impl RequestContext {
    /// Who asks, as the layers in front of us found out. It is a fault to serve a page without them.
    pub fn of_request() -> Result<Self, InternalError> {
        let (app, parts) = use_context::<AppState>().zip(use_context::<Parts>()).ok_or(InternalError::Unplaced)?;
        Self::of(app, &parts.extensions)
    }

    /// As [`of_request`](Self::of_request), where Leptos is not between.
    pub fn of(app: AppState, found: &Extensions) -> Result<Self, InternalError> {
        let visit = found.get::<Visit>().ok_or(InternalError::Unplaced)?.clone();
        let cookie = found.get::<Cookie>().ok_or(InternalError::Unplaced)?.clone();
        let change = found.get::<CookieChange>().ok_or(InternalError::Unplaced)?.clone();
        let loaded = found.get::<LoadedState>().cloned();
        Ok(Self { app, visit, cookie, change, device_cookie: Arc::default(), loaded })
    }

    pub fn portal(&self) -> &Portal {
        &self.app.portal
    }

    /// The visit with its holder, as the request found it: what was changed since is not in it.
    pub async fn state(&self) -> Answer<Arc<VisitState>> {
        match &self.loaded {
            Some(LoadedState(state)) => Ok(Arc::clone(state)),
            None => Ok(Arc::new(self.portal().load_visit_state(&self.visit).await?)),
        }
    }

    /// A new id for the session if its level rose.
    pub async fn after(&self, passed: Passed) -> Result<(), InternalError> {
        self.after_rise(passed.rose).await
    }

    pub async fn after_rise(&self, rose: bool) -> Result<(), InternalError> {
        if rose { session::rotate(&self.cookie, &self.change).await } else { Ok(()) }
    }

    /// Ends the session, and everything enrolled in it if it is a visitor's.
    pub async fn end_session(&self) -> Answer<()> {
        self.portal().leave(&self.visit).await?;
        Ok(session::end(&self.cookie, &self.change).await?)
    }

    /// The browser is signed in from now on: another session, a new id, and it is known when it comes again.
    pub async fn signed_in(&self, signed_in: SignedIn) -> Result<(), InternalError> {
        let SignedIn { session, devices, .. } = signed_in;
        session::replace(&self.cookie, &self.change, &session).await?;
        let cookie = browser::cookie(&devices, self.app.is_https());
        *self.device_cookie.lock().unwrap_or_else(PoisonError::into_inner) = cookie;
        Ok(())
    }

    /// The device cookie that the answer is to set, after a sign-in.
    pub(super) fn take_device_cookie(&self) -> Option<HeaderValue> {
        self.device_cookie.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Another session in the place of this one, which nobody is signed in to.
    pub async fn begin_anew(&self) -> Answer<Self> {
        let session = self.portal().begin_visit(self.visit.network).await?;
        session::replace(&self.cookie, &self.change, &session).await?;
        Ok(Self { visit: Visit { session, ..self.visit.clone() }, loaded: None, ..self.clone() })
    }
}
