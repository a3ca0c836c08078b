//! `/`: the doors, the next step, the session.

use leptos::prelude::*;

use crate::pages::parts::{
    ButtonLink, DoorCard, DoorState, DoorView, Heading, Note, NoteView, Plain, Protection, SessionFoot, SessionView,
};
use crate::words::overview as words;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js"];

#[derive(Clone, Debug)]
pub struct OverviewView {
    pub doors: Vec<DoorView>,
    pub session: SessionView,
    pub note: Option<NoteView>,
}

pub fn overview(page: OverviewView) -> impl IntoView {
    let OverviewView { doors, session, note } = page;
    let next = doors.iter().find(|door| door.state == DoorState::Next).copied();
    let passed = doors.iter().filter(|door| door.state.is_passed()).count();
    let soon = doors.iter().filter(|door| door.state == DoorState::Soon).count();
    let all_passed = passed > 0 && passed + soon == doors.len();
    let (heading, lede) =
        if all_passed { (words::HEADING_PASSED, words::LEDE_PASSED) } else { (words::HEADING, words::LEDE) };
    let note = note.or_else(|| all_passed.then(|| NoteView::done(words::all_passed(passed, soon))));
    let cards = doors.into_iter().map(|door| view! { <DoorCard door=door /> }).collect_view();
    view! {
        <Plain class="overview">
            <Heading title=heading lede=lede />
            {note.map(|note| view! { <Note note=note /> })}
            <ol class="doors" aria-label=words::DOORS_LABEL>
                {cards}
            </ol>
            {(all_passed && soon == 0).then(|| view! { <Protection /> })}
            {next.map(|door| view! { <p class="next-step"><ButtonLink label=door.words.go_on href=door.path /></p> })}
            <SessionFoot session=session />
        </Plain>
    }
}
