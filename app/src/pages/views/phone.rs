//! `/phone`, in a demo only: an authenticator for those who have none at hand.

use leptos::prelude::*;

use crate::pages::parts::{
    AtEnd, ButtonLink, Countdown, Digits, Heading, Kind, Note, NoteView, OneButton, Plain, TimeRing,
};
use crate::words::{Said, phone as words};

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["countdown.js"];

/// Where the forms post to. `remove` has the field `entry`; `scan` has none.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub scan: &'static str,
    pub remove: &'static str,
    /// This page: shows what the next code is.
    pub here: &'static str,
    pub totp: &'static str,
}

#[derive(Clone, Debug)]
pub struct PhoneView {
    pub actions: Actions,
    /// A QR code stands on the authenticator page and is not scanned yet.
    pub waiting: bool,
    pub entries: Vec<EntryView>,
    pub note: Option<PhoneNote>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneNote {
    Scanned,
    NothingToScan,
}

impl PhoneNote {
    fn view(self) -> NoteView {
        let (make, said): (fn(Said) -> NoteView, _) = match self {
            Self::Scanned => (NoteView::done, words::scanned()),
            Self::NothingToScan => (NoteView::refused, words::nothing_to_scan()),
        };
        make(said)
    }
}

#[derive(Clone, Debug)]
pub struct EntryView {
    /// Comes back in the field `entry`.
    pub id: String,
    pub issuer: String,
    pub account: String,
    pub code: String,
    pub left_secs: u64,
    pub period_secs: u64,
}

pub fn phone(page: PhoneView) -> impl IntoView {
    let PhoneView { actions, waiting, entries, note } = page;
    let empty = entries.is_empty();
    // One entry is enough to load the page anew: the one whose code ends first.
    let first_to_end = entries.iter().map(|entry| entry.left_secs).min();
    let rows = entries
        .into_iter()
        .map(|entry| {
            let reload = Some(entry.left_secs) == first_to_end;
            view! { <Entry entry=entry actions=actions reload=reload /> }
        })
        .collect_view();
    view! {
        <Plain class="phone">
            <Heading title=words::HEADING lede=words::LEDE />
            {note.map(|note| view! { <Note note=note.view() /> })}
            <div class="handset">
                {(!empty).then(|| view! { <ul class="entries" aria-label=words::ENTRIES>{rows}</ul> })}
                {(empty && !waiting)
                    .then(|| {
                        view! {
                            <div class="empty">
                                <h2>{words::EMPTY_HEADING}</h2>
                                <p class="quiet">{words::EMPTY}</p>
                            </div>
                        }
                    })}
                {waiting
                    .then(|| {
                        view! {
                            <div class="scan">
                                <p>{words::WAITING}</p>
                                <OneButton action=actions.scan label=words::SCAN />
                            </div>
                        }
                    })}
            </div>
            <div class="actions">
                {if empty && !waiting {
                    view! { <ButtonLink label=words::TO_TOTP href=actions.totp /> }
                } else {
                    view! { <ButtonLink label=words::BACK href=actions.totp kind=Kind::Outlined /> }
                }}
                {(!empty).then(|| view! { <ButtonLink label=words::NEXT href=actions.here kind=Kind::Quiet /> })}
            </div>
        </Plain>
    }
}

#[component]
fn Entry(entry: EntryView, actions: Actions, reload: bool) -> impl IntoView {
    let EntryView { id, issuer, account, code, left_secs, period_secs } = entry;
    let at_end = if reload { AtEnd::Reload } else { AtEnd::Say };
    let remove_label = words::remove_label(&issuer, &account);
    view! {
        <li class="entry">
            <h2>{issuer}</h2>
            <p class="account">{account}</p>
            <p class="entry-code">
                <Digits code=code />
                <TimeRing left=left_secs period=period_secs />
            </p>
            <p class="quiet"><Countdown words=words::CHANGES secs=left_secs at_end=at_end /></p>
            <div class="actions">
                <OneButton
                    action=actions.remove
                    label=words::REMOVE
                    described=remove_label
                    kind=Kind::Quiet
                    hidden=vec![("entry", id)]
                />
            </div>
        </li>
    }
}
