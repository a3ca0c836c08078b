//! `/quorum`: a key is checked, or dealt.

use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;

use super::{Shown, reader, shown, told};
use crate::pages::views::quorum::{
    self as views, Checked, DEAL_SCRIPTS, DealView, QuorumNote, SHARES_SCRIPTS, ShareView, SharesView,
};
use crate::portal::{Answer, UseCaseError as Unable};
use crate::quorum::{Deal, Dealt, Refusal, UseCaseError};
use crate::web::context::AppState;
use crate::web::path::Page;
use crate::words::quorum as words;
use postern_core::model::typed_text::{NameError, display_name};
use postern_core::model::{Network, Secret};

const HERE: &str = Page::Quorum.path();
/// Characters of a name.
const LONGEST_NAME: usize = 60;

/// As it is typed, and given back if it is refused.
#[derive(Clone, Deserialize)]
pub struct DealForm {
    #[serde(default)]
    key: Secret<String>,
    #[serde(default)]
    size: String,
    #[serde(default)]
    threshold: String,
    #[serde(default)]
    names: String,
    #[serde(default)]
    ages: String,
    /// By the button that shows a code and deals nothing.
    check: Option<String>,
}

impl Default for DealForm {
    fn default() -> Self {
        let (names, ages) = (String::new(), String::new());
        Self { key: Secret::default(), size: "5".to_owned(), threshold: "3".to_owned(), names, ages, check: None }
    }
}

/// Why nothing was dealt.
enum Refused {
    TooManyNames,
    By(Refusal),
}

pub fn deal_page(app: &AppState) -> Shown {
    form(app, DealForm::default(), StatusCode::OK, None, None)
}

/// Shows a code of the key, or the shares of it: in this answer alone.
pub async fn deal(app: &AppState, network: Network, typed: DealForm) -> Answer<Shown> {
    if typed.check.is_some() {
        return Ok(match app.quorum.check(typed.key.expose()) {
            Ok((code, left_secs)) => form(app, typed, StatusCode::OK, None, Some(Checked { code, left_secs })),
            Err(refusal) => refused(app, typed, &Refused::By(refusal)),
        });
    }
    let names = match names(&typed) {
        Ok(names) => names,
        Err(why) => return Ok(refused(app, typed, &why)),
    };
    match app.quorum.deal(network, asked(&typed)).await {
        Ok(dealt) => Ok(shares(app, names, !typed.ages.trim().is_empty(), dealt)),
        Err(UseCaseError::Refused(refusal)) => Ok(refused(app, typed, &Refused::By(refusal))),
        Err(UseCaseError::InternalError(fault)) => Err(Unable::InternalError(fault)),
    }
}

/// What is no number is none that would do.
fn number(typed: &str) -> u64 {
    typed.trim().parse().unwrap_or_default()
}

fn lines(typed: &str) -> Vec<String> {
    typed.trim_end().lines().map(|line| line.trim().to_owned()).collect()
}

fn asked(typed: &DealForm) -> Deal {
    Deal {
        secret: typed.key.clone(),
        size: number(&typed.size),
        threshold: number(&typed.threshold),
        recipients: lines(&typed.ages),
    }
}

/// One for each custodian that was given one; an empty line gives none.
fn names(typed: &DealForm) -> Result<Vec<String>, Refused> {
    let name = |line: &String| match display_name(line, LONGEST_NAME) {
        Ok(name) => Ok(name),
        Err(NameError::Empty) => Ok(String::new()),
        Err(NameError::TooLong | NameError::Control) => Err(Refused::TooManyNames),
    };
    let names = lines(&typed.names).iter().map(name).collect::<Result<Vec<_>, _>>()?;
    let size = number(&typed.size);
    if size >= 2 && names.len() as u64 > size { Err(Refused::TooManyNames) } else { Ok(names) }
}

fn refused(app: &AppState, typed: DealForm, why: &Refused) -> Shown {
    let (note, status) = match why {
        Refused::TooManyNames => (QuorumNote::TooManyNames, StatusCode::UNPROCESSABLE_ENTITY),
        Refused::By(refusal) => told(refusal, app.portal.now()),
    };
    form(app, typed, status, Some(note), None)
}

fn form(
    app: &AppState,
    typed: DealForm,
    status: StatusCode,
    note: Option<QuorumNote>,
    checked: Option<Checked>,
) -> Shown {
    let DealForm { key, size, threshold, names, ages, .. } = typed;
    let ask = Page::AskTogether.path();
    let (max_size, reader) = (app.quorum.max_shares(), reader(app));
    let view = DealView { action: HERE, ask, key, size, max_size, threshold, names, ages, reader, note, checked };
    shown(app, status, HERE, words::DEAL_TITLE, DEAL_SCRIPTS, move || views::deal(view).into_any())
}

fn shares(app: &AppState, names: Vec<String>, encrypted: bool, dealt: Dealt) -> Shown {
    let Dealt { prefix, threshold, shares } = dealt;
    let mut names = names.into_iter();
    let named = |(at, text)| {
        let name = names.next().filter(|name| !name.is_empty()).unwrap_or_else(|| words::unnamed(at + 1));
        ShareView { name, text, encrypted }
    };
    let view = SharesView {
        portal: app.portal.name().to_owned(),
        origin: app.origin.to_string(),
        prefix,
        threshold,
        dealt: app.portal.now(),
        shares: shares.into_iter().enumerate().map(named).collect(),
        again: HERE,
    };
    let inside = move || views::shares(view).into_any();
    shown(app, StatusCode::OK, HERE, words::SHARES_TITLE, SHARES_SCRIPTS, inside)
}
