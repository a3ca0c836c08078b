//! A key that waits for its first code.

use leptos::prelude::*;

use super::SettingView;
use crate::pages::parts::{AtEnd, Countdown, Heading, Note};
use crate::pages::views::oath::{Actions, ScanCard, Waiting};
use crate::words::totp as words;

#[derive(Clone, Debug)]
pub struct Scan {
    pub waiting: Waiting,
    pub setting: SettingView,
    /// Until the next step.
    pub next_code_secs: u64,
}

/// Below the code field, here and once confirmed: when the next code comes.
pub(super) fn next_code(secs: u64, period: u64) -> AnyView {
    view! { <Countdown words=words::NEXT_CODE secs=secs at_end=AtEnd::Again(period) /> }.into_any()
}

pub(super) fn scan(stage: Scan, actions: Actions) -> impl IntoView {
    let Scan { waiting, setting, next_code_secs } = stage;
    let note = waiting.refusal.as_ref().map(|refusal| refusal.note(setting.digits, words::CODES));
    view! {
        <Heading title=words::SCAN_HEADING lede=words::scan_lede(setting.period) />
        {note.map(|note| view! { <Note note=note /> })}
        <ScanCard
            waiting=waiting
            said=setting.said()
            under=next_code(next_code_secs, setting.period)
            actions=actions
        />
    }
}
