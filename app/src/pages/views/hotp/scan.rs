//! A key that waits for its first code.

use leptos::prelude::*;

use super::Actions;
use super::resync::Resync;
use crate::pages::parts::{Heading, Note};
use crate::pages::views::oath::{CodeRefusal, ScanCard, Waiting};
use crate::words::hotp as words;

#[derive(Clone, Debug)]
pub struct Scan {
    pub waiting: Waiting,
    pub algorithm: &'static str,
    pub digits: u8,
    /// The next counter expected.
    pub counter: u64,
    /// Two codes were refused.
    pub not_in_step: bool,
}

pub(super) fn scan(stage: Scan, actions: Actions) -> impl IntoView {
    let Scan { mut waiting, algorithm, digits, counter, not_in_step } = stage;
    let code_words = if not_in_step { words::CATCHING_UP } else { words::ENROLLING };
    let note = waiting.refusal.as_ref().map(|refusal| refusal.note(digits, code_words));
    let ahead = matches!(waiting.refusal, Some(CodeRefusal::Ahead { .. }));
    let catch_up = ahead || not_in_step;
    let pair_refusal = if not_in_step { waiting.refusal.take() } else { None };
    // Always there: whoever went to make two codes comes back without the note.
    let resync = view! { <Resync action=actions.resync open=catch_up first=catch_up refusal=pair_refusal /> };
    view! {
        <Heading title=words::SCAN_HEADING lede=words::SCAN_LEDE />
        {note.map(|note| view! { <Note note=note /> })}
        <ScanCard
            waiting=waiting
            said=words::scan_setting(algorithm, digits, counter)
            under=words::NEXT_CODE.into_any()
            actions=actions.oath
            more=resync.into_any()
            focus=!catch_up
        />
    }
}
