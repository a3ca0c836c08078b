//! A sentence around a time that runs out. Right when rendered; `public/countdown.js` keeps it right.

use leptos::prelude::*;

use crate::words::{Counting, span};

/// What happens when the time is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtEnd {
    /// The closing sentence takes the place of the running one.
    #[default]
    Say,
    /// It begins again, with so many seconds.
    Again(u64),
    /// The page is loaded anew, by the script only.
    Reload,
}

#[component]
pub fn Countdown(
    words: Counting,
    secs: u64,
    #[prop(optional)] at_end: AtEnd,
    /// "41 min" in bold instead of "41 minutes".
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    if secs == 0 && at_end == AtEnd::Say {
        return view! { <span>{words.over}</span> }.into_any();
    }
    let forms = if short { span::SHORT } else { span::LONG };
    let again = match at_end {
        AtEnd::Again(period) => Some(period.to_string()),
        AtEnd::Say | AtEnd::Reload => None,
    };
    let left = span::left(secs, forms);
    view! {
        <span
            class="countdown"
            data-left=secs.to_string()
            data-forms=forms.join("|")
            data-over=words.over
            data-again=again
            data-reload=at_end == AtEnd::Reload
        >
            {words.before}
            <span class="left" class:strong=short data-n="">
                {left}
            </span>
            {words.after}
        </span>
    }
    .into_any()
}
