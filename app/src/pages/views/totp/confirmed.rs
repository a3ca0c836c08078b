//! A paired app: verify again, rename, remove.

use leptos::prelude::*;

use super::SettingView;
use super::scan::next_code;
use crate::pages::parts::{ButtonLink, Card, DoorView, Facts, Heading, Note, NoteView};
use crate::pages::views::oath::{Actions, Enrolled, EnrolledNote, Manage, NameAndSetting, Times, Verify};
use crate::words::oath as shared;
use crate::words::totp as words;

#[derive(Clone, Debug)]
pub struct Confirmed {
    pub enrolled: Enrolled,
    pub setting: SettingView,
    pub next_code_secs: u64,
}

/// Nothing is said of what only counters do.
fn said(note: &EnrolledNote, digits: u8) -> NoteView {
    match note {
        EnrolledNote::Paired => NoteView::done(words::paired()),
        EnrolledNote::Verified | EnrolledNote::InStep => NoteView::done(words::verified()),
        EnrolledNote::Renamed => NoteView::done(shared::renamed()),
        EnrolledNote::BadName(_) => NoteView::refused(shared::bad_name()),
        EnrolledNote::Refused(refusal) | EnrolledNote::NotInStep(refusal) => refusal.note(digits, words::CODES),
    }
}

pub(super) fn confirmed(stage: Confirmed, next: Option<DoorView>, actions: Actions) -> impl IntoView {
    let Confirmed { enrolled: Enrolled { name, added, last_used, note }, setting, next_code_secs } = stage;
    let under = next_code(next_code_secs, setting.period);
    let (quiet, shown_name) = (next.is_some(), name.clone());
    view! {
        <Heading title=words::CONFIRMED_HEADING lede=words::CONFIRMED_LEDE />
        {note.as_ref().map(|note| view! { <Note note=said(note, setting.digits) /> })}
        {next.map(|door| view! { <p class="next-step"><ButtonLink label=door.words.go_on href=door.path /></p> })}
        <Card>
            <Verify note=note.clone() under=under quiet=quiet actions=actions />
            <Facts>
                <NameAndSetting name=shown_name said=setting.said() />
                <Times added=added last_used=last_used />
            </Facts>
            <Manage name=name note=note remove=words::REMOVE_NOW actions=actions />
        </Card>
    }
}
