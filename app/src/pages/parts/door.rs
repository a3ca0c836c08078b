//! The door: outlined while closed, its frame in patina when it is next, filled when passed.

use leptos::prelude::*;

use super::Moment;
use crate::words::doors::{self, DoorWords};
use postern_core::model::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorCardState {
    Closed,
    Next,
    Passed(Timestamp),
}

impl FactorCardState {
    pub const fn is_passed(self) -> bool {
        matches!(self, Self::Passed(_))
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Next => "next",
            Self::Passed(_) => "passed",
        }
    }
}

/// One door of a walk.
#[derive(Clone, Copy, Debug)]
pub struct DoorView {
    pub words: &'static DoorWords,
    pub path: &'static str,
    pub state: FactorCardState,
    /// Passed by the request before this one: plays the opening.
    pub just_opened: bool,
}

/// The drawing alone. Its state is always said in words beside it.
#[component]
pub fn Door(state: FactorCardState, #[prop(optional)] just_opened: bool) -> impl IntoView {
    let class = format!("door {}{}", state.class(), if just_opened { " opening" } else { "" });
    view! {
        <svg class=class viewBox="0 0 72 92" width="72" height="92" aria-hidden="true" focusable="false">
            <path class="door-frame" d="M3 89V36a33 33 0 0 1 66 0v53Z" />
            <path class="door-leaf" d="M14 89V38a22 22 0 0 1 44 0v51Z" />
            <path class="door-fill" d="M12 91V38a24 24 0 0 1 48 0v53Z" />
            <circle class="door-knob" cx="48.500" cy="60" r="3.600" />
        </svg>
    }
}

/// A door with its promise and state; the whole card leads there.
#[component]
pub fn DoorCard(door: DoorView) -> impl IntoView {
    let DoorView { words, path, state, just_opened } = door;
    let said = match state {
        FactorCardState::Closed => doors::CLOSED.into_any(),
        FactorCardState::Next => doors::NEXT.into_any(),
        FactorCardState::Passed(at) => view! { {doors::PASSED_AT}<Moment at=at /> }.into_any(),
    };
    view! {
        <li class=format!("door-card {}", state.class())>
            <Door state=state just_opened=just_opened />
            <div class="door-words">
                <h2><a href=path>{words.name}</a></h2>
                <p class="promise">{words.promise}</p>
                <p class="state">{said}</p>
            </div>
        </li>
    }
}
