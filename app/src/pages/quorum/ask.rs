//! `/quorum/ask`: a session begins with the asker's own share.

use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Shown, reader, shown, told};
use crate::pages::views::quorum::{self as views, ASK_SCRIPTS, AskView, QuorumNote};
use crate::portal::{Answer, UseCaseError as Unable};
use crate::quorum::{Ask, Asked, UseCaseError};
use crate::web::context::AppState;
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
pub enum AskOutcome {
    /// A session, whose private key goes into a cookie of its own page and nowhere else.
    Asked(Asked),
    Refused(Shown),
}

pub fn ask_page(app: &AppState) -> Shown {
    let typed = AskForm { share: Secret::default(), why: String::new(), lasts: "3600".to_owned() };
    form(app, typed, StatusCode::OK, None)
}

pub async fn ask(app: &AppState, network: Network, typed: AskForm) -> Answer<AskOutcome> {
    let lasts = typed.lasts.parse().unwrap_or_default();
    let asked = Ask { first: typed.share.expose(), lasts, why: &typed.why, numbers: (None, None) };
    match app.quorum.ask(network, asked).await {
        Ok(asked) => Ok(AskOutcome::Asked(asked)),
        Err(UseCaseError::Refused(refusal)) => {
            let (note, status) = told(&refusal, app.portal.now());
            Ok(AskOutcome::Refused(form(app, typed, status, Some(note))))
        }
        Err(UseCaseError::InternalError(fault)) => Err(Unable::InternalError(fault)),
    }
}

fn form(app: &AppState, typed: AskForm, status: StatusCode, note: Option<QuorumNote>) -> Shown {
    let AskForm { share, why, lasts } = typed;
    let view = AskView { action: HERE, share, why, lasts, reader: reader(app), note };
    shown(app, status, HERE, words::ASK_TITLE, ASK_SCRIPTS, move || views::ask(view).into_any())
}
