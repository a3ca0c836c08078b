//! Asked again for a factor before a change that matters.

use leptos::prelude::*;

use super::challenge::{self, ChallengeView};
use crate::pages::parts::{Heading, Plain};
use crate::words::step_up as words;

pub use crate::words::step_up::Why;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = challenge::SCRIPTS;

#[derive(Clone, Debug)]
pub struct StepUpView {
    pub why: Why,
    pub challenge: ChallengeView,
    /// The page before, where nothing has changed.
    pub back: String,
}

pub fn step_up(page: StepUpView) -> impl IntoView {
    let StepUpView { why, challenge, back } = page;
    view! {
        <Plain class="step-up">
            <Heading title=words::HEADING lede=words::lede(&why) />
            {challenge::challenge(challenge)}
            <p class="way-out"><a href=back>{words::BACK}</a></p>
        </Plain>
    }
}
