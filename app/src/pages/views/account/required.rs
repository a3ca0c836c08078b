//! Where the portal wants a second factor of everybody: nothing else is there until one is added.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, DoorCard, DoorView, FactorCardState, Heading, Plain, SessionFoot, SessionView};
use crate::words::account as words;

#[derive(Clone, Debug)]
pub struct RequiredView {
    /// The three that are second factors.
    pub doors: Vec<DoorView>,
    pub session: SessionView,
}

pub fn required(page: RequiredView) -> impl IntoView {
    let RequiredView { doors, session } = page;
    let next = doors.iter().find(|door| door.state == FactorCardState::Next).copied();
    let cards = doors.into_iter().map(|door| view! { <DoorCard door=door /> }).collect_view();
    view! {
        <Plain class="overview">
            <Heading title=words::REQUIRED_HEADING lede=words::REQUIRED_LEDE />
            <ol class="doors three">{cards}</ol>
            {next.map(|door| view! { <p class="next-step"><ButtonLink label=door.words.go_on href=door.path /></p> })}
            <SessionFoot session=session start_over=None />
        </Plain>
    }
}
