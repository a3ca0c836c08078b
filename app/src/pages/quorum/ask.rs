//! `/quorum/ask`: a session begins with the asker's own share.

use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Shown, reader, shown, told};
use crate::pages::views::quorum::{self as views, ASK_SCRIPTS, AskView, QuorumNote};
use crate::portal::{Answer, No as Unable};
use crate::quorum::{Ask, Asked, No};
use crate::web::front::House;
use crate::web::path::Page;
use crate::words::quorum as words;
use postern_core::model::{Network, Secret};

const HERE: &str = Page::AskTogether.path();

/// As it is typed, and given back if it is refused.
#[derive(Clone, Deserialize)]
pub struct AskForm {
    #[serde(default)]
    share: Secret<String>,
    #[serde(default)]
    why: String,
    /// Seconds.
    #[serde(default)]
    lasts: String,
}

/// What comes of asking.
pub enum Asking {
    /// A session, whose private key goes into a cookie of its own page and nowhere else.
    Asked(Asked),
    Refused(Shown),
}

pub fn ask_page(house: &House) -> Shown {
    let typed = AskForm { share: Secret::default(), why: String::new(), lasts: "3600".to_owned() };
    form(house, typed, StatusCode::OK, None)
}

pub async fn ask(house: &House, network: Network, typed: AskForm) -> Answer<Asking> {
    let lasts = typed.lasts.parse().unwrap_or_default();
    let asked = Ask { first: typed.share.expose(), lasts, why: &typed.why, numbers: (None, None) };
    match house.quorum.ask(network, asked).await {
        Ok(asked) => Ok(Asking::Asked(asked)),
        Err(No::Refused(refusal)) => {
            let (note, status) = told(&refusal, house.portal.now());
            Ok(Asking::Refused(form(house, typed, status, Some(note))))
        }
        Err(No::Fault(fault)) => Err(Unable::Fault(fault)),
    }
}

fn form(house: &House, typed: AskForm, status: StatusCode, note: Option<QuorumNote>) -> Shown {
    let AskForm { share, why, lasts } = typed;
    let view = AskView { action: HERE, share, why, lasts, reader: reader(house), note };
    shown(house, status, HERE, words::ASK_TITLE, ASK_SCRIPTS, move || views::ask(view).into_any())
}
