//! `/`: the doors, the next step, the session.

use leptos::prelude::*;

use crate::pages::parts::{
    ButtonLink, DoorCard, DoorView, FactorCardState, Heading, Kind, Note, NoteView, Plain, Protection, SessionFoot,
    SessionView,
};
use crate::words::overview as words;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js"];

#[derive(Clone, Debug)]
pub struct OverviewView {
    pub doors: Vec<DoorView>,
    pub session: SessionView,
    /// Where the form posts to that ends this session for a new one.
    pub start_over: &'static str,
    pub note: Option<NoteView>,
    /// The page that keeps all this in an account, once an address is proved and where accounts can be made.
    pub keep: Option<&'static str>,
}

pub fn overview(page: OverviewView) -> impl IntoView {
    let OverviewView { doors, session, start_over, note, keep } = page;
    let next = doors.iter().find(|door| door.state == FactorCardState::Next).copied();
    let passed = doors.iter().filter(|door| door.state.is_passed()).count();
    let all_passed = passed > 0 && passed == doors.len();
    let (heading, lede) = match session {
        SessionView::Account(_) => (words::HEADING, words::LEDE_ACCOUNT),
        SessionView::Visitor(_) if all_passed => (words::HEADING_PASSED, words::LEDE_PASSED),
        SessionView::Visitor(_) => (words::HEADING, words::LEDE),
    };
    let note = note.or_else(|| all_passed.then(|| NoteView::done(words::all_passed(passed))));
    let cards = doors.into_iter().map(|door| view! { <DoorCard door=door /> }).collect_view();
    view! {
        <Plain class="overview">
            <Heading title=heading lede=lede />
            {note.map(|note| view! { <Note note=note /> })}
            <ol class="doors" aria-label=words::DOORS_LABEL>
                {cards}
            </ol>
            {all_passed.then(|| view! { <Protection /> })}
            {next.map(|door| view! { <p class="next-step"><ButtonLink label=door.words.go_on href=door.path /></p> })}
            {keep.map(keep_these)}
            <SessionFoot session=session start_over=all_passed.then_some(start_over) />
        </Plain>
    }
}

/// Never the filled button: the walk goes first.
fn keep_these(href: &'static str) -> AnyView {
    view! {
        <p class="keep-these">
            <ButtonLink label=words::KEEP href=href kind=Kind::Outlined />
            <span class="quiet">{words::KEEP_TEXT}</span>
        </p>
    }
    .into_any()
}
