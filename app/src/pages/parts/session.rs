//! The session: how long it lasts, what level it reached, and the way out.

use leptos::prelude::*;

use super::{Countdown, Kind, OneButton};
use crate::words::{level, session};

#[derive(Clone, Copy, Debug)]
pub struct SessionView {
    pub left_secs: u64,
    pub whole_secs: u64,
    /// 0 to 3.
    pub level: u8,
    /// Where the form that ends it posts to.
    pub end_action: &'static str,
}

/// Under the rail: with a bar that empties.
#[component]
pub fn SessionPanel(session: SessionView) -> impl IntoView {
    view! {
        <section class="session-panel" aria-label=session::LABEL>
            <p><Countdown words=session::ENDS secs=session.left_secs short=true /></p>
            <progress
                class="bar"
                aria-label=session::BAR
                max=session.whole_secs.to_string()
                value=session.left_secs.to_string()
                data-drain=""
            ></progress>
            <p class="level"><Level level=session.level /></p>
            <OneButton action=session.end_action label=session::END kind=Kind::Outlined />
        </section>
    }
}

/// At the foot of the overview: one line.
#[component]
pub fn SessionFoot(session: SessionView) -> impl IntoView {
    view! {
        <section class="session-foot" aria-label=session::LABEL>
            <p><Countdown words=session::ENDS secs=session.left_secs short=true /></p>
            <p class="level"><Level level=session.level /></p>
            <OneButton action=session.end_action label=session::END kind=Kind::Outlined />
        </section>
    }
}

#[component]
fn Level(level: u8) -> impl IntoView {
    view! { {level::LEVEL}<strong>{level.to_string()}</strong>{level::after(level)} }
}
