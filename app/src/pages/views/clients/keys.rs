//! The keys of an address, one row each.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, Disclosure, Kind, When};
use crate::words::clients as words;
use postern_core::model::Timestamp;

#[derive(Clone, Debug)]
pub struct KeyRow {
    /// All 40 digits.
    pub key: String,
    pub state: KeyState,
    pub asked: Timestamp,
    pub activated: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    /// Users with a confirmed authenticator app, and with a security key.
    pub apps: u64,
    pub keys: u64,
    pub failures: u64,
    /// The page that disables it.
    pub disable: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    Active,
    Rotating,
    Rotated,
    Disabled(Timestamp),
}

impl KeyState {
    const fn name(self) -> &'static str {
        match self {
            Self::Active => words::ACTIVE,
            Self::Rotating => words::ROTATING,
            Self::Rotated => words::ROTATED,
            Self::Disabled(_) => words::DISABLED,
        }
    }

    const fn is_active(self) -> bool {
        matches!(self, Self::Active)
    }
}

pub(super) fn keys(rows: Vec<KeyRow>, now: Timestamp) -> AnyView {
    if rows.is_empty() {
        return view! { <p class="quiet">{words::NO_KEYS}</p> }.into_any();
    }
    let rows = rows.into_iter().map(|one| row(one, now)).collect_view();
    view! {
        <Card class="rows">
            <ul>{rows}</ul>
        </Card>
    }
    .into_any()
}

fn row(row: KeyRow, now: Timestamp) -> AnyView {
    let KeyRow { key, state, asked, activated, last_used, apps, keys, failures, disable } = row;
    let badge = if state.is_active() { "badge" } else { "badge off" };
    let activated = activated.map(|at| view! { ", "{words::ACTIVATED}<When at=at now=now /> });
    let used = match last_used {
        Some(at) => view! { ", "{words::LAST_USED}<When at=at now=now /> }.into_any(),
        None => view! { ", "{words::NOT_USED} }.into_any(),
    };
    let disabled = match state {
        KeyState::Disabled(at) => Some(view! { ", "{words::DISABLED_AT}<When at=at now=now /> }),
        _ => None,
    };
    let can_be_disabled = !matches!(state, KeyState::Disabled(_) | KeyState::Rotated);
    let summary = if can_be_disabled { words::WHOLE_AND_DISABLE } else { words::WHOLE };
    let label = words::disable_label(&key);
    let disable = can_be_disabled.then(move || {
        view! { <p><ButtonLink label=words::DISABLE href=disable kind=Kind::Danger described=label /></p> }
    });
    view! {
        <li class="row">
            <div class="row-words">
                <div class="key-head">
                    <h3><code>{words::short(&key)}</code></h3>
                    <p class=badge>{state.name()}</p>
                </div>
                <p class="quiet small">{words::ASKED}<When at=asked now=now />{activated}{used}{disabled}</p>
                <p class="quiet small">{words::counts(apps, keys, failures)}</p>
                <Disclosure summary=summary>
                    <p class="key one-piece"><code>{key}</code></p>
                    {disable}
                </Disclosure>
            </div>
        </li>
    }
    .into_any()
}
