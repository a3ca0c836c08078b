//! `/phone`, in a demo only: an authenticator for those who have none at hand.

use leptos::prelude::*;

use crate::pages::parts::{
    AtEnd, ButtonLink, Countdown, Digits, Heading, Kind, Note, NoteView, OneButton, Plain, TimeRing,
};
use crate::words::{Message, phone as words};

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["countdown.js"];

/// Where the forms post to. `press` and `remove` have the field `entry`; `scan` has none.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub scan: &'static str,
    pub press: &'static str,
    pub remove: &'static str,
    /// This page: shows what the next code is.
    pub here: &'static str,
    pub totp: &'static str,
    pub hotp: &'static str,
}

/// Something of each kind that has a QR code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Of {
    pub totp: bool,
    pub hotp: bool,
}

#[derive(Clone, Debug)]
pub struct PhoneView {
    pub actions: Actions,
    /// Whose QR codes are shown and not scanned yet.
    pub waiting: Of,
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
        let (make, said): (fn(Message) -> NoteView, _) = match self {
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
    pub moves: EntryMoves,
}

/// What brings the next code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryMoves {
    Time { left_secs: u64, period_secs: u64 },
    Press { counter: u64 },
}

impl EntryView {
    const fn left_secs(&self) -> Option<u64> {
        if let EntryMoves::Time { left_secs, .. } = self.moves { Some(left_secs) } else { None }
    }
}

pub fn phone(page: PhoneView) -> impl IntoView {
    let PhoneView { actions, waiting, entries, note } = page;
    // One entry is enough to load the page anew: the one whose code ends first.
    let first_to_end = entries.iter().filter_map(EntryView::left_secs).min();
    let ways = ways_back(waiting, &entries, actions);
    let nothing = entries.is_empty() && waiting == Of::default();
    let rows = (!entries.is_empty()).then(|| {
        let rows = entries.into_iter().map(|entry| {
            let reload = first_to_end.is_some() && entry.left_secs() == first_to_end;
            view! { <Entry entry=entry actions=actions reload=reload /> }
        });
        view! { <ul class="entries" aria-label=words::ENTRIES>{rows.collect_view()}</ul> }
    });
    view! {
        <Plain class="phone">
            <Heading title=words::HEADING lede=words::LEDE />
            {note.map(|note| view! { <Note note=note.view() /> })}
            <div class="handset">
                {rows}
                {nothing
                    .then(|| {
                        view! {
                            <div class="empty">
                                <h2>{words::EMPTY_HEADING}</h2>
                                <p class="quiet">{words::EMPTY}</p>
                            </div>
                        }
                    })} <Waiting waiting=waiting action=actions.scan />
            </div>
            <div class="actions">
                {ways}
                {first_to_end.map(|_| view! { <ButtonLink label=words::NEXT href=actions.here kind=Kind::Quiet /> })}
            </div>
        </Plain>
    }
}

/// To the pages whose codes are here; to both if nothing is.
fn ways_back(waiting: Of, entries: &[EntryView], actions: Actions) -> AnyView {
    let totp = waiting.totp || entries.iter().any(|entry| matches!(entry.moves, EntryMoves::Time { .. }));
    let hotp = waiting.hotp || entries.iter().any(|entry| matches!(entry.moves, EntryMoves::Press { .. }));
    if totp || hotp {
        let back = |label, href| view! { <ButtonLink label=label href=href kind=Kind::Outlined /> };
        let back_totp = totp.then(|| back(words::BACK, actions.totp));
        let back_hotp = hotp.then(|| back(words::BACK_HOTP, actions.hotp));
        return view! { {back_totp} {back_hotp} }.into_any();
    }
    view! {
        <ButtonLink label=words::TO_TOTP href=actions.totp />
        <ButtonLink label=words::TO_HOTP href=actions.hotp kind=Kind::Outlined />
    }
    .into_any()
}

#[component]
fn Waiting(waiting: Of, action: &'static str) -> impl IntoView {
    let (said, label) = match waiting {
        Of { totp: false, hotp: false } => return None,
        Of { totp: true, hotp: false } => (words::WAITING, words::SCAN),
        Of { totp: false, hotp: true } => (words::WAITING_HOTP, words::SCAN_HOTP),
        Of { totp: true, hotp: true } => (words::WAITING_BOTH, words::SCAN_BOTH),
    };
    Some(view! {
        <div class="scan">
            <p>{said}</p>
            <OneButton action=action label=label />
        </div>
    })
}

#[component]
fn Entry(entry: EntryView, actions: Actions, reload: bool) -> impl IntoView {
    let EntryView { id, issuer, account, code, moves } = entry;
    let at_end = if reload { AtEnd::Reload } else { AtEnd::Say };
    let account = match moves {
        EntryMoves::Time { .. } => words::by_time(&account),
        EntryMoves::Press { .. } => words::by_press(&account),
    };
    let remove_label = words::remove_label(&issuer, &account);
    let press_label = words::press_label(&issuer, &account);
    let (ring, under, press) = match moves {
        EntryMoves::Time { left_secs, period_secs } => {
            let ring = view! { <TimeRing left=left_secs period=period_secs /> };
            let changes = view! { <Countdown words=words::CHANGES secs=left_secs at_end=at_end /> };
            (Some(ring), changes.into_any(), None)
        }
        EntryMoves::Press { counter } => {
            let hidden = vec![("entry", id.clone())];
            let press = view! {
                <OneButton
                    action=actions.press
                    label=words::PRESS
                    described=press_label
                    kind=Kind::Outlined
                    hidden=hidden
                />
            };
            (None, words::made_from(counter).into_any(), Some(press))
        }
    };
    view! {
        <li class="entry">
            <h2>{issuer}</h2>
            <p class="account">{account}</p>
            <p class="entry-code">
                <Digits code=code />
                {ring}
            </p>
            <p class="quiet">{under}</p>
            <div class="actions">
                {press}
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
