//! Where a session was, or never was.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Door, FactorCardState, Plain};
use crate::words::quorum as words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// It ran out, or somebody ended it.
    Over,
    /// By this very browser.
    Ended,
    /// There never was one, or it is long over.
    Unknown,
}

pub fn over(over: Over, to: &'static str) -> impl IntoView {
    let (heading, text) = match over {
        Over::Over => (words::OVER_HEADING, words::OVER_TEXT),
        Over::Ended => (words::ENDED_HEADING, words::ENDED_TEXT),
        Over::Unknown => (words::UNKNOWN_HEADING, words::UNKNOWN_TEXT),
    };
    view! {
        <Plain class="message">
            <Door state=FactorCardState::Closed />
            <h1>{heading}</h1>
            <p class="lede">{text}</p>
            <p>
                <ButtonLink label=words::TO_QUORUM href=to />
            </p>
        </Plain>
    }
}
