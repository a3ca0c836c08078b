//! `/keep`: which of a visit's factors go into a new account.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, Heading, Kind, Note, NoteView, Plain, PostForm, Submit, When};
use crate::words::keep as words;
use crate::words::labels::FactorLabel;
use postern_core::model::Timestamp;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js"];

/// The form posts `keep` once for each ticked factor.
#[derive(Clone, Debug)]
pub struct KeepView {
    pub now: Timestamp,
    /// The form's.
    pub keep: &'static str,
    /// Where nothing is kept.
    pub back: &'static str,
    /// Proved in this visit.
    pub address: Option<String>,
    pub factors: Vec<KeptView>,
    pub refusal: Option<KeepRefusal>,
}

/// A factor of the visit.
#[derive(Clone, Debug)]
pub struct KeptView {
    /// Comes back in the field `keep`.
    pub id: String,
    pub way: FactorLabel,
    pub name: String,
    pub passed: Option<Timestamp>,
    pub state: KeptState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptState {
    /// Passed within the last 10 minutes.
    Fresh { ticked: bool },
    /// Not so: its page comes first.
    PassFirst { page: &'static str },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepRefusal {
    /// Told only to somebody who has just proved the address.
    Exists { sign_in: &'static str },
    /// Accounts are made by whoever runs the portal.
    NoneMade { support: Option<String> },
    /// None was proved in this visit.
    NoAddress { prove: &'static str },
    /// It was not proved within the last 10 minutes.
    AddressStale { prove: &'static str },
    /// One that was ticked has grown old meanwhile.
    FactorStale,
}

impl KeepRefusal {
    fn note(&self) -> NoteView {
        match self {
            Self::Exists { .. } => NoteView::info(words::exists()),
            Self::NoneMade { support } => NoteView::info(words::none_made(support.as_deref())),
            Self::NoAddress { .. } => NoteView::info(words::no_address()),
            Self::AddressStale { .. } => NoteView::wait(words::address_stale()),
            Self::FactorStale => NoteView::wait(words::factor_stale()),
        }
    }

    /// Nothing can be kept from here.
    const fn is_final(&self) -> bool {
        !matches!(self, Self::FactorStale)
    }

    /// Where to go instead: the label and the place.
    const fn way_on(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Exists { sign_in } => Some((words::SIGN_IN, sign_in)),
            Self::NoAddress { prove } => Some((words::PROVE, prove)),
            Self::AddressStale { prove } => Some((words::PROVE_AGAIN, prove)),
            Self::NoneMade { .. } | Self::FactorStale => None,
        }
    }
}

pub fn keep(page: KeepView) -> impl IntoView {
    let KeepView { now, keep, back, address, factors, refusal } = page;
    let lede = address.as_deref().map_or_else(|| words::STALE_LEDE.to_owned(), words::lede);
    let inside = match refusal.as_ref().filter(|refusal| refusal.is_final()) {
        Some(refusal) => view! {
            <div class="actions">
                {refusal.way_on().map(|(label, href)| view! { <ButtonLink label=label href=href /> })}
                <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
            </div>
        }
        .into_any(),
        None => form(factors, now, keep, back),
    };
    view! {
        <Plain class="keep">
            <Heading title=words::HEADING lede=lede />
            {refusal.map(|refusal| view! { <Note note=refusal.note() /> })}
            {inside}
        </Plain>
    }
}

fn form(factors: Vec<KeptView>, now: Timestamp, keep: &'static str, back: &'static str) -> AnyView {
    let list = if factors.is_empty() {
        view! { <p>{words::NONE}</p> }.into_any()
    } else {
        let rows = factors.into_iter().map(|factor| row(factor, now)).collect_view();
        view! {
            <fieldset class="ticks">
                <legend>{words::FACTORS}</legend>
                {rows}
                <p class="hint">{words::NONE_TICKED}</p>
            </fieldset>
        }
        .into_any()
    };
    view! {
        <Card>
            <PostForm once=true action=keep class="stack">
                {list}
                <div class="actions">
                    <Submit label=words::KEEP />
                    <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
                </div>
            </PostForm>
        </Card>
    }
    .into_any()
}

fn row(factor: KeptView, now: Timestamp) -> AnyView {
    let KeptView { id, way, name, passed, state } = factor;
    let kind = (name != way.name()).then(|| view! { {way.name()}", " });
    let passed = match passed {
        Some(at) => view! { {words::PASSED}<When at=at now=now /> }.into_any(),
        None => words::NOT_PASSED.into_any(),
    };
    let said = view! {
        <span class="tick-words">
            <span class="tick-name">{name}</span>
            <span class="quiet small">{kind}{passed}</span>
        </span>
    };
    match state {
        KeptState::Fresh { ticked } => view! {
            <label class="tick">
                <input type="checkbox" name="keep" value=id checked=ticked />
                {said}
            </label>
        }
        .into_any(),
        KeptState::PassFirst { page } => {
            let label = format!("{}: {}", words::PASS_AGAIN, way.name());
            view! {
                <div class="tick not-yet">
                    <input type="checkbox" disabled=true aria-label=label />
                    {said}
                    <a href=page>{words::PASS_AGAIN}</a>
                </div>
            }
            .into_any()
        }
    }
}
