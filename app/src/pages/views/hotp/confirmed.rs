//! A paired token: verify again, catch up, rename, remove.

use leptos::prelude::*;

use super::Actions;
use super::resync::Resync;
use crate::pages::parts::{ButtonLink, Card, DoorView, Fact, Facts, Heading, Note, NoteView};
use crate::pages::views::oath::{CodeRefusal, Enrolled, EnrolledNote, Manage, NameAndSetting, Times, Verify};
use crate::words::hotp as words;
use crate::words::oath as shared;

#[derive(Clone, Debug)]
pub struct Confirmed {
    pub enrolled: Enrolled,
    pub algorithm: &'static str,
    pub digits: u8,
    pub look_ahead: u64,
    /// The next counter expected.
    pub counter: u64,
}

fn said(note: &EnrolledNote, digits: u8) -> NoteView {
    match note {
        EnrolledNote::Paired => NoteView::done(words::paired()),
        EnrolledNote::Verified => NoteView::done(words::verified()),
        EnrolledNote::InStep => NoteView::done(words::in_step()),
        EnrolledNote::Renamed => NoteView::done(shared::renamed()),
        EnrolledNote::BadName(_) => NoteView::refused(shared::bad_name()),
        EnrolledNote::Refused(refusal) => refusal.note(digits, words::VERIFYING),
        EnrolledNote::NotInStep(refusal) => refusal.note(digits, words::CATCHING_UP),
    }
}

pub(super) fn confirmed(stage: Confirmed, next: Option<DoorView>, actions: Actions) -> impl IntoView {
    let Confirmed { enrolled: Enrolled { name, added, last_used, note }, algorithm, digits, look_ahead, counter } =
        stage;
    let pair_refusal = match &note {
        Some(EnrolledNote::NotInStep(refusal)) => Some(refusal.clone()),
        _ => None,
    };
    // Whoever types a wrong code may be out of step; nothing here says whether it is so.
    let may_be_ahead = matches!(note, Some(EnrolledNote::Refused(CodeRefusal::Wrong { .. })));
    let first = pair_refusal.is_some();
    let (quiet, shown_name) = (next.is_some(), name.clone());
    view! {
        <Heading title=words::CONFIRMED_HEADING lede=words::CONFIRMED_LEDE />
        {note.as_ref().map(|note| view! { <Note note=said(note, digits) /> })}
        {next.map(|door| view! { <p class="next-step"><ButtonLink label=door.words.go_on href=door.path /></p> })}
        <Card>
            <Verify note=note.clone() under=words::NEXT_CODE.into_any() quiet=quiet actions=actions.oath />
            <Facts>
                <NameAndSetting name=shown_name said=words::setting(algorithm, digits, look_ahead) />
                <Fact name=words::COUNTER_NEXT>{counter.to_string()}</Fact>
                <Times added=added last_used=last_used />
            </Facts>
            <Resync action=actions.resync open=may_be_ahead || first first=first refusal=pair_refusal />
            <Manage name=name note=note remove=words::REMOVE_NOW actions=actions.oath />
        </Card>
    }
}
