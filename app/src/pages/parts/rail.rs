//! The rail: a door for each kind of factor, the session under them. On a phone the doors are a row.

use leptos::prelude::*;

use super::{Door, DoorView, FactorCardState, Moment, SessionPanel, SessionView};
use crate::words::doors;

#[component]
pub fn Rail(doors: Vec<DoorView>, session: SessionView, here: &'static str) -> impl IntoView {
    let steps = doors.into_iter().map(|door| view! { <Step door=door here=here /> }).collect_view();
    view! {
        <div class="rail">
            <nav aria-label=doors::RAIL_LABEL>
                <ol class="rail-doors">{steps}</ol>
            </nav>
            <SessionPanel session=session />
        </div>
    }
}

#[component]
fn Step(door: DoorView, here: &'static str) -> impl IntoView {
    let DoorView { words, path, state, just_opened } = door;
    let small = match state {
        FactorCardState::Closed => words.small.into_any(),
        FactorCardState::Next => view! { {words.small}" \u{b7} "{doors::RAIL_NEXT} }.into_any(),
        FactorCardState::Passed(at) => view! { {doors::RAIL_PASSED}<Moment at=at /> }.into_any(),
    };
    let inside = view! {
        <Door state=state just_opened=just_opened />
        <span class="rail-words">
            <span class="rail-name">{words.name}</span>
            <span class="rail-small">{small}</span>
        </span>
    };
    let current = (path == here).then_some("page");
    view! { <li><a class="rail-door" href=path aria-current=current>{inside}</a></li> }
}
