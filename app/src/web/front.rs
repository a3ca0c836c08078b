//! What every page and form works with: the house, and who stands at its door.

use std::sync::Arc;

use http::request::Parts;
use leptos::prelude::use_context;
use tower_sessions::Session as Cookie;

use super::session::{self, CookieChange};
use crate::model::Visit;
use crate::portal::{Answer, Fault, Passed, Portal};

/// What is the same for every request.
#[derive(Clone)]
pub struct House {
    pub portal: Arc<Portal>,
    pub assets: Arc<Assets>,
    /// `scheme://host[:port]`.
    pub origin: Arc<str>,
    /// Whom people may ask when they are stuck, as the operator put it.
    pub support: Option<Arc<str>>,
    /// Letters and a phone are shown on pages of their own.
    pub demo: bool,
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

/// One request's way in.
#[derive(Clone)]
pub struct Front {
    pub house: House,
    pub visit: Visit,
    cookie: Cookie,
    change: CookieChange,
}

impl Front {
    /// Who asks, as the layers in front of us found out. It is a fault to serve a page without them.
    pub fn of_request() -> Result<Self, Fault> {
        let found = use_context::<House>().zip(use_context::<Parts>()).and_then(|(house, parts)| {
            let of = &parts.extensions;
            let (visit, cookie) = (of.get::<Visit>()?.clone(), of.get::<Cookie>()?.clone());
            Some(Self { house, visit, cookie, change: of.get::<CookieChange>()?.clone() })
        });
        found.ok_or(Fault::Unplaced)
    }

    pub fn portal(&self) -> &Portal {
        &self.house.portal
    }

    /// A new id for the session if its level rose.
    pub async fn after(&self, passed: Passed) -> Result<(), Fault> {
        if passed.rose {
            session::rotate(&self.cookie, &self.change).await?;
        }
        Ok(())
    }

    /// Ends the session and everything enrolled in it.
    pub async fn end_session(&self) -> Answer<()> {
        self.portal().end_visit(&self.visit).await?;
        Ok(session::end(&self.cookie, &self.change).await?)
    }
}
